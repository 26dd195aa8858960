// Reads the members of a GNU tar archive that lies in memory.

/** A regular file of an archive: its name as a string of bytes (latin1), and its content. */
export interface TarMember {
  readonly name: string;
  readonly bytes: Buffer;
}

/** An archive that ends early or is none. */
export class MalformedArchive extends Error {}

const BLOCK = 512;
const TYPE = { file: '0', oldFile: '\0', longName: 'L' };

/** Bytes of `size` as they lie in an archive, filled up to whole blocks. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** An upper bound of what a member takes up, its name in bytes and a long name included. */
export function memberBytes(name: number, size: number): number {
  return 3 * BLOCK + padded(name + 1) + padded(size);
}

/** The regular files of an archive, in order. `bytes` are parts of `archive`. Throws MalformedArchive. */
export function* tarMembers(archive: Buffer): Generator<TarMember> {
  let longName: string | null = null;
  for (let at = 0; ;) {
    if (at + BLOCK > archive.length) throw new MalformedArchive('no end');
    const header = archive.subarray(at, at + BLOCK);
    if (header[0] === 0) return;
    const size = sizeOf(header);
    const start = at + BLOCK;
    if (start + size > archive.length) throw new MalformedArchive('a member ends beyond the archive');
    const bytes = archive.subarray(start, start + size);
    const type = header.toString('latin1', 156, 157);
    if (type === TYPE.longName) longName = text(bytes);
    else {
      if (type === TYPE.file || type === TYPE.oldFile) {
        yield { name: longName ?? text(header.subarray(0, 100)), bytes };
      }
      longName = null;
    }
    at = start + padded(size);
  }
}

/** Octal, or binary where the highest bit of the first byte is set. */
function sizeOf(header: Buffer): number {
  const field = header.subarray(124, 136);
  const size =
    ((field[0] ?? 0) & 0x80) === 0
      ? Number.parseInt(text(field).trim(), 8)
      : Number(field.readBigUInt64BE(4));
  if (!Number.isSafeInteger(size) || size < 0) throw new MalformedArchive('a size that cannot be');
  return size;
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}
