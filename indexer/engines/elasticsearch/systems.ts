// All systems as a reader knows them: read once, then kept up with what was published since.
import type { estypes } from '@elastic/elasticsearch';
import { toldBy, type Candidate } from '../matched.ts';
import type { Store } from './store.ts';
import type { StoredFrame, SystemRecord } from './system-record.ts';

const PAGE = 1000;

/** A system that answers at an instant, with the frame it answers from. */
export interface AnsweringSystem extends Candidate {
  readonly record: SystemRecord;
  readonly asOf: string;
  readonly frame: 'complete' | 'partial';
}

interface Hit {
  readonly index: string;
  readonly id: string;
  readonly place: number;
  readonly term: number;
  readonly record: SystemRecord;
}

/** The systems at one moment: the same object as long as nothing changes. */
export interface SystemsNow {
  /** The index that they are in; null where it has none. */
  readonly index: string | null;
  /** Every system's newest state, by id. */
  readonly records: readonly SystemRecord[];
}

/** The states of all systems, as of the last time they were asked for. */
export class SystemRecords {
  readonly #records = new Map<string, SystemRecord>();
  /** Without those that were forgotten. */
  #now: SystemsNow = { index: null, records: [] };
  /** The document that was written last: as long as it is found again, what was written since comes after it. */
  #last: Hit | null = null;
  #refreshing: Promise<SystemsNow> | null = null;

  /** The systems as they are now. Whoever asks while another is being answered gets the next answer. */
  async current(store: Store): Promise<SystemsNow> {
    while (this.#refreshing !== null) await this.#refreshing.catch(() => undefined);
    this.#refreshing = this.#refresh(store);
    try {
      return await this.#refreshing;
    } finally {
      this.#refreshing = null;
    }
  }

  /** The same, with systems that were forgotten. */
  async all(store: Store): Promise<readonly SystemRecord[]> {
    await this.current(store);
    return [...this.#records.values()];
  }

  async #refresh(store: Store): Promise<SystemsNow> {
    for (;;) {
      const last = this.#last;
      const hits = await hitsFrom(store, last?.place ?? 0, PAGE);
      if (last !== null && hits.length === 1 && goesOn(last, hits) && hits[0]?.place === last.place)
        return this.#now;
      if ((last === null || goesOn(last, hits)) && (await this.#takeIn(store, hits))) return this.#now;
      // The shard's history is another one since a node was lost, or the index was made anew.
      this.#records.clear();
      this.#last = null;
    }
  }

  /** False where others took the place of the index meanwhile. */
  async #takeIn(store: Store, first: readonly Hit[]): Promise<boolean> {
    const index = first[0]?.index ?? null;
    for (let hits = first; hits.length > 0;) {
      if (hits.some((hit) => hit.index !== index)) return false;
      for (const hit of hits) this.#records.set(hit.id, hit.record);
      this.#last = hits.at(-1) ?? null;
      hits = hits.length < PAGE ? [] : await hitsFrom(store, (hits.at(-1)?.place ?? 0) + 1, PAGE);
    }
    const records = [...this.#records.values()]
      .filter(({ gone }) => !gone)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#now = { index, records };
    return true;
  }
}

/** Whether the documents from `last` on continue what was read: it is there unchanged, or was written anew. */
function goesOn(last: Hit, hits: readonly Hit[]): boolean {
  return (
    hits.every(({ index, term }) => index === last.index && term === last.term) &&
    hits.some(({ id, place }) => id === last.id && place >= last.place)
  );
}

/** Documents of systems in the order of writing. */
async function hitsFrom(store: Store, place: number, size: number): Promise<Hit[]> {
  const answer = await store.patiently(() =>
    store.client.search<{ record: SystemRecord }>(
      {
        index: store.names.systems,
        size,
        track_total_hits: false,
        seq_no_primary_term: true,
        query: { bool: { filter: { range: { _seq_no: { gte: place } } } } },
        sort: [{ _seq_no: 'asc' }],
        allow_partial_search_results: false,
      },
      { signal: store.signal },
    ),
  );
  return answer.hits.hits.flatMap((hit: estypes.SearchHit<{ record: SystemRecord }>) =>
    hit._source === undefined
      ? []
      : [
          {
            index: hit._index,
            id: hit._id ?? '',
            place: hit._seq_no ?? 0,
            term: hit._primary_term ?? 0,
            record: hit._source.record,
          },
        ],
  );
}

/** The system as a frame knows it. */
export function answeringFrom(record: SystemRecord, { header, end }: StoredFrame): AnsweringSystem {
  return {
    record,
    ref: header.system,
    tells: toldBy(header, end),
    asOf: new Date(header.at).toISOString(),
    frame: end.status === 'partial' ? 'partial' : 'complete',
  };
}
