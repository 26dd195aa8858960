// Reads stored entries and texts back.
import type { estypes } from '@elastic/elasticsearch';
import { UnfoldError } from '../../../schemas/error.ts';
import type { StoredEntry } from './documents.ts';
import type { Store } from './store.ts';

/** Elasticsearch takes 65,536 values in a query. */
const VALUES = 20_000;
const ENTRY_PAGE = 2000;
/** Texts are read until a request answers with so many bytes, by what contents say of themselves. */
const TEXT_BYTES = 8_000_000;
const TEXTS = 500;

const WHOLE = ['number', 'key', 'shared', 'own', 'content'] as const;

/** Lists of values that fit a query. */
export function* inQueries<T>(values: Iterable<T>, size: number = VALUES): Generator<T[]> {
  let some: T[] = [];
  for (const value of values) {
    if (some.push(value) < size) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** Reads entries as they are stored; of `only` some properties. */
export async function* readEntries(
  store: Store,
  query: estypes.QueryDslQueryContainer,
  only: readonly (keyof StoredEntry)[] = WHOLE,
): AsyncGenerator<StoredEntry[]> {
  for await (const page of store.pages<StoredEntry>('entries', { query, source: only, page: ENTRY_PAGE }))
    yield page.flatMap(({ source }) => (source === undefined ? [] : [complete(source)]));
}

/** Entries by their numbers; all that are there. */
export async function entriesByNumber(
  store: Store,
  numbers: Iterable<number>,
  only?: readonly (keyof StoredEntry)[],
): Promise<Map<number, StoredEntry>> {
  const entries = new Map<number, StoredEntry>();
  for (const some of inQueries(numbers)) {
    for await (const page of readEntries(store, { terms: { number: some } }, only))
      for (const entry of page) entries.set(entry.number, entry);
  }
  return entries;
}

/** Entries of some names (see `keyName`) that are in some blocks. */
export async function entriesByName(
  store: Store,
  names: readonly string[],
  blocks: readonly number[],
): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  for (const someNames of inQueries(names)) {
    for (const someBlocks of inQueries(blocks)) {
      const filter = [{ terms: { name: someNames } }, { terms: { block: someBlocks } }];
      for await (const page of readEntries(store, { bool: { filter } })) found.push(...page);
    }
  }
  return found;
}

/** What a document does not say is null. */
export function complete(entry: StoredEntry): StoredEntry {
  return { ...entry, content: (entry as { content?: string }).content ?? null };
}

/** Texts by the SHA-256 of contents with their bytes, in batches that fit memory. Throws where one is missing. */
export async function* readTexts(
  store: Store,
  contents: ReadonlyMap<string, number>,
): AsyncGenerator<Map<string, string>> {
  let ids: string[] = [];
  let bytes = 0;
  for (const [id, size] of contents) {
    if (ids.length > 0 && (bytes + size > TEXT_BYTES || ids.length === TEXTS)) {
      yield await textsOf(store, ids);
      ids = [];
      bytes = 0;
    }
    ids.push(id);
    bytes += size;
  }
  if (ids.length > 0) yield await textsOf(store, ids);
}

async function textsOf(store: Store, ids: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const add = (id: string, source: unknown) => texts.set(id, (source as { text: string }).text);
  await store.byId('contents', ids, add, ['text']);
  for (const id of ids) if (!texts.has(id)) throw missing(`content ${id}`);
  return texts;
}

/** The error for what the index should have. */
export function missing(what: string): UnfoldError {
  return new UnfoldError('UNFOLD_DATA_CORRUPT', `the index lacks ${what}`, {
    remedy: '`unfold index verify` says what is wrong; `unfold index rebuild` or a new crawl repairs it.',
  });
}
