// A place in bytes that only moves forward.
import { CutSource, type ByteSource } from './byte-source.ts';

const EMPTY = Buffer.alloc(0);

/** Reads and skips; what is skipped of seekable bytes is not read. Close it. */
export class ByteCursor {
  readonly #source: ByteSource;
  #position: number;
  #chunk: Buffer = EMPTY;
  #chunks: AsyncGenerator<Buffer, void> | null = null;

  constructor(source: ByteSource, position = 0) {
    this.#source = source;
    this.#position = position;
  }

  /** Bytes from the start of the source. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes, fewer only at the end. */
  async take(count: number): Promise<Buffer> {
    if (this.#chunk.length >= count) return this.#pass(count);
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0 && (this.#chunk.length > 0 || (await this.#more()))) {
      const part = this.#pass(Math.min(missing, this.#chunk.length));
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts);
  }

  /** Throws CutSource where the bytes end before. */
  async skip(count: number): Promise<void> {
    let missing = count - this.#pass(Math.min(count, this.#chunk.length)).length;
    if (missing > 0 && this.#source.isSeekable) {
      if (this.#position + missing > this.#source.size) throw new CutSource('the bytes end early');
      await this.close();
      this.#position += missing;
      return;
    }
    while (missing > 0) {
      if (!(await this.#more())) throw new CutSource('the bytes end early');
      missing -= this.#pass(Math.min(missing, this.#chunk.length)).length;
    }
  }

  /** Reads to the end, for those who watch. */
  async drain(): Promise<void> {
    while (this.#chunk.length > 0 || (await this.#more())) this.#pass(this.#chunk.length);
  }

  async close(): Promise<void> {
    const chunks = this.#chunks;
    this.#chunks = null;
    this.#chunk = EMPTY;
    await chunks?.return();
  }

  #pass(count: number): Buffer {
    const part = this.#chunk.subarray(0, count);
    this.#chunk = this.#chunk.subarray(count);
    this.#position += count;
    return part;
  }

  async #more(): Promise<boolean> {
    this.#chunks ??= this.#source.chunks(this.#position);
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#chunk = next.value;
    return true;
  }
}
