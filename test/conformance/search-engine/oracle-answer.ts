// How the oracle shows what it found: facts in order, facets counted one system after another.
import type { MatchedFact } from '../../../indexer/engines/search-engine.ts';
import type { Facet } from '../../../schemas/answer.ts';
import { Feature, type Entry, type FileEntry, type PackageEntry } from '../../../schemas/entries.ts';
import type { FacetField } from '../../../schemas/plan.ts';
import type { SystemRef } from '../../../schemas/system.ts';
import { validity, type OracleFact } from './oracle-facts.ts';

export interface Satisfied {
  readonly fact: OracleFact;
  /** By leaf number: the weight of the match, and whether the content has it. */
  readonly leaves: ReadonlyMap<number, { readonly weight: number; readonly inContent: boolean }>;
}

/** A system of the answer. */
export interface Answering {
  readonly ref: SystemRef;
  readonly held: readonly OracleFact[];
  readonly satisfied: readonly Satisfied[];
  readonly support: readonly number[];
}

export function prefixOf({ feature, key }: OracleFact): string {
  return feature === 'file' ? key.slice(0, key.lastIndexOf('/') + 1) : '';
}

/** Facts for which the system is in the answer, best first, one per term before the rest. */
export function shown(
  satisfied: readonly Satisfied[],
  support: readonly number[],
  { rarities, terms }: { readonly rarities: readonly number[]; readonly terms: readonly number[] },
): MatchedFact[] {
  const facts = satisfied
    .map(({ fact, leaves }) => {
      const own = support.filter((leaf) => leaves.has(leaf));
      const worth = own.reduce((sum, leaf) => sum + rarities[leaf]! * leaves.get(leaf)!.weight, 0);
      return { fact, own, worth, inContent: own.some((leaf) => leaves.get(leaf)!.inContent) };
    })
    .filter(({ own }) => own.length > 0)
    .sort((a, b) => b.worth - a.worth || compare(sortKey(a), sortKey(b)));
  const covered = new Set<number>();
  const first = facts.filter(({ own }) => {
    const isNew = own.some((leaf) => !covered.has(terms[leaf]!));
    for (const leaf of own) covered.add(terms[leaf]!);
    return isNew;
  });
  const ordered = [...first, ...facts.filter((one) => !first.includes(one))];
  return ordered.map(({ fact, own, inContent }) => {
    const { content, ...entry } = fact.entry as FileEntry;
    const { text, ...about } = content ?? { text: null };
    const without = content === undefined ? entry : { ...entry, content: about };
    const { feature, key } = fact;
    return {
      feature,
      key,
      entry: without as Entry,
      text: inContent ? text : null,
      leaves: own,
      ...validity(fact),
    };
  });
}

function sortKey({ fact, own }: { fact: OracleFact; own: number[] }): (number | string)[] {
  return [Feature.options.indexOf(fact.feature), prefixOf(fact), ...own, -1, fact.key, fact.from];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}

export function facet(field: FacetField, size: number, answering: readonly Answering[]): Facet {
  const counts = new Map<string, number>();
  for (const system of answering) {
    for (const value of new Set(facetValues(field, system))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const all = [...counts].map(([value, systems]) => ({ value, systems }));
  all.sort((a, b) => b.systems - a.systems || compare([a.value], [b.value]));
  return { field, buckets: all.slice(0, size), more: Math.max(0, all.length - size) };
}

function facetValues(field: FacetField, { ref, held, satisfied, support }: Answering): string[] {
  const matching = satisfied
    .filter(({ leaves }) => support.some((leaf) => leaves.has(leaf)))
    .map(({ fact }) => fact);
  switch (field) {
    case 'kind':
      return [ref.kind];
    case 'os':
      return held.flatMap(({ feature, entry }) =>
        feature === 'os' && 'platform' in entry ? [entry.platform ?? ''] : [],
      );
    case 'package':
      return held.flatMap(({ feature, entry }) =>
        feature === 'package' ? [(entry as PackageEntry).name] : [],
      );
    case 'directory':
      return matching.flatMap((fact) => (prefixOf(fact) === '' ? [] : [prefixOf(fact).slice(0, -1) || '/']));
    case 'feature':
      return matching.map(({ feature }) => feature);
  }
}
