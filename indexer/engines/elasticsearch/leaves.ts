// What satisfies the leaves of a plan: entries, by themselves or by their content, whichever systems have them.
import { errors } from '@elastic/elasticsearch';
import type { Leaf } from '../../../schemas/plan.ts';
import { holdsInText, matchesEntry } from '../../terms/match.ts';
import { NO_STAMPS } from '../entry-parts.ts';
import type { Match } from '../ranking.ts';
import { entryOf, isCut } from './documents.ts';
import { featureOf } from './entry-numbers.ts';
import { leafQueries, namedQueries, networksHold, type LeafQuery } from './leaf-queries.ts';
import type { Found } from './pages.ts';
import type { Scope } from './scope.ts';
import type { Store } from './store.ts';
import { entriesByNumber, inQueries, readTexts } from './stored-entries.ts';

/** An entry that satisfies a leaf. */
export interface LeafMatch {
  readonly number: number;
  readonly key: string;
  readonly match: Match;
}

interface NamedEntry {
  readonly number: number;
  readonly key: string;
}

/** Where to look, and until when. */
type Sought = Pick<Scope, 'store' | 'deadline'>;

/** A query of a leaf. */
interface Asked extends LeafQuery {
  readonly leaf: Leaf;
  readonly number: number;
  readonly match: Match;
}

/** Everything that satisfies each of the leaves. */
export async function leafMatches(sought: Sought, leaves: readonly Leaf[]): Promise<LeafMatch[][]> {
  try {
    return await matchesOf(sought, leaves, true);
  } catch (error) {
    if (!isTooExpensive(error)) throw error;
    return await matchesOf(sought, leaves, false);
  }
}

/** True where the cluster is set to refuse patterns (`search.allow_expensive_queries`). */
function isTooExpensive(error: unknown): boolean {
  return (
    error instanceof errors.ResponseError && JSON.stringify(error.body).includes('allow_expensive_queries')
  );
}

async function matchesOf(sought: Sought, leaves: readonly Leaf[], patterns: boolean): Promise<LeafMatch[][]> {
  const ofContents: Asked[] = [];
  const ofEntries: Asked[] = [];
  for (const [number, leaf] of leaves.entries()) {
    const { contents, entries } = leafQueries(leaf, patterns);
    ofContents.push(...contents.map((query) => ({ ...query, leaf, number, match: 'content' as const })));
    ofEntries.push(...entries.map((query) => ({ ...query, leaf, number, match: 'entry' as const })));
    ofEntries.push(
      ...namedQueries(leaf).map((query) => ({ ...query, leaf, number, match: 'name' as const })),
    );
  }
  const matches = leaves.map((): LeafMatch[] => []);
  const [contents, entries] = await Promise.all([
    contentMatches(sought, ofContents),
    entryMatches(sought, ofEntries),
  ]);
  for (const [number, match] of [...contents, ...entries]) matches[number]?.push(match);
  return matches;
}

/** Entries by contents that satisfy leaves. */
async function contentMatches(sought: Sought, asked: readonly Asked[]): Promise<[number, LeafMatch][]> {
  const { store } = sought;
  const leavesOf = new Map<string, number[]>();
  const readings = asked.map(({ query, verify }) => ({
    query,
    source: [],
    columns: ['bytes', ...(verify === 'networks' ? ['networks'] : [])],
  }));
  const found = await store.each('contents', readings);
  for (const [place, one] of asked.entries()) {
    for (const id of await certainContents(sought, one, found[place] ?? [])) {
      const leaves = leavesOf.get(id);
      if (leaves === undefined) leavesOf.set(id, [one.number]);
      else leaves.push(one.number);
    }
  }
  const matches: [number, LeafMatch][] = [];
  for (const some of inQueries(leavesOf.keys())) {
    const query = { terms: { content: some } };
    for await (const page of store.pages('entries', { query, columns: [...NAME, 'content'] })) {
      const named = await namesOf(store, page);
      for (const [place, { fields }] of page.entries()) {
        const match = { ...(named[place] ?? NOBODY), match: 'content' as const };
        for (const leaf of leavesOf.get(String(fields['content']?.[0])) ?? []) matches.push([leaf, match]);
      }
    }
  }
  return matches;
}

