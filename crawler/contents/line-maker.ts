// Batches of files → lines of the frame. Runs in a thread, or where there is little to do beside the walk.
import type { UnfoldError } from '../../schemas/error.ts';
import type { Problem } from '../../schemas/problem.ts';
import { FrameLines, jsonOf } from '../frame-lines.ts';
import { problemOf } from '../problem-of.ts';
import { filesOf, type Batch, type BatchFile } from './batch.ts';
import { describe } from './describe.ts';

/** What JSON has before the first field that is added. */
const OPENING = '{"added":{';

/** What came of all batches. Plain data. */
export interface LineTotals {
  readonly entries: number;
  readonly masked: Record<string, number>;
  readonly skipped: Record<string, number>;
  /** What a file that could not be described says of the whole feature; the first one. */
  readonly problem: Problem | null;
  /** Why the frame cannot be written. */
  readonly failure: { readonly code: UnfoldError['code']; readonly message: string } | null;
}

/** Describes files and writes their lines to a descriptor. Never throws: what goes wrong is in the totals. */
export class LineMaker {
  readonly #lines: FrameLines;
  readonly #masked: Record<string, number> = {};
  readonly #skipped: Record<string, number> = {};
  #entries = 0;
  #problem: Problem | null = null;

  constructor(fd: number) {
    this.#lines = new FrameLines(fd);
  }

  /** Works on one batch; its memory is free afterwards. */
  take(batch: Batch, memory: SharedArrayBuffer): void {
    for (const file of filesOf(batch, memory)) {
      if (this.#lines.failure !== null) return;
      try {
        this.#add(file);
      } catch (error) {
        this.#problem ??= problemOf(error, 'file');
      }
    }
  }

  /** Writes what is left. */
  totals(): LineTotals {
    try {
      this.#lines.flush();
    } catch {
      // It is `failure`.
    }
    const { failure } = this.#lines;
    return {
      entries: this.#entries,
      masked: this.#masked,
      skipped: this.#skipped,
      problem: this.#problem,
      failure: failure && { code: failure.code, message: failure.message },
    };
  }

  #add({ head, path, bytes, packaged }: BatchFile): void {
    const { added, masked } = describe(path, bytes, packaged);
    this.#lines.add(head, jsonOf({ added }).slice(OPENING.length));
    this.#entries += 1;
    for (const [rule, values] of Object.entries(masked)) count(this.#masked, rule, values);
    if (added.skipped !== undefined) count(this.#skipped, added.skipped, 1);
  }
}

function count(counts: Record<string, number>, name: string, by: number): void {
  counts[name] = (counts[name] ?? 0) + by;
}
