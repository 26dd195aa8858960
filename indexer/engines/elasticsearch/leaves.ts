// What satisfies a leaf of a plan: entries, by themselves or by their content, whichever systems have them.
import type { Leaf } from '../../../schemas/plan.ts';
import { matchesEntry, matchText } from '../../terms/match.ts';
import { NO_STAMPS } from '../embedded/entry-parts.ts';
import { entryOf, isCut } from './documents.ts';
import { featureOf } from './entry-numbers.ts';
import { leafQueries, networksHold, type LeafQuery } from './leaf-queries.ts';
import type { Found } from './pages.ts';
import type { Store } from './store.ts';
import { entriesByNumber, inQueries, readTexts } from './stored-entries.ts';

/** An entry that satisfies a leaf. */
export interface LeafMatch {
  readonly number: number;
  readonly key: string;
  readonly inContent: boolean;
}

/** Columns that tell an entry's number and key. */
const NUMBER_AND_KEY = ['number', 'sort'] as const;

/** Everything that satisfies a leaf. */
export async function leafMatches(store: Store, leaf: Leaf): Promise<LeafMatch[]> {
  const { contents, entries } = leafQueries(leaf);
  const found = await Promise.all([
    ...contents.map((query) => inContents(store, leaf, query)),
    ...entries.map((query) => inEntries(store, leaf, query)),
  ]);
  return found.flat();
}

async function inContents(store: Store, leaf: Leaf, { query, verify }: LeafQuery): Promise<LeafMatch[]> {
  const found = new Map<string, number>();
  const columns = ['bytes', ...(verify === 'networks' ? ['networks'] : [])];
  for await (const page of store.pages('contents', { query, source: [], columns })) {
    for (const content of page) {
      if (verify === 'networks' && !networksHold(leaf, textColumn(content, 'networks'))) continue;
      found.set(content.id, Number(content.fields['bytes']?.[0] ?? 0));
    }
  }
  const certain = verify === 'text' ? await withText(store, leaf, found) : [...found.keys()];
  const matches: LeafMatch[] = [];
  for (const some of inQueries(certain)) {
    for (const { number, key } of await namedEntries(store, { terms: { content: some } }))
      matches.push({ number, key, inContent: true });
  }
  return matches;
}

/** Of contents with their bytes those whose text satisfies the leaf. */
async function withText(store: Store, leaf: Leaf, contents: ReadonlyMap<string, number>): Promise<string[]> {
  const certain: string[] = [];
  for await (const texts of readTexts(store, contents))
    for (const [id, text] of texts) if (matchText(leaf, text).length > 0) certain.push(id);
  return certain;
}

async function inEntries(store: Store, leaf: Leaf, { query, verify }: LeafQuery): Promise<LeafMatch[]> {
  const found = await namedEntries(store, query, verify === 'networks' ? leaf : null);
  if (verify !== 'text') return found.map((entry) => ({ ...entry, inContent: false }));
  const matches: LeafMatch[] = [];
  for (const some of inQueries(found, 2000)) {
    const numbers = some.map(({ number }) => number);
    for (const stored of (await entriesByNumber(store, numbers)).values()) {
      const { number, key } = stored;
      const feature = featureOf(number);
      const entry = entryOf(feature, stored, NO_STAMPS, null);
      if (matchesEntry(leaf, feature, key, entry)) matches.push({ number, key, inContent: false });
    }
  }
  return matches;
}

/** Numbers and keys of entries; `networks`: of those alone whose networks satisfy the leaf. */
export async function namedEntries(
  store: Store,
  query: LeafQuery['query'],
  networks: Leaf | null = null,
): Promise<{ number: number; key: string }[]> {
  const entries: { number: number; key: string }[] = [];
  const cut: number[] = [];
  const columns = [...NUMBER_AND_KEY, ...(networks === null ? [] : ['networks'])];
  for await (const page of store.pages('entries', { query, columns })) {
    for (const entry of page) {
      if (networks !== null && !networksHold(networks, textColumn(entry, 'networks'))) continue;
      const number = Number(entry.fields['number']?.[0]);
      const [key = ''] = textColumn(entry, 'sort');
      if (isCut(key)) cut.push(number);
      else entries.push({ number, key });
    }
  }
  for (const { number, key } of (await entriesByNumber(store, cut, ['number', 'key'])).values())
    entries.push({ number, key });
  return entries;
}

function textColumn({ fields }: Found<unknown>, name: string): string[] {
  return (fields[name] ?? []) as string[];
}