/** Of the contents that a query found those that satisfy the leaf. */
async function certainContents(
  { store, deadline }: Sought,
  { leaf, verify }: Asked,
  found: readonly Found<unknown>[],
): Promise<string[]> {
  if (verify === 'networks')
    return found.filter((one) => networksHold(leaf, textColumn(one, 'networks'))).map(({ id }) => id);
  if (verify === 'nothing') return found.map(({ id }) => id);
  const bytes = new Map(found.map(({ id, fields }) => [id, Number(fields['bytes']?.[0] ?? 0)]));
  const certain: string[] = [];
  for await (const texts of readTexts(store, bytes))
    for (const [id, text] of texts) {
      deadline.check();
      if (holdsInText(leaf, text)) certain.push(id);
    }
  return certain;
}

/** Entries that satisfy leaves by themselves. */
async function entryMatches(sought: Sought, asked: readonly Asked[]): Promise<[number, LeafMatch][]> {
  const { store } = sought;
  const readings = asked.map(({ query, verify }) => ({
    query,
    columns: [...NAME, ...(verify === 'networks' ? ['networks'] : [])],
  }));
  const found = await store.each('entries', readings);
  const matches: [number, LeafMatch][] = [];
  for (const [place, one] of asked.entries()) {
    for (const entry of await certainEntries(sought, one, found[place] ?? []))
      matches.push([one.number, { ...entry, match: one.match }]);
  }
  return matches;
}

async function certainEntries(
  { store, deadline }: Sought,
  { leaf, verify }: Asked,
  found: readonly Found<unknown>[],
): Promise<NamedEntry[]> {
  if (verify === 'networks')
    return namesOf(
      store,
      found.filter((one) => networksHold(leaf, textColumn(one, 'networks'))),
    );
  if (verify === 'nothing') return namesOf(store, found);
  const certain: NamedEntry[] = [];
  for (const some of inQueries(found.map(numberOf), 2000)) {
    for (const stored of (await entriesByNumber(store, some)).values()) {
      deadline.check();
      const { number, key } = stored;
      const feature = featureOf(number);
      if (matchesEntry(leaf, feature, key, entryOf(feature, stored, NO_STAMPS, null)))
        certain.push({ number, key });
    }
  }
  return certain;
}

/** Columns that tell an entry's number and key. */
const NAME = ['number', 'sort'] as const;
const NOBODY: NamedEntry = { number: 0, key: '' };

/** Numbers and keys of entries by a query. */
export async function namedEntries(store: Store, query: LeafQuery['query']): Promise<NamedEntry[]> {
  const entries: NamedEntry[] = [];
  for await (const page of store.pages('entries', { query, columns: NAME }))
    entries.push(...(await namesOf(store, page)));
  return entries;
}

/** Numbers and keys of entries found; a key that is longer than a column is read. */
async function namesOf(store: Store, found: readonly Found<unknown>[]): Promise<NamedEntry[]> {
  const entries = found.map((one) => ({ number: numberOf(one), key: textColumn(one, 'sort')[0] ?? '' }));
  const cut = entries.filter(({ key }) => isCut(key)).map(({ number }) => number);
  if (cut.length === 0) return entries;
  const whole = await entriesByNumber(store, cut, ['number', 'key']);
  return entries.map(({ number, key }) => ({ number, key: whole.get(number)?.key ?? key }));
}

function numberOf({ fields }: Found<unknown>): number {
  return Number(fields['number']?.[0] ?? 0);
}

function textColumn({ fields }: Found<unknown>, name: string): string[] {
  return (fields[name] ?? []) as string[];
}
