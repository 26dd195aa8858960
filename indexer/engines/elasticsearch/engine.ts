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
import { Deadline } from '../deadline.ts';
import { applyFrame } from './apply.ts';
import { Catalogue } from './catalogue.ts';
import { connect, type Connecting } from './connection.ts';
import { engineError, isRebuilt } from './errors.ts';
import { Labels } from './facets.ts';
import { factsOf } from './facts.ts';
import { forget, retain, type Keeping } from './forgetting.ts';
import { currentIndices, indicesOf, makeIndices, requireIndices } from './generations.ts';
import { namesOf, type Names } from './indices.ts';
import { framesOf, indexStatus } from './keeping.ts';
import { keepingVersion } from './keeping-lease.ts';
import { NumberLeases } from './number-leases.ts';
import { isPassing, PATIENCE_MS, patiently } from './patience.ts';
import { PackedCache } from './packed-cache.ts';
import { Recent } from './recent.ts';
import { answerPlan } from './search.ts';
import { answeringSystems, systemStates } from './states.ts';
import { Store } from './store.ts';
import type { SystemRecord } from './system-record.ts';
import { SystemRecords, type SystemsNow } from './systems.ts';
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
    return new ElasticsearchEngine(client, names, { mode, patienceMs: PATIENCE_MS[mode] }, () =>
      client.close(),
    );
  } catch (error) {
    await client.close();
    throw engineError(error);
  }
}

/** What is remembered of some indices, and is not true of others that took their place. */
class Remembered {
  readonly names: Names;
  readonly labels = new Labels();
  readonly leases: NumberLeases;
  readonly catalogue: Catalogue;

  constructor(client: Client, names: Names) {
    this.names = names;
    this.leases = new NumberLeases(client, names.frames);
    this.catalogue = new Catalogue(client, names, this.leases);
  }
}

/** What one may do with an engine, and how long it waits (ms) for what passes. */
export interface Use {
  readonly mode: 'read' | 'write';
  readonly patienceMs: number;
}

/**
 * The engine over aliases, or over indices that no alias names. Each answer and each frame is of the indices that the
 * aliases name when it begins, which then have others in their place (rebuild.ts) or stay: never of both.
 */
export class ElasticsearchEngine implements Index {
  readonly #client: Client;
  readonly #aliases: Names;
  readonly #use: Use;
  readonly #release: () => Promise<void>;
  #remembered: Remembered;
  readonly #records = new SystemRecords();
  readonly #packed = new PackedCache();
  readonly #texts = new Recent<string>(REMEMBERED_TEXTS);
  /** The frame that is being applied; the next one waits for it. */
  #writing: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  /** `release` is called at the end. */
  constructor(client: Client, aliases: Names, use: Use, release: () => Promise<void>) {
    this.#client = client;
    this.#aliases = aliases;
    this.#use = use;
    this.#release = release;
    this.#remembered = new Remembered(client, aliases);
  }

  #of(names: Names): Remembered {
    if (names.systems !== this.#remembered.names.systems)
      this.#remembered = new Remembered(this.#client, names);
    return this.#remembered;
  }

