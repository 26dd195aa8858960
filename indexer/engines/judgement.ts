// Judges every system by its matches: which leaves hold, why it is in the answer, and what its score is.
import type { Feature } from '../../schemas/entries.ts';
import type { Leaf } from '../../schemas/plan.ts';
import type { SystemRef } from '../../schemas/system.ts';
import { matchesValue } from '../terms/match.ts';
import { systemValues } from '../terms/system-values.ts';
import { explain, type ExplainedLeaf } from './explanation.ts';
import type { Found, Judged, Support } from './found.ts';
import type { Candidate } from './matched.ts';
import type { PlanTree } from './plan-tree.ts';
import { closeness, rarity, score } from './ranking.ts';
import { Scoring } from './scoring.ts';

/** Whether a leaf on a field of the system itself holds; null for any other leaf. */
function systemLeaf(leaf: Leaf, system: SystemRef): boolean | null {
  const values = leaf.leaf === 'field' ? systemValues(leaf.field, system) : null;
  if (leaf.leaf !== 'field' || values === null) return null;
  return values.some((value) => matchesValue(leaf, value));
}

/**
 * The systems in the answer, in no particular order; how many there are of which their frame leaves open whether they
 * are; and by leaf number how rare each leaf is.
 */
export interface Judgement {
  readonly judged: Judged[];
  readonly unknown: number;
  readonly rarities: readonly number[];
  /** Why a judged system has its score. */
  explain(judged: Judged): ExplainedLeaf[];
}

/** Judges the systems, with the rarities of an earlier page where they are given. */
export function judge(
  tree: PlanTree,
  systems: readonly Candidate[],
  found: Found,
  given: readonly number[] | null,
): Judgement {
  const leaves = tree.leaves.length;
  const scoring = new Scoring(tree.leaves, found);
  // Per system and leaf: what its facts are worth, 0 where none satisfies the leaf.
  const worths = new Float64Array(systems.length * leaves);
  for (const index of systems.keys()) scoring.score(index, worths, index * leaves);
  for (const [number, { leaf }] of tree.leaves.entries()) {
    if (leaf.leaf !== 'field') continue;
    for (const [index, { ref }] of systems.entries()) {
      if (systemLeaf(leaf, ref) === true) worths[index * leaves + number] = 1;
    }
  }
  const terms = tree.leaves.map(({ term }) => term);
  const rarities = given ?? raritiesOf(tree, systems.length, worths);
  const supports = new Map<string, Support>();
  const judged: Judged[] = [];
  let unknown = 0;
  for (const [index, { ref, tells }] of systems.entries()) {
    const worth = (leaf: number) => worths[index * leaves + leaf] ?? 0;
    const truth = {
      has: (leaf: number) => worth(leaf) > 0,
      tells: (feature: Feature) => tells.has(feature),
    };
    const holds = tree.holds(truth);
    if (holds === null) unknown++;
    if (holds !== true) continue;
    const numbers = tree.support(truth);
    const name = numbers.join();
    const support = supports.get(name) ?? supportOf(numbers, { rarities, terms }, found.patterns);
    supports.set(name, support);
    const parts = numbers.map((leaf) => ({ rarity: rarities[leaf] ?? 0, worth: worth(leaf) }));
    judged.push({ index, id: ref.id, score: score(parts), support });
  }
  return { judged, unknown, rarities, explain: (one) => explain(tree, scoring, found, one) };
}

/** Of how many systems each term holds is counted once, however many leaves it has. */
function raritiesOf({ leaves }: PlanTree, systems: number, worths: Float64Array): number[] {
  const matching = new Int32Array(leaves.length);
  const last = new Int32Array(leaves.length).fill(-1);
  for (let index = 0; index < systems; index++) {
    for (const [number, { term }] of leaves.entries()) {
      if ((worths[index * leaves.length + number] ?? 0) <= 0 || last[term] === index) continue;
      last[term] = index;
      matching[term] = (matching[term] ?? 0) + 1;
    }
  }
  return leaves.map(({ leaf, term }) => rarity(matching[term] ?? 0, systems) * closeness(leaf));
}

function supportOf(
  leaves: readonly number[],
  plan: Pick<Support, 'rarities' | 'terms'>,
  patterns: Found['patterns'],
): Support {
  const wanted = new Set(leaves);
  const satisfies = patterns.map((pattern) => Number(pattern.some(({ leaf }) => wanted.has(leaf))));
  return { leaves, ...plan, patterns: Uint8Array.from(satisfies) };
}
