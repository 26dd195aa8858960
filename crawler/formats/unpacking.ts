// What is packed with gzip or zstd, unpacked as it is read.
import { pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ByteCursor } from './byte-cursor.ts';
import { CutSource, type ByteSource } from './byte-source.ts';
import { zstdFrames } from './zstd-frames.ts';

/** How bytes are packed: `none` where that cannot be seen of them. */
export type Packing = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

const FIRST_BYTES: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];
const CHUNK = 256 * 1024;

/** By the first bytes: names and media types may say anything. */
export async function packingOf(source: ByteSource): Promise<Packing> {
  const cursor = new ByteCursor(source);
  const bytes = await cursor.take(8);
  await cursor.close();
  const known = FIRST_BYTES.find(([, first]) => first.every((byte, index) => bytes[index] === byte));
  if (known !== undefined) return known[0];
  // What zstd:chunked puts before its first frame.
  const isSkippable = bytes.length >= 4 && (bytes.readUInt32LE(0) & 0xfffffff0) === 0x184d2a50;
  return isSkippable ? 'zstd' : 'none';
}

/** The bytes as they were before they were packed. Throws PackedOtherwise, and CutSource or Z_… errors as they are read. */
export function unpacked(source: ByteSource, packing: Packing): ByteSource {
  if (packing === 'none') return source;
  if (packing === 'gzip' || packing === 'zstd') return new UnpackedSource(source, packing);
  throw new PackedOtherwise(packing);
}

/** A packing that nothing here unpacks; the message names it. */
export class PackedOtherwise extends Error {}

class UnpackedSource implements ByteSource {
  readonly size = Number.POSITIVE_INFINITY;
  readonly isSeekable = false;
  readonly #source: ByteSource;
  readonly #packing: 'gzip' | 'zstd';

  constructor(source: ByteSource, packing: 'gzip' | 'zstd') {
    this.#source = source;
    this.#packing = packing;
  }

  async *chunks(from: number): AsyncGenerator<Buffer, void> {
    const isZstd = this.#packing === 'zstd';
    const packed = isZstd ? zstdFrames(this.#source) : this.#source.chunks(0);
    const unpacking = isZstd
      ? createZstdDecompress({ chunkSize: CHUNK })
      : createGunzip({ chunkSize: CHUNK });
    // Its error is that of the reading below.
    pipeline(packed, unpacking, () => undefined);
    let skip = from;
    try {
      for await (const chunk of unpacking as AsyncIterable<Buffer>) {
        if (skip < chunk.length) yield chunk.subarray(skip);
        skip = Math.max(0, skip - chunk.length);
      }
    } finally {
      unpacking.destroy();
    }
    if (skip > 0) throw new CutSource('the bytes end early');
  }
}
