// Why a system has its score: what it is worth for each leaf that put it into the answer.
import type { Feature } from '../../schemas/entries.ts';
import type { Found, Judged } from './found.ts';
import type { PlanTree } from './plan-tree.ts';
import { closeness, type Factors, type Match } from './ranking.ts';
import type { Scoring } from './scoring.ts';

/** What counts of the facts of one feature: the best, worth the product of its factors, and what the others add. */
export interface ExplainedFact {
  /** `system` where the leaf asks about the system itself. */
  readonly feature: Feature | 'system';
  /** Of a file: its folder with the slash at the end. */
  readonly place: string;
  readonly match: Match;
  readonly factors: Factors & { readonly together: number };
  readonly others: number;
}

/** What a leaf, by its number, adds to a score: its rarity times its closeness times the sum of its facts. */
export interface ExplainedLeaf {
  readonly leaf: number;
  readonly rarity: number;
  readonly closeness: number;
  readonly facts: readonly ExplainedFact[];
}

const OF_SYSTEM: ExplainedFact = {
  feature: 'system',
  place: '',
  match: 'name',
  factors: { feature: 1, path: 1, match: 1, together: 1 },
  others: 0,
};

/** Explains the score of a judged system. */
export function explain(
  { leaves }: PlanTree,
  scoring: Scoring,
  { matched, weights }: Found,
  { index, support }: Judged,
): ExplainedLeaf[] {
  return support.leaves.flatMap((leaf) => {
    const numbered = leaves[leaf];
    if (numbered === undefined) return [];
    const facts = scoring.counted(index, leaf).map(({ entry, match, together, others }): ExplainedFact => {
      const { feature, path, match: asMatch } = weights.of(entry, match);
      return {
        feature: matched.feature(entry),
        place: matched.prefix(matched.places[entry] ?? 0),
        match,
        factors: { feature, path, match: asMatch, together },
        others,
      };
    });
    const close = closeness(numbered.leaf);
    return {
      leaf,
      rarity: (support.rarities[leaf] ?? 0) / close,
      closeness: close,
      facts: facts.length > 0 ? facts : [OF_SYSTEM],
    };
  });
}
