// The embedded index: one SQLite file in the data folder, behind the port of an engine.
import { existsSync } from 'node:fs';
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
import { Deadline } from '../deadline.ts';
import { applyFrame } from './apply.ts';
import { openReader, openWriter } from './connection.ts';
import { indexError } from './errors.ts';
import { FacetReader } from './facets.ts';
import { factsOf } from './facts.ts';
import { forget, retain } from './forgetting.ts';
import { openCurrent, realFile } from './index-file.ts';
import { framesOf, indexStatus } from './keeping.ts';
import { answerPlan } from './search.ts';
import { StateMemory } from './state-memory.ts';
import { instantOf, systemStates } from './systems.ts';
import { verifyIndex } from './verify.ts';
import { beginWriting, type Begin } from './write-lock.ts';

/** The index of a data folder. */
export const INDEX_FILE = 'index.sqlite';

/**
 * Opens the index of a data folder. `write` makes folder and index where they are missing; `read` changes nothing but an
 * index of an older Unfold, which it brings up to date, and refuses frames. Any number of processes may read while one
 * writes. Throws UnfoldError.
 */
export function openEmbedded(dataFolder: string, mode: 'read' | 'write'): Index {
  return openEmbeddedFile(join(dataFolder, INDEX_FILE), mode);
}

/** Opens the index that is in a file, or to be there. */
export function openEmbeddedFile(file: string, mode: 'read' | 'write'): Index {
  return new EmbeddedEngine(file, mode);
}

/** Open connections to the file that the index is now. */
interface Connections {
  readonly real: string;
  readonly writer: DatabaseSync | null;
  /** A connection of its own: it never sees a frame that is being written. */
  readonly reader: DatabaseSync;
  readonly memory: StateMemory;
  readonly facets: FacetReader;
}

function connect(file: string, mode: 'read' | 'write'): Connections {
  if (mode === 'write' && !existsSync(file)) openWriter(file).close();
  return openCurrent(
    file,
    (real) => {
      const writer = mode === 'write' ? openWriter(real) : null;
      try {
        const reader = openReader(real);
        const memory = new StateMemory(reader);
        return { real, writer, reader, memory, facets: new FacetReader(reader, memory) };
      } catch (error) {
        writer?.close();
        throw error;
      }
    },
    disconnect,
  );
}

function disconnect({ reader, writer }: Connections): void {
  if (reader.isOpen) reader.close();
  if (writer?.isOpen === true) writer.close();
}

/** The index was rebuilt: another file has taken the place of the one that is open. */
class Replaced extends Error {}

class EmbeddedEngine implements Index {
  readonly #file: string;
  readonly #mode: 'read' | 'write';
  #connections: Connections;
  /** What is being written; the next one waits for it. */
  #writing: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(file: string, mode: 'read' | 'write') {
    this.#file = file;
    this.#mode = mode;
    this.#connections = connect(file, mode);
  }

  /** Connections to what the index is now. */
  #current(): Connections {
    if (!this.#isClosed && realFile(this.#file) !== this.#connections.real) {
      disconnect(this.#connections);
      this.#connections = connect(this.#file, this.#mode);
    }
    return this.#connections;
  }

  apply(frame: AsyncIterable<FrameLine>, signal: AbortSignal): Promise<Applied> {
    return this.#write(async (writer, begin) => {
      await begin(signal);
      const applied = await applyFrame(writer, frame, signal);
      writer.exec(applied.outcome === 'applied' ? 'COMMIT' : 'ROLLBACK');
      return applied;
    });
  }

  retain(retention: Retention, signal: AbortSignal): Promise<Removed> {
    return this.#write((db, begin) => retain({ db, begin }, retention, signal));
  }

  forget(system: string, signal: AbortSignal): Promise<Removed> {
    return this.#write((db, begin) => forget({ db, begin }, system, signal));
  }

  status(signal: AbortSignal): Promise<IndexStatus> {
    return this.#read(signal, ({ reader, real }) => indexStatus(reader, real));
  }

  frames(system: string, signal: AbortSignal): AsyncIterable<FrameRecord> {
    return this.#stream(signal, (db) => framesOf(db, system));
  }

  verify(progress: Progress, signal: AbortSignal): AsyncIterable<Finding> {
    return this.#stream(signal, (db) => verifyIndex(db, progress, signal));
  }

  /** Writers of one process take turns. What fails leaves no transaction open. */
  #write<T>(work: (writer: DatabaseSync, begin: Begin) => Promise<T>): Promise<T> {
    const written = this.#writing.then(async () => {
      for (;;) {
        const { writer } = this.#current();
        if (writer === null)
          throw new UnfoldError('UNFOLD_DATA_UNWRITABLE', `${this.#file} was opened to be read`);
        try {
          return await work(writer, (signal) => this.#begin(writer, signal));
        } catch (error) {
          if (writer.isTransaction) writer.exec('ROLLBACK');
          if (!(error instanceof Replaced)) throw indexError(error, this.#file);
        }
      }
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Who waited for a rebuild has waited for a file that is no longer the index. */
  async #begin(writer: DatabaseSync, signal: AbortSignal): Promise<void> {
    await beginWriting(writer, signal);
    if (realFile(this.#file) !== this.#connections.real) throw new Replaced();
  }

  search(plan: SearchPlan, signal: AbortSignal, withinMs?: number): Promise<EngineAnswer> {
    const deadline = new Deadline(withinMs);
    return this.#read(signal, ({ reader, ...known }) => answerPlan(reader, { ...known, deadline }, plan));
  }

  systems(at: string | null, signal: AbortSignal): Promise<readonly SystemState[]> {
    return this.#read(signal, ({ reader, memory }) =>
      at === null
        ? memory.of('states', () => systemStates(reader, null))
        : systemStates(reader, instantOf(at)),
    );
  }

  facts(system: string, query: FactQuery, signal: AbortSignal): AsyncIterable<Fact> {
    if (query.key !== undefined) return this.#factsOfKey(system, query, signal);
    return this.#stream(signal, (db) => factsOf(db, system, query));
  }

  /** A few facts are read at once: that spares a connection. */
  async *#factsOfKey(system: string, query: FactQuery, signal: AbortSignal): AsyncGenerator<Fact> {
    yield* await this.#read(signal, ({ reader }) => [...factsOf(reader, system, query)]);
  }

  /** Reads through a connection of its own, so that a slow consumer holds back no other reader's view. */
  async *#stream<T>(
    signal: AbortSignal,
    read: (db: DatabaseSync) => Iterable<T> | AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const db = openCurrent(this.#file, openReader, (opened) => opened.close());
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
    this.#isClosed = true;
    disconnect(this.#connections);
  }

  /** One transaction: all of an answer is of one state. */
  // eslint-disable-next-line @typescript-eslint/require-await -- what throws shall reject
  async #read<T>(signal: AbortSignal, read: (connections: Connections) => T): Promise<T> {
    signal.throwIfAborted();
    const connections = this.#current();
    const { reader } = connections;
    try {
      reader.exec('BEGIN');
      const answer = read(connections);
      reader.exec('COMMIT');
      return answer;
    } catch (error) {
      if (reader.isTransaction) reader.exec('ROLLBACK');
      throw indexError(error, this.#file);
    }
  }
}
