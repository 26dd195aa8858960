// How the oracle shows what it found: facts in order, facets counted one system after another.
import type { Match } from '../../../indexer/engines/ranking.ts';
import type { MatchedFact } from '../../../indexer/engines/search-engine.ts';
import type { Facet } from '../../../schemas/answer.ts';
import {
  Feature,
  type ConnectionEntry,
  type Entry,
  type FileEntry,
  type PackageEntry,
} from '../../../schemas/entries.ts';
import type { FacetField, Narrowing, WantedFacet } from '../../../schemas/plan.ts';
import type { SystemRef } from '../../../schemas/system.ts';
import { validity, type OracleFact } from './oracle-facts.ts';

export interface Satisfied {
  readonly fact: OracleFact;
  /** By leaf number: in which ways it matches, the weight of the best, and whether the content has it. */
  readonly leaves: ReadonlyMap<
    number,
    { readonly ways: readonly Match[]; readonly weight: number; readonly inContent: boolean }
  >;
}

/** A system of the answer. */
export interface Answering {
  readonly ref: SystemRef;
  readonly asOf: string;
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

/** Systems that an answer is narrowed to; `except`: as if by that field it were not. */
export function narrowedTo<S extends Answering>(
  answering: readonly S[],
  narrowed: readonly Narrowing[],
  except?: FacetField,
): S[] {
  return answering.filter((system) =>
    narrowed.every(({ field, any, none }) => {
      if (field === except) return true;
      const own = facetValues(field, system);
      const covers = (asked: string) => (value: string) =>
        value === asked || (field === 'directory' && value.startsWith(asked === '/' ? asked : `${asked}/`));
      const has = (asked: string) => own.some(covers(asked));
      return (any.length === 0 || any.some(has)) && !none.some(has);
    }),
  );
}

export function facet(wanted: WantedFacet, answering: readonly Answering[]): Facet {
  const { field, size, interval } = wanted;
  const counts = new Map<string, number>();
  for (const system of answering) {
    const own = facetValues(field, system).flatMap((value) => bucketOf(wanted, value));
    for (const value of new Set(own)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const all = [...counts].map(([value, systems]) => ({ value, systems }));
  const inOrder = (a: string, b: string) => Number(a) - Number(b) || compare([a], [b]);
  all.sort((a, b) => b.systems - a.systems || inOrder(a.value, b.value));
  const buckets = all.slice(0, size);
  if (field === 'crawled' || interval !== undefined) buckets.sort((a, b) => inOrder(a.value, b.value));
  return { field, buckets, more: all.length - buckets.length };
}

function bucketOf({ field, containing = '', under, interval }: WantedFacet, value: string): string[] {
  if (!value.toLowerCase().includes(containing.toLowerCase())) return [];
  if (field === 'directory' && under !== undefined) {
    if (value === under) return [value];
    const start = under === '/' ? '/' : `${under}/`;
    return value.startsWith(start) ? [start + value.slice(start.length).split('/')[0]!] : [];
  }
  if (interval === undefined) return [value];
  return /^\d+$/.test(value) ? [String(Number(value) - (Number(value) % interval))] : [];
}

function facetValues(field: FacetField, { ref, asOf, held, satisfied, support }: Answering): string[] {
  const matching = satisfied
    .filter(({ leaves }) => support.some((leaf) => leaves.has(leaf)))
    .map(({ fact }) => fact);
  switch (field) {
    case 'kind':
      return [ref.kind];
    case 'label':
      return Object.entries(ref.labels).map(([key, value]) => `${key}=${value}`);
    case 'crawled':
      return [`${asOf.slice(0, 10)}T00:00:00.000Z`];
    case 'port':
      return held.flatMap(({ feature, entry }) => {
        if (feature !== 'connection') return [];
        const { state, local } = entry as ConnectionEntry;
        return state === 'listening' && local !== undefined ? [String(local.port)] : [];
      });
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
