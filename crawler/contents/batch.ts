// Files on their way to a thread: bytes in memory that both sides see, what belongs to them as joined text.
import type { FileEntry } from '../../schemas/entries.ts';
import type { PackagedPath } from '../extractors/extractor.ts';
import { jsonOf } from '../frame-lines.ts';

/** A full batch is this large, unless one file is larger. */
export const BATCH_BYTES = 2 * 1024 * 1024;
const BATCH_FILES = 4096;
/** Neither in JSON nor in a path. */
const SEPARATOR = '\0';

/** Plain data: a few long strings cross to a thread many times as fast as thousands of objects. */
export interface Batch {
  /** Which memory its bytes lie in. */
  readonly slot: number;
  /** The frame's lines, each up to the comma before what the bytes will add to the entry. These three are separated by NUL. */
  readonly heads: string;
  readonly paths: string;
  /** MD5, a space, name of the package; empty where there is none. */
  readonly packaged: string;
  /** Where the bytes of each file end; they follow one another. */
  readonly ends: Int32Array;
}

/** Collects a batch. */
export class BatchBuilder {
  readonly #bytes: Buffer;
  readonly #slot: number;
  readonly #heads: string[] = [];
  readonly #paths: string[] = [];
  readonly #packaged: string[] = [];
  readonly #ends: number[] = [];
  #used = 0;

  constructor(memory: SharedArrayBuffer, slot: number) {
    this.#bytes = Buffer.from(memory);
    this.#slot = slot;
  }

  /** False where there is no room for the file; an empty batch has room for every file that may be read. */
  add(entry: FileEntry, bytes: Buffer, packaged?: PackagedPath): boolean {
    if (this.#used + bytes.length > this.#bytes.length || this.#ends.length === BATCH_FILES) return false;
    bytes.copy(this.#bytes, this.#used);
    this.#used += bytes.length;
    this.#ends.push(this.#used);
    this.#heads.push(jsonOf({ feature: 'file', key: entry.path, entry }).slice(0, -2) + ',');
    this.#paths.push(entry.path);
    this.#packaged.push(packaged === undefined ? '' : `${packaged.md5 ?? ''} ${packaged.name}`);
    return true;
  }

  build(): Batch {
    return {
      slot: this.#slot,
      heads: this.#heads.join(SEPARATOR),
      paths: this.#paths.join(SEPARATOR),
      packaged: this.#packaged.join(SEPARATOR),
      ends: Int32Array.from(this.#ends),
    };
  }
}

/** A file of a batch. */
export interface BatchFile {
  readonly head: string;
  readonly path: string;
  readonly packaged?: PackagedPath;
  /** Valid while the batch is worked on. */
  readonly bytes: Buffer;
}

/** The files of a batch whose bytes lie in `memory`. */
export function* filesOf(batch: Batch, memory: SharedArrayBuffer): Generator<BatchFile> {
  const bytes = Buffer.from(memory);
  const paths = batch.paths.split(SEPARATOR);
  const packages = batch.packaged.split(SEPARATOR);
  let start = 0;
  for (const [n, head] of batch.heads.split(SEPARATOR).entries()) {
    const end = batch.ends[n] ?? start;
    const file = { head, path: paths[n] ?? '', bytes: bytes.subarray(start, end) };
    const packaged = packages[n] ?? '';
    yield packaged === '' ? file : { ...file, packaged: packageOf(packaged) };
    start = end;
  }
}

function packageOf(written: string): PackagedPath {
  const space = written.indexOf(' ');
  const name = written.slice(space + 1);
  return space === 0 ? { name } : { name, md5: written.slice(0, space) };
}
