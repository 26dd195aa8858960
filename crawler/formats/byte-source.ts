// Bytes that are read from front to back, from a file, a part of it, or what is packed in it: never whole in memory.
import type { FileHandle } from 'node:fs/promises';

/** Bytes that end before what they say is in them does. */
export class CutSource extends Error {}

/** Where bytes come from; read anew as often as one likes. */
export interface ByteSource {
  /** Infinity where nobody knows before they are read. */
  readonly size: number;
  /** Whether reading from somewhere within costs nothing for what is before. */
  readonly isSeekable: boolean;
  /** The bytes from `from` on, each chunk a buffer of its own. Throws CutSource and what reading throws. */
  chunks(from: number): AsyncGenerator<Buffer, void>;
}

const CHUNK = 256 * 1024;

/** An open file; its handle stays its owner's. */
export class FileSource implements ByteSource {
  readonly isSeekable = true;
  readonly size: number;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  async *chunks(from: number): AsyncGenerator<Buffer, void> {
    for (let at = from; at < this.size;) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, this.size - at));
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new CutSource('the file became shorter');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}

/** A part of other bytes. */
export class PartSource implements ByteSource {
  readonly isSeekable: boolean;
  readonly size: number;
  readonly #whole: ByteSource;
  readonly #start: number;

  constructor(whole: ByteSource, start: number, size: number) {
    this.#whole = whole;
    this.#start = start;
    this.size = size;
    this.isSeekable = whole.isSeekable;
  }

  async *chunks(from: number): AsyncGenerator<Buffer, void> {
    let left = this.size - from;
    if (left <= 0) return;
    for await (const chunk of this.#whole.chunks(this.#start + from)) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) return;
    }
    throw new CutSource('the bytes end early');
  }
}

/** Lets somebody see every byte of a source, from its first to its last; `watch` may throw. */
export class WatchedSource implements ByteSource {
  readonly isSeekable = false;
  readonly size: number;
  readonly #source: ByteSource;
  readonly #watch: (chunk: Buffer) => void;

  constructor(source: ByteSource, watch: (chunk: Buffer) => void) {
    this.#source = source;
    this.#watch = watch;
    this.size = source.size;
  }

  async *chunks(from: number): AsyncGenerator<Buffer, void> {
    let skip = from;
    for await (const chunk of this.#source.chunks(0)) {
      this.#watch(chunk);
      if (skip < chunk.length) yield chunk.subarray(skip);
      skip = Math.max(0, skip - chunk.length);
    }
  }
}
