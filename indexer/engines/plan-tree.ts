// The tree of a plan with its leaves numbered, and what it says of a system.
import type { Feature } from '../../schemas/entries.ts';
import type { Group, Leaf, PlanNode } from '../../schemas/plan.ts';
import { leafFeature } from '../terms/leaf-feature.ts';
import type { Satisfied } from './matched.ts';

/** A leaf by its number. */
export interface NumberedLeaf {
  readonly leaf: Leaf;
  /** The first leaf of its term: leaves for one address, each with other relations, are one, and so are those of a group. */
  readonly term: number;
  /** Whether it is a condition on the fact of a group. */
  readonly grouped: boolean;
}

type Node =
  | { readonly kind: 'and' | 'or'; readonly children: readonly Node[] }
  | { readonly kind: 'not'; readonly child: Node }
  | { readonly kind: 'all' }
  | { readonly kind: 'leaf'; readonly number: number }
  | { readonly kind: 'group'; readonly group: NumberedGroup };

/** A group with the numbers of its leaves, and of those that are not under a `not` of it. */
interface NumberedGroup {
  readonly feature: Feature | null;
  readonly root: Node;
  readonly leaves: readonly number[];
  readonly asserted: readonly number[];
}

/** Three-valued logic: the least of several is what all of them say, the greatest what any says. */
const FALSE = 0;
const OPEN = 1;
const TRUE = 2;

/** What is known of a system: which leaves hold, and of which features its frame tells everything. */
export interface SystemTruth {
  readonly has: (leaf: number) => boolean;
  readonly tells: (feature: Feature) => boolean;
}

/** A fact by what it satisfies. `isPast`: it does not hold at the instant, and is here because it changed. */
export interface FactTruth {
  readonly pattern: readonly Satisfied[];
  readonly feature: Feature;
  readonly isPast: boolean;
}

/** A plan's tree, ready to be asked about one system after another. */
export class PlanTree {
  /** In the order of the tree. */
  readonly leaves: readonly NumberedLeaf[];
  readonly groups: readonly NumberedGroup[];
  readonly #features: readonly (Feature | null)[];
  readonly #root: Node;

  constructor(where: PlanNode) {
    const numbering = new Numbering();
    this.#root = numbering.node(where, null);
    this.leaves = numbering.leaves;
    this.groups = numbering.groups;
    this.#features = this.leaves.map(({ leaf }) => leafFeature(leaf));
  }

