// The tree of a plan with its leaves numbered, and what it says of a system.
import type { Leaf, PlanNode } from '../../schemas/plan.ts';

/** A leaf by its number; `negated` where a `not` stands above it. */
export interface NumberedLeaf {
  readonly leaf: Leaf;
  readonly negated: boolean;
  /** The first leaf that asks for the same thing: leaves for one address, each with other relations, are one term. */
  readonly term: number;
}

type Node =
  | { readonly kind: 'and' | 'or'; readonly children: readonly Node[] }
  | { readonly kind: 'not'; readonly child: Node }
  | { readonly kind: 'all' }
  | { readonly kind: 'leaf'; readonly number: number };

/** A plan's tree, ready to be asked about one system after another. */
export class PlanTree {
  /** In the order of the tree. */
  readonly leaves: readonly NumberedLeaf[];
  readonly #root: Node;

  constructor(where: PlanNode) {
    const leaves: NumberedLeaf[] = [];
    this.#root = numbered(where, false, leaves);
    this.leaves = leaves;
  }

  /** Whether a system is in the answer, of which `has` tells the leaves that hold. */
  holds(has: (leaf: number) => boolean): boolean {
    return holds(this.#root, has);
  }

  /** The leaves for which the system is in the answer: those that hold, outside of any `not` and of branches that fail. */
  support(has: (leaf: number) => boolean): number[] {
    const found: number[] = [];
    collect(this.#root, has, found);
    return found;
  }
}

function asksForSame(a: Leaf, b: Leaf): boolean {
  if (a.leaf !== 'address' || b.leaf !== 'address') return false;
  return a.low === b.low && a.high === b.high && a.feature === b.feature;
}

function numbered(node: PlanNode, negated: boolean, leaves: NumberedLeaf[]): Node {
  if ('leaf' in node) {
    const first = leaves.findIndex(({ leaf }) => asksForSame(leaf, node.leaf));
    leaves.push({ leaf: node.leaf, negated, term: first < 0 ? leaves.length : first });
    return { kind: 'leaf', number: leaves.length - 1 };
  }
  if ('not' in node) return { kind: 'not', child: numbered(node.not, true, leaves) };
  if ('all' in node) return { kind: 'all' };
  const [kind, children] = 'and' in node ? (['and', node.and] as const) : (['or', node.or] as const);
  return { kind, children: children.map((child) => numbered(child, negated, leaves)) };
}

function holds(node: Node, has: (leaf: number) => boolean): boolean {
  switch (node.kind) {
    case 'and':
      return node.children.every((child) => holds(child, has));
    case 'or':
      return node.children.some((child) => holds(child, has));
    case 'not':
      return !holds(node.child, has);
    case 'all':
      return true;
    case 'leaf':
      return has(node.number);
  }
}

function collect(node: Node, has: (leaf: number) => boolean, found: number[]): void {
  if (node.kind === 'leaf') {
    if (has(node.number)) found.push(node.number);
  } else if ((node.kind === 'and' || node.kind === 'or') && holds(node, has)) {
    for (const child of node.children) collect(child, has, found);
  }
}
