// What a search found, put together: matches with what of them counts, and the systems that are in the answer by them.
import { kindsOf, type Kinds } from './kinds.ts';
import type { MatchedFacts } from './matched-facts.ts';
import { Patterns, type Matched, type Satisfied } from './matched.ts';
import type { PlanTree } from './plan-tree.ts';
import { Weights } from './scoring.ts';

/** A system in the answer. `support` are the leaves it is there for, with how rare each is. */
export interface Judged {
  readonly index: number;
  readonly id: string;
  readonly score: number;
  readonly support: Support;
}

/** Leaves that put systems into the answer. Systems with the same ones share it. */
export interface Support {
  readonly leaves: readonly number[];
  /** By leaf number. */
  readonly rarities: readonly number[];
  /** By leaf number: the term it belongs to (plan-tree.ts). */
  readonly terms: readonly number[];
  /** By pattern number: 1 where the pattern satisfies one of the leaves. */
  readonly patterns: Uint8Array;
}

/** What a search found: by it systems are judged, counted and shown. */
export interface Found<M extends Matched = Matched> {
  readonly matched: M;
  /** Matched's own, without leaves of groups which the fact does not satisfy as a whole. */
  readonly patternOf: readonly number[];
  readonly patterns: readonly (readonly Satisfied[])[];
  readonly facts: MatchedFacts;
  readonly kinds: Kinds;
  readonly weights: Weights;
}

/** Puts together what a search found. */
export function foundOf<M extends Matched>(tree: PlanTree, matched: M, facts: MatchedFacts): Found<M> {
  const counted = tree.groups.length === 0 ? matched : countedPatterns(tree, matched);
  const { patternOf, patterns } = counted;
  const kinds = kindsOf(matched.places, counted, facts);
  return { matched, patternOf, patterns, facts, kinds, weights: new Weights(matched) };
}

/** What counts of the patterns: it depends on the feature of an entry, too, and on whether its fact is past. */
function countedPatterns(tree: PlanTree, matched: Matched): Pick<Found, 'patternOf' | 'patterns'> {
  const patterns = new Patterns();
  const known = new Map<string, number>();
  const patternOf = matched.patternOf.map((number, entry) => {
    const feature = matched.feature(entry);
    const isPast = matched.began(entry) !== Infinity;
    const name = `${number} ${feature} ${isPast}`;
    const counted =
      known.get(name) ??
      tree
        .countedOf({ pattern: matched.patterns[number] ?? [], feature, isPast })
        .reduce((pattern, satisfied) => patterns.extended(pattern, satisfied), 0);
    known.set(name, counted);
    return counted;
  });
  return { patternOf, patterns: patterns.list };
}
