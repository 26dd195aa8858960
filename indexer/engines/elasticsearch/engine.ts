// The index in Elasticsearch, behind the port of an engine.
import type { Client } from '@elastic/elasticsearch';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import type { SearchPlan } from '../../../schemas/plan.ts';
import type {
  FrameRecord,
  Index,
  IndexStatus,
  Progress,
  Finding,
  Removed,
  Retention,
} from '../index-keeping.ts';
import type { Applied, EngineAnswer, Fact, FactQuery, FrameLine, SystemState } from '../search-engine.ts';
import { applyFrame } from './apply.ts';
import { Catalogue } from './catalogue.ts';
import { connect, type Connecting } from './connection.ts';
import { engineError } from './errors.ts';
import { Labels } from './facets.ts';
import { factsOf } from './facts.ts';
import { forget, retain, type Keeping } from './forgetting.ts';
import { makeIndices, namesOf, requireIndices, type Names } from './indices.ts';
import { framesOf, indexStatus } from './keeping.ts';
import { NumberLeases } from './number-leases.ts';
import { patiently } from './patience.ts';
import { PackedCache } from './packed-cache.ts';
import { Recent } from './recent.ts';
import { answerPlan } from './search.ts';
import { answeringSystems, systemStates } from './states.ts';
import { Store } from './store.ts';
import type { SystemRecord } from './system-record.ts';
import { SystemRecords } from './systems.ts';
import { verifyIndex } from './verify.ts';

/** A reader whose state others change over and over gets an answer in the end. */
const READS = 10;
/** 64 MB of texts as long as are remembered. */
const REMEMBERED_TEXTS = 500;

/**
 * Opens the index of a cluster. `write` makes the indices where they are missing; `read` changes nothing and refuses
 * frames. Any number of processes may read and write. Throws UnfoldError.
 */
export async function openElasticsearch(
  configuration: ElasticsearchConfiguration,
  mode: 'read' | 'write',
  {
    signal = new AbortController().signal,
    patienceMs = 0,
    notice = () => undefined,
  }: Partial<Connecting> = {},
): Promise<Index> {
  const client = await connect(configuration, { signal, patienceMs, notice });
  const names = namesOf(configuration.prefix);
  try {
    const provide = (): Promise<void> =>
      mode === 'write' ? makeIndices(client, configuration, signal) : requireIndices(client, names, signal);
    // Nodes answer before they have elected a master.
    await patiently(signal, provide, patienceMs);
    return new ElasticsearchEngine(client, names, mode);
  } catch (error) {
    await client.close();
    throw engineError(error);
  }
}

class ElasticsearchEngine implements Index {
  readonly #client: Client;
  readonly #names: Names;
  readonly #mode: 'read' | 'write';
  readonly #leases: NumberLeases;
  readonly #catalogue: Catalogue;
  readonly #records = new SystemRecords();
  readonly #packed = new PackedCache();
  readonly #texts = new Recent<string>(REMEMBERED_TEXTS);
  readonly #labels = new Labels();
  /** The frame that is being applied; the next one waits for it. */
  #writing: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  constructor(client: Client, names: Names, mode: 'read' | 'write') {
    this.#client = client;
    this.#names = names;
    this.#mode = mode;
    this.#leases = new NumberLeases(client, names.frames);
    this.#catalogue = new Catalogue(client, names, this.#leases);
  }

  apply(frame: AsyncIterable<FrameLine>, signal: AbortSignal): Promise<Applied> {
    return this.#write(signal, async (store) => {
      try {
        return await applyFrame(store, this.#catalogue, frame);
      } catch (error) {
        this.#catalogue.forget();
        throw error;
      }
    });
  }

  #keeping(store: Store): Keeping {
    // What is removed may be what the catalogue remembers.
    this.#catalogue.forget();
    return { store, packed: this.#packed, records: () => this.#records.all(store) };
  }

  /** Does one piece of writing after the other. */
  #write<T>(signal: AbortSignal, write: (store: Store) => Promise<T>): Promise<T> {
    if (this.#mode === 'read') {
      return Promise.reject(
        new UnfoldError('UNFOLD_DATA_UNWRITABLE', `${this.#names.systems} was opened to be read`),
      );
    }
    const store = new Store(this.#client, this.#names, signal);
    const written = this.#writing.then(() => write(store));
    this.#writing = written.catch(() => undefined);
    return written.catch((error: unknown) => {
      signal.throwIfAborted();
      throw engineError(error);
    });
  }

  search(plan: SearchPlan, signal: AbortSignal): Promise<EngineAnswer> {
    return this.#read(signal, async (store, records) => {
      const at = plan.at === null ? null : Date.parse(plan.at);
      const systems = await answeringSystems(store, records, at);
      const scope = { store, packed: this.#packed, texts: this.#texts, systems, at };
      return answerPlan(scope, this.#labels, plan);
    });
  }

  systems(at: string | null, signal: AbortSignal): Promise<readonly SystemState[]> {
    return this.#read(signal, (store, records) =>
      systemStates(store, records, at === null ? null : Date.parse(at)),
    );
  }

  facts(system: string, query: FactQuery, signal: AbortSignal): AsyncIterable<Fact> {
    return this.#stream(signal, async function* (store, records) {
      yield* factsOf(store, recordOf(await records(), system), query);
    });
  }

  status(signal: AbortSignal): Promise<IndexStatus> {
    return this.#read(signal, indexStatus);
  }

  frames(system: string, signal: AbortSignal): AsyncIterable<FrameRecord> {
    return this.#stream(signal, async function* (store, records) {
      yield* framesOf(store, recordOf(await records(), system));
    });
  }

  retain(retention: Retention, signal: AbortSignal): Promise<Removed> {
    return this.#write(signal, (store) => retain(this.#keeping(store), retention));
  }

  forget(system: string, signal: AbortSignal): Promise<Removed> {
    return this.#write(signal, async (store) =>
      forget(this.#keeping(store), recordOf(await this.#records.current(store), system)),
    );
  }

  verify(progress: Progress, signal: AbortSignal): AsyncIterable<Finding> {
    return this.#stream(signal, async function* (store, records) {
      yield* verifyIndex(store, await records(), progress);
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // Numbers that cannot be given back now are lost, and nothing else.
    await this.#leases.close(AbortSignal.timeout(5000)).catch(() => undefined);
    await this.#client.close();
  }

  /** Reads page by page, while the reader asks for more. */
  async *#stream<T>(
    signal: AbortSignal,
    read: (store: Store, records: () => Promise<readonly SystemRecord[]>) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const store = new Store(this.#client, this.#names, signal);
    try {
      for await (const one of read(store, () => this.#records.current(store))) {
        signal.throwIfAborted();
        yield one;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw engineError(error);
    }
  }

  /** All of an answer is of one state of each system: where that is gone before it is read, of the next one. */
  async #read<T>(
    signal: AbortSignal,
    read: (store: Store, records: readonly SystemRecord[]) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const store = new Store(this.#client, this.#names, signal);
    try {
      let records = await this.#records.current(store);
      for (let tries = 1; ; tries++) {
        try {
          return await read(store, records);
        } catch (error) {
          const newer = await this.#records.current(store);
          if (newer === records || tries === READS) throw error;
          records = newer;
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      throw engineError(error);
    }
  }
}

function recordOf(records: readonly SystemRecord[], system: string): SystemRecord {
  const record = records.find(({ id }) => id === system);
  if (record !== undefined) return record;
  throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no system of the index has the id ${system}`);
}
