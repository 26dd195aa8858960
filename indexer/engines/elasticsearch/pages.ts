// Reads everything that a query finds, page by page.
import type { Client, estypes } from '@elastic/elasticsearch';
import { patiently } from './patience.ts';

/** The longest page that every index allows. */
const PAGE = 10_000;
const KEEP_ALIVE = '2m';

/** Who reads: until when, and how long it waits for what passes. */
export interface Reader {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly patienceMs: number;
}

/** A document found. */
export interface Found<T> {
  readonly id: string;
  readonly source: T | undefined;
  /** Values kept in columns, by name. */
  readonly fields: Readonly<Record<string, readonly unknown[]>>;
}

/** What to read of which documents. */
export interface Reading {
  readonly index: string;
  readonly query: estypes.QueryDslQueryContainer;
  /** Properties of the document; none of them: its id alone. Without it, nothing but columns. */
  readonly source?: readonly string[];
  /** Properties to read from columns: quicker where many documents are read and little of each. */
  readonly columns?: readonly string[];
  /** Columns to sort by, `-` before one that falls; without them the order is that of the index. */
  readonly sort?: readonly string[];
  readonly page?: number;
}

/**
 * Everything a query finds, in pages. What fits one page is read at once; more is read from one point in time, so that
 * nothing is missed or seen twice while others write.
 */
export async function* pagesOf<T>(reader: Reader, reading: Reading): AsyncGenerator<Found<T>[]> {
  const size = reading.page ?? PAGE;
  const request = requestOf(reading, size);
  const first = await ask<T>(reader, { ...request, index: reading.index });
  if (first.length < size) {
    if (first.length > 0) yield first.map(found);
    return;
  }
  const { client, signal, patienceMs } = reader;
  const open = () => client.openPointInTime({ index: reading.index, keep_alive: KEEP_ALIVE }, { signal });
  const pit = await patiently(signal, open, patienceMs);
  let id = pit.id;
  try {
    const sort = (request.sort ?? [{ _shard_doc: 'asc' }]) as estypes.SortCombinations[];
    let after: estypes.SortResults | undefined;
    for (;;) {
      const page = await ask<T>(
        reader,
        {
          ...request,
          sort,
          pit: { id, keep_alive: KEEP_ALIVE },
          ...(after === undefined ? {} : { search_after: after }),
        },
        (renewed) => (id = renewed),
      );
      if (page.length > 0) yield page.map(found);
      after = page.at(-1)?.sort;
      if (page.length < size || after === undefined) return;
    }
  } finally {
    // It ends by itself soon; that it cannot be ended now is no failure of the reading.
    await client.closePointInTime({ id }, { ignore: [404], maxRetries: 0 }).catch(() => undefined);
  }
}

/** All pages in one list, for what is known to be little. */
export async function everyOf<T>(reader: Reader, reading: Reading): Promise<Found<T>[]> {
  const all: Found<T>[] = [];
  for await (const page of pagesOf<T>(reader, reading)) all.push(...page);
  return all;
}

/** All that each of some readings finds: asked in one request, and page by page where a page is full. */
export async function eachOf(reader: Reader, readings: readonly Reading[]): Promise<Found<unknown>[][]> {
  if (readings.length < 2) return Promise.all(readings.map((reading) => everyOf<unknown>(reader, reading)));
  const { client, signal, patienceMs } = reader;
  const searches = readings.flatMap((reading) => [
    { index: reading.index, allow_partial_search_results: false },
    requestOf(reading, PAGE),
  ]);
  const { responses } = await patiently(signal, () => client.msearch({ searches }, { signal }), patienceMs);
  return Promise.all(
    readings.map(async (reading, place) => {
      const response = responses[place];
      const hits = response !== undefined && 'hits' in response ? response.hits.hits : null;
      // A part that failed is asked for by itself: it then succeeds, or says why not.
      if (hits === null || hits.length === PAGE) return everyOf<unknown>(reader, reading);
      return hits.map(found);
    }),
  );
}

function requestOf({ query, source, columns, sort }: Reading, size: number): estypes.SearchRequest {
  return {
    query: { bool: { filter: query } },
    size,
    track_total_hits: false,
    _source: source === undefined || source.length === 0 ? false : [...source],
    ...(columns === undefined ? {} : { docvalue_fields: [...columns] }),
    // Without the source there is nothing to read but columns.
    ...(source === undefined && columns !== undefined ? { stored_fields: '_none_' } : {}),
    ...(sort === undefined ? {} : { sort: sort.map(sorted) }),
  };
}

function sorted(name: string): Record<string, 'asc' | 'desc'> {
  return name.startsWith('-') ? { [name.slice(1)]: 'desc' } : { [name]: 'asc' };
}

async function ask<T>(
  { client, signal, patienceMs }: Reader,
  request: estypes.SearchRequest,
  renewed: (pit: string) => void = () => undefined,
): Promise<estypes.SearchHit<T>[]> {
  const search = () => client.search<T>({ ...request, allow_partial_search_results: false }, { signal });
  const answer = await patiently(signal, search, patienceMs);
  if (answer.pit_id !== undefined) renewed(answer.pit_id);
  return answer.hits.hits;
}

function found<T>(hit: estypes.SearchHit<T>): Found<T> {
  return {
    id: hit._id ?? '',
    source: hit._source,
    fields: (hit.fields ?? {}) as Record<string, unknown[]>,
  };
}
