// What a worker tells its parent: messages as NDJSON on stdout, written at once, as the walk is synchronous.
import { writeSync } from 'node:fs';
import type { FrameEnd } from '../schemas/frame.ts';
import type { CrawlListener } from './crawl-system.ts';
import type { FrameCounts } from './frame-writer.ts';

/** How far the crawl of one system is. */
export interface CrawlProgress extends FrameCounts {
  readonly phase: string;
  /** Regular files read. */
  readonly files: number;
  /** Bytes read of them. */
  readonly bytes: number;
}

/** What became of a frame that is whole. */
export interface WorkerResult {
  readonly end: FrameEnd;
  /** Milliseconds by phase. */
  readonly phases: Record<string, number>;
  readonly peakRssBytes: number;
}

/** One line. `failed`: there is no frame. */
export type WorkerMessage =
  | { readonly progress: CrawlProgress }
  | { readonly notice: string }
  | { readonly done: WorkerResult }
  | { readonly failed: { readonly code: string; readonly message: string } };

const PROGRESS_MS = 200;
/** Looking at the clock costs as much as a path does. */
const PATHS_PER_LOOK = 64;
const STDOUT = 1;

/** Listens to the crawl and reports to `parent`; ends this process where the parent is no more. */
export class WorkerReport implements CrawlListener {
  readonly #parent: number;
  readonly #phases: Record<string, number> = {};
  #counts: FrameCounts = { entries: 0, problems: 0 };
  #phase = 'start';
  #phaseSince = 0;
  #files = 0;
  #bytes = 0;
  #paths = 0;
  #reported = 0;

  constructor(parent: number) {
    this.#parent = parent;
    setInterval(() => this.#progress(), 1000).unref();
  }

  /** Says where the entries and problems written are counted. */
  watch(counts: FrameCounts): void {
    this.#counts = counts;
  }

  notice(message: string): void {
    this.send({ notice: message });
  }

  phase(name: string): void {
    const now = performance.now();
    this.#phases[this.#phase] = (this.#phases[this.#phase] ?? 0) + now - this.#phaseSince;
    this.#phaseSince = now;
    this.#phase = name;
    this.#progress();
  }

  seen(contentBytes: number | null): void {
    if (contentBytes !== null) {
      this.#files++;
      this.#bytes += contentBytes;
    }
    if (++this.#paths % PATHS_PER_LOOK === 0 && performance.now() - this.#reported > PROGRESS_MS) {
      this.#progress();
    }
  }

  /** Milliseconds by phase so far. */
  phases(): Record<string, number> {
    this.phase('end');
    return this.#phases;
  }

  send(message: WorkerMessage): void {
    try {
      writeSync(STDOUT, `${JSON.stringify(message)}\n`);
    } catch {
      // Nobody listens any more, and there is nobody else to tell.
      process.exit(1);
    }
  }

  #progress(): void {
    if (process.ppid !== this.#parent) process.exit(1);
    this.#reported = performance.now();
    const { entries, problems } = this.#counts;
    const progress = { phase: this.#phase, entries, problems, files: this.#files, bytes: this.#bytes };
    this.send({ progress });
  }
}