  /** The indices in which some systems are. */
  #storeOf({ index }: SystemsNow, signal: AbortSignal): Store {
    return this.#store(index === null ? this.#aliases : indicesOf(this.#aliases, index), signal);
  }

  #store(names: Names, signal: AbortSignal): Store {
    return new Store(this.#client, names, signal, this.#use.patienceMs);
  }

  apply(frame: AsyncIterable<FrameLine>, signal: AbortSignal): Promise<Applied> {
    return this.#write(signal, async (store) => {
      const { catalogue } = this.#of(store.names);
      try {
        return await applyFrame(store, catalogue, frame);
      } catch (error) {
        catalogue.forget();
        throw error;
      }
    });
  }

  #keeping(store: Store): Keeping {
    // What is removed may be what the catalogue remembers.
    this.#of(store.names).catalogue.forget();
    return { store, packed: this.#packed, records: () => this.#records.all(store) };
  }

  /** Does one piece of writing after the other. */
  #write<T>(signal: AbortSignal, write: (store: Store) => Promise<T>): Promise<T> {
    if (this.#use.mode === 'read') {
      return Promise.reject(
        new UnfoldError('UNFOLD_DATA_UNWRITABLE', `${this.#aliases.systems} was opened to be read`),
      );
    }
    const written = this.#writing.then(async () => write(await this.#writable(signal)));
    this.#writing = written.catch(() => undefined);
    return written.catch((error: unknown) => {
      signal.throwIfAborted();
      throw engineError(error);
    });
  }

  /** The indices to write to, once nobody removes from them nor writes others that take their place. */
  async #writable(signal: AbortSignal): Promise<Store> {
    for (;;) {
      const find = () => currentIndices(this.#client, this.#aliases, signal);
      const store = this.#store(await patiently(signal, find, this.#use.patienceMs), signal);
      try {
        await keepingVersion(store);
        return store;
      } catch (error) {
        if (!isRebuilt(error)) throw error;
      }
    }
  }

  search(plan: SearchPlan, signal: AbortSignal, withinMs?: number): Promise<EngineAnswer> {
    const deadline = new Deadline(withinMs);
    return this.#read(signal, async (store, records) => {
      const at = plan.at === null ? null : Date.parse(plan.at);
      const systems = await answeringSystems(store, records, at);
      const scope = { store, packed: this.#packed, texts: this.#texts, systems, at, deadline };
      return answerPlan(scope, this.#of(store.names).labels, plan);
    });
  }

  systems(at: string | null, signal: AbortSignal): Promise<readonly SystemState[]> {
    return this.#read(signal, (store, records) =>
      systemStates(store, records, at === null ? null : Date.parse(at)),
    );
  }

  facts(system: string, query: FactQuery, signal: AbortSignal): AsyncIterable<Fact> {
    return this.#stream(signal, async function* (store, records) {
      yield* factsOf(store, recordOf(records, system), query);
    });
  }

  status(signal: AbortSignal): Promise<IndexStatus> {
    return this.#read(signal, indexStatus);
  }

  frames(system: string, signal: AbortSignal): AsyncIterable<FrameRecord> {
    return this.#stream(signal, async function* (store, records) {
      yield* framesOf(store, recordOf(records, system));
    });
  }

  retain(retention: Retention, signal: AbortSignal): Promise<Removed> {
    return this.#write(signal, (store) => retain(this.#keeping(store), retention));
  }

  forget(system: string, signal: AbortSignal): Promise<Removed> {
    return this.#write(signal, async (store) =>
      forget(this.#keeping(store), recordOf((await this.#records.current(store)).records, system)),
    );
  }

  verify(progress: Progress, signal: AbortSignal): AsyncIterable<Finding> {
    return this.#stream(signal, (store, records) => verifyIndex(store, records, progress));
  }

  async close(): Promise<void> {
    await this.#writing;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // Numbers that cannot be given back now are lost, and nothing else.
    await this.#remembered.leases.close(AbortSignal.timeout(5000)).catch(() => undefined);
    await this.#release();
  }

  /** Reads page by page, while the reader asks for more. */
  async *#stream<T>(
    signal: AbortSignal,
    read: (store: Store, records: readonly SystemRecord[]) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    try {
      const now = await this.#records.current(this.#store(this.#aliases, signal));
      for await (const one of read(this.#storeOf(now, signal), now.records)) {
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
    const named = this.#store(this.#aliases, signal);
    try {
      let now = await this.#records.current(named);
      for (let tries = 1; ; tries++) {
        try {
          return await read(this.#storeOf(now, signal), now.records);
        } catch (error) {
          // Who waited for a cluster that is away does not wait again.
          if (isPassing(error)) throw error;
          const newer = await this.#records.current(named);
          if (newer === now || tries === READS) throw error;
          now = newer;
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