  /** Whether a system is in the answer; null where its frame leaves that open. */
  holds(truth: SystemTruth): boolean | null {
    const value = evaluate(this.#root, (node) => this.#valueOf(node, truth));
    return value === OPEN ? null : value === TRUE;
  }

  /** The leaves for which a system is in the answer: those that hold, outside of any `not` and of branches that fail. */
  support(truth: SystemTruth): number[] {
    const found: number[] = [];
    this.#collect(this.#root, truth, found);
    return found;
  }

  /** Of what a fact satisfies the part that counts: without leaves of groups that it does not satisfy as a whole. */
  countedOf({ pattern, feature, isPast }: FactTruth): readonly Satisfied[] {
    const satisfied = new Set(pattern.map(({ leaf }) => leaf));
    const counted = new Set<number>();
    for (const group of this.groups) {
      if (group.feature !== null && group.feature !== feature) continue;
      if (isPast && !group.leaves.some((leaf) => satisfied.has(leaf) && this.#isChange(leaf))) continue;
      const value = evaluate(group.root, (node) =>
        node.kind === 'leaf' && satisfied.has(node.number) ? TRUE : FALSE,
      );
      if (value === TRUE) for (const leaf of group.asserted) counted.add(leaf);
    }
    return pattern.filter(({ leaf }) => this.leaves[leaf]?.grouped !== true || counted.has(leaf));
  }

  #isChange(number: number): boolean {
    return this.leaves[number]?.leaf.leaf === 'changed';
  }

  #valueOf(node: Leafy, { has, tells }: SystemTruth): number {
    const isTold = (leaf: number) => {
      const feature = this.#features[leaf] ?? null;
      return feature === null || tells(feature);
    };
    if (node.kind === 'leaf') return has(node.number) ? TRUE : isTold(node.number) ? FALSE : OPEN;
    const { asserted, leaves, feature } = node.group;
    if (asserted.some(has)) return TRUE;
    return (feature === null ? leaves.every(isTold) : tells(feature)) ? FALSE : OPEN;
  }

  #collect(node: Node, truth: SystemTruth, found: number[]): void {
    if (node.kind === 'leaf') {
      if (truth.has(node.number)) found.push(node.number);
    } else if (node.kind === 'group') {
      found.push(...node.group.asserted.filter((leaf) => truth.has(leaf)));
    } else if (node.kind === 'and' || node.kind === 'or') {
      if (evaluate(node, (leaf) => this.#valueOf(leaf, truth)) !== TRUE) return;
      for (const child of node.children) this.#collect(child, truth, found);
    }
  }
}

type Leafy = Extract<Node, { kind: 'leaf' | 'group' }>;

function evaluate(node: Node, valueOf: (node: Leafy) => number): number {
  switch (node.kind) {
    case 'and': {
      let value = TRUE;
      for (const child of node.children) {
        value = Math.min(value, evaluate(child, valueOf));
        if (value === FALSE) break;
      }
      return value;
    }
    case 'or': {
      let value = FALSE;
      for (const child of node.children) {
        value = Math.max(value, evaluate(child, valueOf));
        if (value === TRUE) break;
      }
      return value;
    }
    case 'not':
      return TRUE - evaluate(node.child, valueOf);
    case 'all':
      return TRUE;
    case 'leaf':
    case 'group':
      return valueOf(node);
  }
}

/** The group whose leaves are being numbered; `negated` under an odd number of `not`s in it. */
interface Within {
  readonly term: number;
  readonly asserted: number[];
  readonly negated: boolean;
}

/** Numbers leaves in the order of the tree. */
class Numbering {
  readonly leaves: NumberedLeaf[] = [];
  readonly groups: NumberedGroup[] = [];
  readonly #terms = new Map<string, number>();

  node(node: PlanNode, within: Within | null): Node {
    if ('leaf' in node) return { kind: 'leaf', number: this.#leaf(node.leaf, within) };
    if ('all' in node) return { kind: 'all' };
    if ('fact' in node) return { kind: 'group', group: this.#group(node.fact) };
    if ('not' in node) {
      const inverse = within === null ? null : { ...within, negated: !within.negated };
      return { kind: 'not', child: this.node(node.not, inverse) };
    }
    const [kind, children] = 'and' in node ? (['and', node.and] as const) : (['or', node.or] as const);
    return { kind, children: children.map((child) => this.node(child, within)) };
  }

  #group({ feature, where }: Group): NumberedGroup {
    const first = this.leaves.length;
    const asserted: number[] = [];
    const root = this.node(where, { term: first, asserted, negated: false });
    const leaves = Array.from({ length: this.leaves.length - first }, (_, index) => first + index);
    const group = { feature, root, leaves, asserted };
    this.groups.push(group);
    return group;
  }

  #leaf(leaf: Leaf, within: Within | null): number {
    const number = this.leaves.length;
    if (within?.negated === false) within.asserted.push(number);
    const term = within?.term ?? this.#termOf(leaf, number);
    this.leaves.push({ leaf, term, grouped: within !== null });
    return number;
  }

  #termOf(leaf: Leaf, number: number): number {
    if (leaf.leaf !== 'address') return number;
    const asked = [leaf.low, leaf.high, leaf.feature, leaf.field].join();
    const term = this.#terms.get(asked) ?? number;
    this.#terms.set(asked, term);
    return term;
  }
}
