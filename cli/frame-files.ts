// Frames in files and on stdin; a stream may hold several, one after the other.
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { UnfoldError } from '../schemas/error.ts';

/** Begins every frame but the first of a stream. */
const MARK = Buffer.from('\n{"_frame"');

/** The files that an argument names: itself, `-` for stdin, or each *.ndjson of a folder. Throws UNFOLD_PATH_MISSING. */
export function frameFiles(argument: string): string[] {
  if (argument === '-') return [argument];
  const stats = statSync(argument, { throwIfNoEntry: false });
  if (stats === undefined) throw missing(`There is no frame file ${argument}.`);
  if (!stats.isDirectory()) return [argument];
  const names = readdirSync(argument).filter((name) => name.endsWith('.ndjson'));
  if (names.length === 0) throw missing(`The folder ${argument} holds no *.ndjson.`);
  return names.sort().map((name) => join(argument, name));
}

/** The bytes of a file, or of stdin; unpacked where the name ends in .gz or .zst. `read` is told of bytes of the file. */
export async function* bytesOf(
  file: string,
  read: (bytes: number) => void = () => undefined,
): AsyncGenerator<Buffer> {
  if (file === '-') {
    yield* process.stdin as AsyncIterable<Buffer>;
    return;
  }
  const packed = createReadStream(file, { highWaterMark: 256 * 1024 });
  packed.on('data', (chunk) => read(chunk.length));
  const unpack = unpackerOf(file);
  if (unpack === null) yield* packed as AsyncIterable<Buffer>;
  else yield* unpacked(packed, unpack);
}

async function* unpacked(packed: Readable, unpack: Duplex): AsyncGenerator<Buffer> {
  try {
    yield* packed.on('error', (error) => unpack.destroy(error)).pipe(unpack) as AsyncIterable<Buffer>;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!/^(Z_|ZSTD_|ERR_)/.test(code)) throw error;
    throw new UnfoldError('UNFOLD_FRAME_CUT', `the file cannot be unpacked: ${message}`, { cause: error });
  } finally {
    packed.destroy();
  }
}

function unpackerOf(file: string): Duplex | null {
  if (file.endsWith('.gz')) return createGunzip();
  return file.endsWith('.zst') ? createZstdDecompress() : null;
}

/** What packs a file as its name says; null for one that is not packed. */
export function packerOf(file: string): Duplex | null {
  if (file.endsWith('.gz')) return createGzip();
  return file.endsWith('.zst') ? createZstdCompress() : null;
}

/** Cuts a stream into its frames. Each must be read, or given up, before the next is asked for. */
export async function* splitFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<AsyncIterable<Buffer>> {
  const pieces = cutBeforeFrames(chunks);
  let next = await pieces.next();
  async function* rest(first: Buffer): AsyncGenerator<Buffer> {
    yield first;
    while (!next.done && !next.value.begins) {
      const { bytes } = next.value;
      next = await pieces.next();
      yield bytes;
    }
  }
  while (!next.done) {
    const first = next.value.bytes;
    next = await pieces.next();
    yield rest(first);
    while (!next.done && !next.value.begins) next = await pieces.next();
  }
}

/** Bytes of one frame; `begins` where they are its first. */
interface Piece {
  bytes: Buffer;
  begins: boolean;
}

async function* cutBeforeFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let kept: Buffer = Buffer.alloc(0);
  let begins = true;
  for await (const chunk of chunks) {
    let rest = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    for (let at = rest.indexOf(MARK); at !== -1; at = rest.indexOf(MARK)) {
      yield { bytes: rest.subarray(0, at + 1), begins };
      begins = true;
      rest = rest.subarray(at + 1);
    }
    // The mark may go on in the next chunk.
    const held = Math.min(rest.length, MARK.length - 1);
    if (rest.length > held) {
      yield { bytes: rest.subarray(0, rest.length - held), begins };
      begins = false;
    }
    kept = rest.subarray(rest.length - held);
  }
  if (kept.length > 0) yield { bytes: kept, begins };
}

function missing(message: string): UnfoldError {
  return new UnfoldError('UNFOLD_PATH_MISSING', message, { remedy: 'Check the path.' });
}
