// Writes one frame as NDJSON to a file descriptor, synchronously and in large chunks.
import { writeSync } from 'node:fs';
import type { Entry, Feature } from '../schemas/entries.ts';
import { UnfoldError } from '../schemas/error.ts';
import type { FrameEnd, FrameHeader, FrameStatus, LeftOut } from '../schemas/frame.ts';
import type { Problem } from '../schemas/problem.ts';
import { errorCode } from './error-code.ts';
import type { Report } from './views/view.ts';

const BUFFER_BYTES = 1024 * 1024;
/** UTF-8 takes at most three bytes per UTF-16 unit. */
const BYTES_PER_UNIT = 3;
/** Problems of one code and extractor that are listed one by one. */
const LISTED_PROBLEMS = 1000;

/** What was counted while a frame was written. */
export interface FrameCounts {
  entries: number;
  problems: number;
}

/** The error that keeps anything from being written to the data folder. */
export function unwritable(error: unknown): UnfoldError {
  const code = errorCode(error) ?? 'an error';
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new UnfoldError('UNFOLD_DISK_FULL', 'there is no space left for the frame', { cause: error })
    : new UnfoldError('UNFOLD_DATA_UNWRITABLE', `the frame cannot be written (${code})`, { cause: error });
}

/** JSON without lone surrogates: a text cut inside a pair must not spoil the frame. */
function json(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes('\\ud')) return text;
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'string' ? inner.toWellFormed() : inner,
  );
}

function add(counts: Record<string, number>, key: string, by: number): void {
  counts[key] = (counts[key] ?? 0) + by;
}

/**
 * One frame. Memory stays bounded: a buffer, counts, and the first problems of each kind; of further ones the frame
 * says how many there were, in a problem without a path, so that the whole feature counts as in doubt.
 */
export class FrameWriter implements Report {
  readonly written: FrameCounts = { entries: 0, problems: 0 };
  /** Why the frame cannot be written any further. */
  failure: UnfoldError | null = null;
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #used = 0;
  readonly #counts: Partial<Record<Feature, number>> = {};
  readonly #problems = new Map<string, { first: Problem; seen: number }>();
  readonly #leftOut: LeftOut[] = [];
  readonly #masked: Record<string, number> = {};
  readonly #skipped: Record<string, number> = {};

  constructor(fd: number, header: FrameHeader) {
    this.#fd = fd;
    for (const feature of header.features) this.#counts[feature] = 0;
    this.#line(json({ _frame: header }));
  }

  /** Writes one entry; the caller sees to it that `key` is unique within the feature. */
  entry(feature: Feature, key: string, entry: Entry): void {
    this.#counts[feature] = (this.#counts[feature] ?? 0) + 1;
    this.written.entries++;
    this.#line(json({ feature, key, entry }));
  }

  problem(problem: Problem): void {
    const kind = `${problem.code} ${problem.extractor}`;
    const known = this.#problems.get(kind);
    if (known === undefined) this.#problems.set(kind, { first: problem, seen: 1 });
    else if (++known.seen > LISTED_PROBLEMS) return;
    this.#problemLine(problem);
  }

  leftOut(leftOut: LeftOut): void {
    this.#leftOut.push(leftOut);
  }

  /** Counts masked values by rule. */
  masked(rule: string, values: number): void {
    add(this.#masked, rule, values);
  }

  /** Counts a regular file without text by reason. */
  skipped(reason: string): void {
    add(this.#skipped, reason, 1);
  }

  /** Writes the closing line and everything buffered. `failed` where the system could not be opened. */
  end(finishedAt: Date, failed = false): FrameEnd {
    for (const { first, seen } of this.#problems.values()) {
      if (seen <= LISTED_PROBLEMS) continue;
      const more = seen - LISTED_PROBLEMS;
      this.#problemLine({
        code: first.code,
        extractor: first.extractor,
        message: `${more} more problems of this kind are not listed`,
      });
    }
    const status: FrameStatus = failed ? 'failed' : this.written.problems > 0 ? 'partial' : 'complete';
    const end: FrameEnd = {
      status,
      finishedAt: finishedAt.toISOString(),
      counts: this.#counts,
      problems: this.written.problems,
      leftOut: this.#leftOut,
      masked: this.#masked,
      skipped: this.#skipped,
    };
    this.#line(json({ _end: end }));
    this.#flush();
    return end;
  }

  #problemLine(problem: Problem): void {
    this.written.problems++;
    this.#line(json({ problem }));
  }

  #line(line: string): void {
    const most = line.length * BYTES_PER_UNIT + 1;
    if (most > BUFFER_BYTES - this.#used) {
      this.#flush();
      if (most > BUFFER_BYTES) {
        this.#write(Buffer.from(`${line}\n`));
        return;
      }
    }
    this.#used += this.#buffer.write(line, this.#used);
    this.#buffer[this.#used++] = 0x0a;
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #write(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#fd, bytes, done, bytes.length - done);
      }
    } catch (error) {
      this.failure = unwritable(error);
      throw this.failure;
    }
  }
}
