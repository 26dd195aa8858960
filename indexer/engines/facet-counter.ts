// Counts distinct systems by what they are, have, and matched with; and narrows an answer to some of those values.
import type { Facet } from '../../schemas/answer.ts';
import type { FacetField, Narrowing, SearchPlan, WantedFacet } from '../../schemas/plan.ts';
import { foldCase } from '../terms/words.ts';
import type { Judged } from './found.ts';

/** Values of a facet, by number. */
export class FacetValues {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a value. */
  number(value: string): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.list.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

/** Of what has no value. */
export const NO_VALUE = -1;

/** The values that systems have for a facet. */
export interface FacetSource {
  readonly values: FacetValues;
  /** The numbers of a system's values, NO_VALUE and repeats among them. */
  readonly of: (system: Judged) => Iterable<number>;
}

/** Gives the source of a facet. */
export type FacetSources = (field: FacetField) => FacetSource;

/** The systems that are left when an answer is narrowed by every field, but for one. */
export function narrow(
  judged: readonly Judged[],
  narrowed: readonly Narrowing[],
  sources: FacetSources,
  except?: FacetField,
): readonly Judged[] {
  const filters = narrowed
    .filter(({ field }) => field !== except)
    .map((one) => filter(one, sources(one.field)));
  return filters.length === 0 ? judged : judged.filter((system) => filters.every((passes) => passes(system)));
}

function filter({ field, any, none }: Narrowing, { values, of }: FacetSource): (system: Judged) => boolean {
  const [wanted, unwanted] = [tester(field, any, values), tester(field, none, values)];
  return (system) => {
    const own = [...of(system)].filter((value) => value !== NO_VALUE);
    return (any.length === 0 || own.some(wanted)) && !own.some(unwanted);
  };
}

/** Tests each value once. */
function tester(
  field: FacetField,
  asked: readonly string[],
  { list }: FacetValues,
): (value: number) => boolean {
  const known = new Map<number, boolean>();
  const isAsked = (value: string) =>
    asked.some((one) => value === one || (field === 'directory' && isBelow(value, one)));
  return (number) => {
    let found = known.get(number);
    if (found === undefined) known.set(number, (found = isAsked(list[number] ?? '')));
    return found;
  };
}

function isBelow(directory: string, under: string): boolean {
  return under === '/' || directory.startsWith(`${under}/`);
}

/** Counts facets of an answer that is narrowed so. */
export function countFacets(
  { facets, narrowed = [] }: Pick<SearchPlan, 'facets' | 'narrowed'>,
  judged: readonly Judged[],
  sources: FacetSources,
): Facet[] {
  return facets.map((wanted) => {
    const { field } = wanted;
    return count(wanted, narrow(judged, narrowed, sources, field), sources(field));
  });
}

/** Systems are counted one after the other, each once for a value. */
function count(wanted: WantedFacet, judged: readonly Judged[], { values, of }: FacetSource): Facet {
  const bucketed = bucketing(wanted);
  const buckets = new FacetValues();
  const bucketOf: (number | undefined)[] = [];
  const counts: number[] = [];
  const last: number[] = [];
  for (const system of judged) {
    for (const value of of(system)) {
      if (value === NO_VALUE) continue;
      const bucket = (bucketOf[value] ??= numbered(buckets, bucketed(values.list[value] ?? '')));
      if (bucket === NO_VALUE || last[bucket] === system.index) continue;
      last[bucket] = system.index;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
  }
  const all = buckets.list.map((value, number) => ({ value, systems: counts[number] ?? 0 }));
  all.sort((a, b) => b.systems - a.systems || compareValues(a.value, b.value));
  const { field, size, interval } = wanted;
  const shown = all.slice(0, size);
  if (field === 'crawled' || interval !== undefined) shown.sort((a, b) => compareValues(a.value, b.value));
  return { field, buckets: shown, more: all.length - shown.length };
}

function numbered(buckets: FacetValues, value: string | null): number {
  return value === null ? NO_VALUE : buckets.number(value);
}

/** Numbers by their size, all else by code points. */
function compareValues(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The bucket of a value; null where it is not asked for. */
function bucketing({ field, containing, under, interval }: WantedFacet): (value: string) => string | null {
  const text = foldCase(containing ?? '');
  return (value) => {
    if (!foldCase(value).includes(text)) return null;
    if (field === 'directory' && under !== undefined) return childOf(under, value);
    if (interval === undefined) return value;
    const number = Number(value);
    return Number.isFinite(number) ? String(Math.floor(number / interval) * interval) : null;
  };
}

/** Of a directory the part that lies right below another; the other one itself stands for what it holds directly. */
function childOf(under: string, directory: string): string | null {
  if (directory === under) return directory;
  if (!isBelow(directory, under)) return null;
  const from = under === '/' ? 1 : under.length + 1;
  const end = directory.indexOf('/', from);
  return end < 0 ? directory : directory.slice(0, end);
}
