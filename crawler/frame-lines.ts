// The lines of a frame on their way to its file: JSON, written synchronously and in large chunks.
import { writeSync } from 'node:fs';
import { UnfoldError } from '../schemas/error.ts';
import { errorCode } from './error-code.ts';

const BUFFER_BYTES = 1024 * 1024;
/** UTF-8 takes at most three bytes per UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** The error that keeps anything from being written to the data folder. */
export function unwritable(error: unknown): UnfoldError {
  const code = errorCode(error) ?? 'an error';
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new UnfoldError('UNFOLD_DISK_FULL', 'there is no space left for the frame', { cause: error })
    : new UnfoldError('UNFOLD_DATA_UNWRITABLE', `the frame cannot be written (${code})`, { cause: error });
}

/** JSON without lone surrogates: a text cut inside a pair must not spoil the frame. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes('\\ud')) return text;
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'string' ? inner.toWellFormed() : inner,
  );
}

/** Collects lines and writes them whole; several of these, also of several threads, may write to one descriptor. */
export class FrameLines {
  /** Why nothing can be written any more. */
  failure: UnfoldError | null = null;
  readonly #fd: number;
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #used = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Adds a line, given in one part or two: joining long strings costs. Throws `failure`. */
  add(line: string, rest = ''): void {
    const most = (line.length + rest.length) * BYTES_PER_UNIT + 1;
    if (most > this.#buffer.length - this.#used) {
      this.flush();
      if (most > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(most);
    }
    this.#used += this.#buffer.write(line, this.#used);
    this.#used += this.#buffer.write(rest, this.#used);
    this.#buffer[this.#used++] = 0x0a;
  }

  /** Writes what was collected. Throws `failure`. */
  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  /** A call writes all it is given, unless there is no room: then the next one says so. */
  #write(bytes: Buffer): void {
    if (this.failure !== null) throw this.failure;
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
