// The index as one frame, answer or piece of work sees it: a client, names, and the signal that ends it.
import type { Client, estypes } from '@elastic/elasticsearch';
import { writeAll, type Operation, type Outcome } from './bulk.ts';
import type { Kind, Names } from './indices.ts';
import { eachOf, everyOf, pagesOf, type Found, type Reading } from './pages.ts';
import { patiently } from './patience.ts';

/** Documents that are asked for at a time by their ids. */
const IDS = 1000;

/** Reads and writes documents. */
export class Store {
  readonly client: Client;
  readonly names: Names;
  readonly signal: AbortSignal;
  readonly patienceMs: number;

  constructor(client: Client, names: Names, signal: AbortSignal, patienceMs: number) {
    this.client = client;
    this.names = names;
    this.signal = signal;
    this.patienceMs = patienceMs;
  }

  /** Does what may be done twice, while it fails for what may pass. */
  patiently<T>(run: () => Promise<T>): Promise<T> {
    return patiently(this.signal, run, this.patienceMs);
  }

  write(operations: readonly Operation[]): Promise<Outcome[]> {
    return writeAll(this.client, operations, this.signal);
  }

  /** Makes what was written to be found. */
  async refresh(...kinds: readonly Kind[]): Promise<void> {
    const index = kinds.map((kind) => this.names[kind]);
    await this.patiently(() => this.client.indices.refresh({ index }, { signal: this.signal }));
  }

  pages<T>(kind: Kind, reading: Omit<Reading, 'index'>): AsyncGenerator<Found<T>[]> {
    return pagesOf<T>(this, { ...reading, index: this.names[kind] });
  }

  /** All that each of some queries finds, in one request where that is not much. */
  each(kind: Kind, readings: readonly Omit<Reading, 'index'>[]): Promise<Found<unknown>[][]> {
    const index = this.names[kind];
    return eachOf(
      this,
      readings.map((reading) => ({ ...reading, index })),
    );
  }

  /** All that a query finds, for what is known to be little. */
  every<T>(kind: Kind, reading: Omit<Reading, 'index'>): Promise<Found<T>[]> {
    return everyOf<T>(this, { ...reading, index: this.names[kind] });
  }

  /** An answer in numbers, without documents. */
  async aggregate(kind: Kind, query: estypes.QueryDslQueryContainer, aggs: unknown): Promise<unknown> {
    const answer = await this.patiently(() =>
      this.client.search(
        {
          index: this.names[kind],
          size: 0,
          query: { bool: { filter: query } },
          aggs: aggs as Record<string, estypes.AggregationsAggregationContainer>,
          allow_partial_search_results: false,
        },
        { signal: this.signal },
      ),
    );
    return answer.aggregations;
  }

  /** Documents by their ids, refreshed or not; `each` is told of those that are there. */
  async byId(
    kind: Kind,
    ids: readonly string[],
    each: (id: string, source: unknown) => void,
    source: readonly string[] | true = true,
  ): Promise<void> {
    for (let at = 0; at < ids.length; at += IDS) {
      const some = ids.slice(at, at + IDS);
      const answer = await this.patiently(() =>
        this.client.mget(
          {
            index: this.names[kind],
            ids: some,
            ...(source === true ? {} : { _source_includes: [...source] }),
          },
          { signal: this.signal },
        ),
      );
      for (const doc of answer.docs)
        if ('found' in doc && doc.found && doc._source !== undefined) each(doc._id, doc._source);
    }
  }
}
