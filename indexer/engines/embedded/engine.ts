// The embedded index: one SQLite file in the data folder, behind the port of an engine.
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { UnfoldError } from '../../../schemas/error.ts';
import type { SearchPlan } from '../../../schemas/plan.ts';
import type {
  Applied,
  EngineAnswer,
  Fact,
  FactQuery,
  FrameLine,
  SearchEngine,
  SystemState,
} from '../search-engine.ts';
import { applyFrame } from './apply.ts';
import { openReader, openWriter } from './connection.ts';
import { indexError } from './errors.ts';
import { FacetCounter } from './facets.ts';
import { factsOf } from './facts.ts';
import { answerPlan } from './search.ts';
import { instantOf, systemStates } from './systems.ts';
import { beginWriting } from './write-lock.ts';

/** The index of a data folder. */
export const INDEX_FILE = 'index.sqlite';

/**
 * Opens the index of a data folder. `write` makes folder and index where they are missing; `read` changes nothing and
 * refuses frames. Any number of processes may read while one writes. Throws UnfoldError.
 */
export function openEmbedded(dataFolder: string, mode: 'read' | 'write'): SearchEngine {
  const file = join(dataFolder, INDEX_FILE);
  const writer = mode === 'write' ? openWriter(file) : null;
  try {
    return new EmbeddedEngine(file, writer, openReader(file));
  } catch (error) {
    writer?.close();
    throw error;
  }
}

class EmbeddedEngine implements SearchEngine {
  readonly #file: string;
  readonly #writer: DatabaseSync | null;
  /** A connection of its own: it never sees a frame that is being written. */
  readonly #reader: DatabaseSync;
  readonly #facets: FacetCounter;
  /** The frame that is being applied; the next one waits for it. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(file: string, writer: DatabaseSync | null, reader: DatabaseSync) {
    this.#file = file;
    this.#writer = writer;
    this.#reader = reader;
    this.#facets = new FacetCounter(reader);
  }

  apply(frame: AsyncIterable<FrameLine>, signal: AbortSignal): Promise<Applied> {
    const writer = this.#writer;
    if (writer === null) {
      return Promise.reject(new UnfoldError('UNFOLD_DATA_UNWRITABLE', `${this.#file} was opened to be read`));
    }
    const applied = this.#writing.then(() => this.#apply(writer, frame, signal));
    this.#writing = applied.catch(() => undefined);
    return applied;
  }

  async #apply(writer: DatabaseSync, frame: AsyncIterable<FrameLine>, signal: AbortSignal): Promise<Applied> {
    try {
      await beginWriting(writer, signal);
      const applied = await applyFrame(writer, frame, signal);
      writer.exec(applied.outcome === 'applied' ? 'COMMIT' : 'ROLLBACK');
      return applied;
    } catch (error) {
      if (writer.isTransaction) writer.exec('ROLLBACK');
      throw indexError(error, this.#file);
    }
  }

  search(plan: SearchPlan, signal: AbortSignal): Promise<EngineAnswer> {
    return this.#read(signal, (db) => answerPlan(db, this.#facets, plan));
  }

  systems(at: string | null, signal: AbortSignal): Promise<readonly SystemState[]> {
    return this.#read(signal, (db) => systemStates(db, instantOf(at)));
  }

  /** Reads through a connection of its own, so that a slow consumer holds back no other reader's view. */
  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, SQLite is not
  async *facts(system: string, query: FactQuery, signal: AbortSignal): AsyncIterable<Fact> {
    const db = openReader(this.#file);
    try {
      db.exec('BEGIN');
      for (const fact of factsOf(db, system, query)) {
        signal.throwIfAborted();
        yield fact;
      }
    } catch (error) {
      throw indexError(error, this.#file);
    } finally {
      db.close();
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#reader.isOpen) this.#reader.close();
    if (this.#writer?.isOpen === true) this.#writer.close();
  }

  /** One transaction: all of an answer is of one state. */
  // eslint-disable-next-line @typescript-eslint/require-await -- what throws shall reject
  async #read<T>(signal: AbortSignal, read: (db: DatabaseSync) => T): Promise<T> {
    signal.throwIfAborted();
    try {
      this.#reader.exec('BEGIN');
      const answer = read(this.#reader);
      this.#reader.exec('COMMIT');
      return answer;
    } catch (error) {
      if (this.#reader.isTransaction) this.#reader.exec('ROLLBACK');
      throw indexError(error, this.#file);
    }
  }
}
