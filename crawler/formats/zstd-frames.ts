// Frames of zstd, one after the other: the decoder of node:zlib goes on with a frame only if a chunk begins with it.
import { ByteCursor } from './byte-cursor.ts';
import { CutSource, type ByteSource } from './byte-source.ts';

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const CHECKSUM_BYTES = 4;
/** Bytes of the size of the content, and of the dictionary's number, by their flags. */
const SIZE_BYTES = [0, 2, 4, 8] as const;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const REPEATED = 1;

/** The bytes without skippable frames, so that no chunk holds parts of two frames. Throws CutSource. */
export async function* zstdFrames(source: ByteSource): AsyncGenerator<Buffer, void> {
  const cursor = new ByteCursor(source);
  try {
    for (;;) {
      const magic = await cursor.take(4);
      if (magic.length === 0) return;
      if (magic.length < 4) throw new CutSource('a frame of zstd ends early');
      const number = magic.readUInt32LE(0);
      if (number === FRAME) yield* frame(cursor, magic);
      else if ((number & 0xfffffff0) >>> 0 === SKIPPABLE)
        await cursor.skip((await exactly(cursor, 4)).readUInt32LE(0));
      else throw new CutSource('what follows a frame of zstd is none');
    }
  } finally {
    await cursor.close();
  }
}

/** The bytes of a frame, by blocks. */
async function* frame(cursor: ByteCursor, magic: Buffer): AsyncGenerator<Buffer, void> {
  const descriptor = await exactly(cursor, 1);
  const flags = descriptor[0] ?? 0;
  const isSingle = (flags & 0x20) !== 0;
  const size = SIZE_BYTES[(flags >> 6) as 0 | 1 | 2 | 3] || (isSingle ? 1 : 0);
  const header = await exactly(
    cursor,
    (isSingle ? 0 : 1) + DICTIONARY_BYTES[(flags & 3) as 0 | 1 | 2 | 3] + size,
  );
  yield Buffer.concat([magic, descriptor, header]);
  for (let isLast = false; !isLast;) {
    const head = await exactly(cursor, 3);
    const word = head.readUIntLE(0, 3);
    isLast = (word & 1) === 1;
    const isRepeated = ((word >> 1) & 3) === REPEATED;
    const ends = isLast && (flags & 4) !== 0 ? CHECKSUM_BYTES : 0;
    yield Buffer.concat([head, await exactly(cursor, (isRepeated ? 1 : word >> 3) + ends)]);
  }
}

async function exactly(cursor: ByteCursor, count: number): Promise<Buffer> {
  const bytes = await cursor.take(count);
  if (bytes.length < count) throw new CutSource('a frame of zstd ends early');
  return bytes;
}
