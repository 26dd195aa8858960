// The lines of files that were read. Describing contents takes most of a crawl, so threads do it while the walk goes on.
import { closeSync, constants, openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FileEntry } from '../../schemas/entries.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { PackagedPath } from '../extractors/extractor.ts';
import { BATCH_BYTES, BatchBuilder, type Batch } from './batch.ts';
import type { LineTotals } from './line-maker.ts';
import type { ThreadData } from './thread.ts';

/** The thread beside this file: source or built, whichever runs. */
const THREAD = fileURLToPath(new URL(`./thread${extname(import.meta.url)}`, import.meta.url));
const MOST_THREADS = 2;
/** One batch that is worked on, one that waits. */
const SLOTS_PER_THREAD = 2;
/** A batch takes a fraction of a second. */
const STALLED_MS = 120_000;
/** Megabytes; texts of batches are large, and few at a time. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 12 };

/**
 * Takes files with their bytes and writes their lines, in no particular order, to the descriptor of the frame. The
 * first batch that is full starts the threads; without one nothing is started. A thread that dies takes the frame along.
 */
export class ContentLines {
  readonly #fd: number;
  readonly #memories: SharedArrayBuffer[];
  readonly #state: Int32Array<SharedArrayBuffer>;
  readonly #most: number;
  #threads: Thread[] = [];
  #builder: BatchBuilder | null = null;

  constructor(fd: number, maxFileBytes: number) {
    this.#most = Math.min(MOST_THREADS, availableParallelism());
    const slots = this.#most * SLOTS_PER_THREAD;
    this.#fd = fd;
    this.#memories = Array.from(
      { length: slots },
      () => new SharedArrayBuffer(Math.max(BATCH_BYTES, maxFileBytes)),
    );
    this.#state = new Int32Array(new SharedArrayBuffer((slots + 1) * Int32Array.BYTES_PER_ELEMENT));
  }

  /** Takes a file; `bytes` are copied. Blocks while all threads have enough to do. */
  add(entry: FileEntry, bytes: Buffer, packaged?: PackagedPath): void {
    this.#builder ??= this.#begin();
    if (this.#builder.add(entry, bytes, packaged)) return;
    const full = this.#builder.build();
    // Where no slot becomes free, nothing must be handed over twice.
    this.#builder = null;
    this.#hand(full);
    this.#builder = this.#begin();
    this.#builder.add(entry, bytes, packaged);
  }

  /** Resolves when every line is written. Rejects with UNFOLD_CRAWL_CRASHED where a thread died. */
  async finish(): Promise<readonly LineTotals[]> {
    const last = this.#builder?.build();
    if (this.#threads.length === 0) return last === undefined ? [] : [await this.#makeHere(last)];
    if (last !== undefined) this.#hand(last);
    return Promise.all(this.#threads.map((thread) => thread.finish()));
  }

  /** Ends the threads, wherever they are. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #begin(): BatchBuilder {
    const slot = this.#freeSlot();
    const memory = this.#memories[slot];
    if (memory === undefined) throw new Error('no slot');
    return new BatchBuilder(memory, slot);
  }

  /** The slots of threads alternate, so that a thread without work comes first. */
  #freeSlot(): number {
    const finished = this.#memories.length;
    for (;;) {
      const seen = Atomics.load(this.#state, finished);
      const slot = this.#memories.findIndex((_, slot) => Atomics.load(this.#state, slot) === 0);
      if (slot >= 0) return slot;
      if (Atomics.wait(this.#state, finished, seen, STALLED_MS) === 'timed-out') throw died();
    }
  }

  #hand(batch: Batch): void {
    if (this.#threads.length === 0) this.#start();
    Atomics.store(this.#state, batch.slot, 1);
    this.#threads[batch.slot % this.#most]?.take(batch);
  }

  /**
   * A thread asks for the working directory when it starts, which may be one that has no name here: of a container, or
   * removed. Until all have started it is another.
   */
  #start(): void {
    const ready = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const data: ThreadData = { fd: this.#fd, memories: this.#memories, state: this.#state, ready };
    const here = openSync('.', constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      process.chdir('/');
      this.#threads = Array.from({ length: this.#most }, () => new Thread(data));
      for (let started = 0; started < this.#most; started = Atomics.load(ready, 0))
        if (Atomics.wait(ready, 0, started, STALLED_MS) === 'timed-out') throw died();
      process.chdir(`/proc/self/fd/${here}`);
    } finally {
      closeSync(here);
    }
  }

  /** What masks secrets takes a while to load, and is not needed where no file is read. */
  async #makeHere(batch: Batch): Promise<LineTotals> {
    const { LineMaker } = await import('./line-maker.ts');
    const maker = new LineMaker(this.#fd);
    const memory = this.#memories[batch.slot];
    if (memory !== undefined) maker.take(batch, memory);
    return maker.totals();
  }
}

/** One thread, from the outside. */
class Thread {
  readonly #worker: Worker;
  readonly #totals = Promise.withResolvers<LineTotals>();

  constructor(workerData: ThreadData) {
    this.#worker = new Worker(THREAD, { workerData, resourceLimits: THREAD_LIMITS });
    this.#worker.once('message', (totals: LineTotals) => this.#totals.resolve(totals));
    this.#worker.once('error', (error) => this.#totals.reject(died(error)));
    this.#worker.once('exit', () => this.#totals.reject(died()));
    // It is met when the walk has ended; until then it must not count as unhandled.
    this.#totals.promise.catch(() => undefined);
  }

  take(batch: Batch): void {
    this.#worker.postMessage(batch);
  }

  finish(): Promise<LineTotals> {
    this.#worker.postMessage(null);
    return this.#totals.promise;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function died(cause?: unknown): UnfoldError {
  return new UnfoldError('UNFOLD_CRAWL_CRASHED', 'a thread of the crawl ended unexpectedly', { cause });
}
