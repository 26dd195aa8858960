// The embedded index: one SQLite file in the data folder, behind the port of an engine.
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { UnfoldError } from '../../../schemas/error.ts';
import type { SearchPlan } from '../../../schemas/plan.ts';
import type { Applied, EngineAnswer, Fact, FactQuery, FrameLine, SystemState } from '../search-engine.ts';
import type {
  Finding,
  FrameRecord,
  Index,
  IndexStatus,
  Progress,
  Removed,
  Retention,
} from '../index-keeping.ts';
import { applyFrame } from './apply.ts';
import { openReader, openWriter } from './connection.ts';
import { indexError } from './errors.ts';
import { FacetCounter } from './facets.ts';
import { factsOf } from './facts.ts';
import { forget, retain } from './forgetting.ts';
import { framesOf, indexStatus } from './keeping.ts';
import { answerPlan } from './search.ts';
import { instantOf, systemStates } from './systems.ts';
import { verifyIndex } from './verify.ts';
import { beginWriting } from './write-lock.ts';

/** The index of a data folder. */
export const INDEX_FILE = 'index.sqlite';

/**
 * Opens the index of a data folder. `write` makes folder and index where they are missing; `read` changes nothing and
 * refuses frames. Any number of processes may read while one writes. Throws UnfoldError.
 */
export function openEmbedded(dataFolder: string, mode: 'read' | 'write'): Index {
  const file = join(dataFolder, INDEX_FILE);
  const writer = mode === 'write' ? openWriter(file) : null;
  try {
    return new EmbeddedEngine(file, writer, openReader(file));
  } catch (error) {
    writer?.close();
    throw error;
  }
}

class EmbeddedEngine implements Index {
  readonly #file: string;
  readonly #writer: DatabaseSync | null;
  /** A connection of its own: it never sees a frame that is being written. */
  readonly #reader: DatabaseSync;
  readonly #facets: FacetCounter;
  /** What is being written; the next one waits for it. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(file: string, writer: DatabaseSync | null, reader: DatabaseSync) {
    this.#file = file;
    this.#writer = writer;
    this.#reader = reader;
    this.#facets = new FacetCounter(reader);
  }

  apply(frame: AsyncIterable<FrameLine>, signal: AbortSignal): Promise<Applied> {
    return this.#write(async (writer) => {
      await beginWriting(writer, signal);
      const applied = await applyFrame(writer, frame, signal);
      writer.exec(applied.outcome === 'applied' ? 'COMMIT' : 'ROLLBACK');
      return applied;
    });
  }

  retain(retention: Retention, signal: AbortSignal): Promise<Removed> {
    return this.#write((writer) => retain(writer, retention, signal));
  }

  forget(system: string, signal: AbortSignal): Promise<Removed> {
    return this.#write((writer) => forget(writer, system, signal));
  }

  status(signal: AbortSignal): Promise<IndexStatus> {
    return this.#read(signal, (db) => indexStatus(db, this.#file));
  }

  frames(system: string, signal: AbortSignal): AsyncIterable<FrameRecord> {
    return this.#stream(signal, (db) => framesOf(db, system));
  }

  verify(progress: Progress, signal: AbortSignal): AsyncIterable<Finding> {
    return this.#stream(signal, (db) => verifyIndex(db, progress, signal));
  }

  /** Writers of one process take turns. What fails leaves no transaction open. */
  #write<T>(work: (writer: DatabaseSync) => Promise<T>): Promise<T> {
    const writer = this.#writer;
    if (writer === null) {
      return Promise.reject(new UnfoldError('UNFOLD_DATA_UNWRITABLE', `${this.#file} was opened to be read`));
    }
    const written = this.#writing.then(async () => {
      try {
        return await work(writer);
      } catch (error) {
        if (writer.isTransaction) writer.exec('ROLLBACK');
        throw indexError(error, this.#file);
      }
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }

  search(plan: SearchPlan, signal: AbortSignal): Promise<EngineAnswer> {
    return this.#read(signal, (db) => answerPlan(db, this.#facets, plan));
  }

  systems(at: string | null, signal: AbortSignal): Promise<readonly SystemState[]> {
    return this.#read(signal, (db) => systemStates(db, instantOf(at)));
  }

  facts(system: string, query: FactQuery, signal: AbortSignal): AsyncIterable<Fact> {
    return this.#stream(signal, (db) => factsOf(db, system, query));
  }

  /** Reads through a connection of its own, so that a slow consumer holds back no other reader's view. */
  async *#stream<T>(
    signal: AbortSignal,
    read: (db: DatabaseSync) => Iterable<T> | AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const db = openReader(this.#file);
    try {
      db.exec('BEGIN');
      for await (const one of read(db)) {
        signal.throwIfAborted();
        yield one;
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
