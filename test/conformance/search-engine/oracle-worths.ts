// What the oracle says a system's facts are worth: one fact after the other, each kind of them once.
import {
  factorsOf,
  product,
  togetherness,
  withOthers,
  type Match,
} from '../../../indexer/engines/ranking.ts';
import { fieldValues } from '../../../indexer/terms/entry-terms.ts';
import { namingOf } from '../../../indexer/terms/names.ts';
import { foldCase } from '../../../indexer/terms/words.ts';
import type { Leaf } from '../../../schemas/plan.ts';
import { prefixOf, type Satisfied } from './oracle-answer.ts';
import type { OracleFact } from './oracle-facts.ts';

/** The weight of a fact by the best of the ways in which it satisfies a leaf. */
export function weightOf(fact: OracleFact, ways: readonly Match[]): number {
  return Math.max(...ways.map((way) => product(factorsOf(fact.feature, prefixOf(fact), way))));
}

/** Whether an entry is called as a leaf asks. */
export function isCalled(leaf: Leaf, { feature, entry }: OracleFact): boolean {
  const naming = namingOf(leaf);
  return fieldValues(feature, entry).some(
    ({ field, value }) => naming?.fields.includes(field) === true && foldCase(value) === naming.value,
  );
}

/** By leaf: what the facts are worth for it. `terms` is the term of each leaf. */
export function worthsOf(satisfied: readonly Satisfied[], terms: readonly number[]): Map<number, number> {
  const kinds = new Map(satisfied.map((one) => [kindOf(one), one]));
  const found = new Map<number, Map<string, number[]>>();
  for (const { fact, leaves } of kinds.values()) {
    const together = togetherness(new Set([...leaves.keys()].map((leaf) => terms[leaf])).size);
    for (const [leaf, { weight }] of leaves) {
      const features = found.get(leaf) ?? new Map<string, number[]>();
      features.set(fact.feature, [...(features.get(fact.feature) ?? []), weight * together]);
      found.set(leaf, features);
    }
  }
  return new Map([...found].map(([leaf, features]) => [leaf, worthOf(features)]));
}

function kindOf({ fact, leaves }: Satisfied): string {
  const ways = [...leaves].flatMap(([leaf, one]) => one.ways.map((way) => `${leaf} ${way}`));
  return [fact.feature, prefixOf(fact), ...ways.sort()].join('\n');
}

function worthOf(features: ReadonlyMap<string, readonly number[]>): number {
  const sums = [...features.values()].map((worths) => {
    const best = Math.max(...worths);
    return withOthers(best, worths.reduce((sum, worth) => sum + worth, 0) - best);
  });
  return sums.reduce((sum, worth) => sum + worth, 0);
}
