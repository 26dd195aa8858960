// Reads the members of a tar archive that is too large for memory: one header after the other, contents on demand.
import type { ByteCursor } from './byte-cursor.ts';
import { paxNumber, paxRecords } from './pax.ts';
import { BLOCK, goesOn, rawHeader, realSizeOf, textIn, type RawHeader } from './tar-header.ts';
import { MalformedArchive, padded } from './tar.ts';

export type MemberType = 'file' | 'dir' | 'symlink' | 'link' | 'char' | 'block' | 'fifo' | 'other';

/** A member: its names as strings of bytes (latin1). */
export interface TarEntry {
  readonly name: string;
  readonly type: MemberType;
  /** Bytes of a regular file. */
  readonly size: number;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
  /** Where a link leads; empty of others. */
  readonly linkName: string;
  /** Where its bytes are in the archive. */
  readonly offset: number;
  /** Its holes are left out: the bytes are not as they are in the file. */
  readonly isSparse: boolean;
}

const TYPES: Readonly<Record<string, MemberType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'dir',
  '6': 'fifo',
};
/** As the engines have it, whatever size their header states: nothing follows. */
const WITHOUT_BYTES: ReadonlySet<MemberType> = new Set(['link', 'symlink', 'char', 'block', 'dir', 'fifo']);
/** Of a name or an extended header, as the engines have it. */
const MOST_SPECIAL_BYTES = 1024 * 1024;
const NOTHING: ReadonlyMap<string, string> = new Map();

/** What precedes a header and says more than fits in it. */
interface Preceding {
  pax: ReadonlyMap<string, string>;
  longName: string | null;
  longLink: string | null;
}

/** Reads from a cursor that nobody else skips; contents are taken between two calls of `next`. */
export class TarReader {
  readonly #cursor: ByteCursor;
  /** Where the next header is. */
  #next: number;

  constructor(cursor: ByteCursor) {
    this.#cursor = cursor;
    this.#next = cursor.position;
  }

  /** The next member, null after the last. The cursor is at its bytes. Throws MalformedArchive and CutSource. */
  async next(): Promise<TarEntry | null> {
    const preceding: Preceding = { pax: NOTHING, longName: null, longLink: null };
    for (;;) {
      await this.#cursor.skip(this.#next - this.#cursor.position);
      const block = await this.#cursor.take(BLOCK);
      // Without its blocks of zeros an archive still is one.
      if (block.length === 0 || block[0] === 0) return null;
      if (block.length < BLOCK) throw new MalformedArchive('no end');
      const header = rawHeader(block);
      if (!(await this.#isPreceding(header, preceding))) return this.#entry(block, header, preceding);
    }
  }

  /** True for a header that only says more of the next. Global ones are no business of the engines. */
  async #isPreceding({ type, size }: RawHeader, preceding: Preceding): Promise<boolean> {
    if (!'xgLK'.includes(type)) return false;
    if (size > MOST_SPECIAL_BYTES) throw new MalformedArchive('a name beyond measure');
    const bytes = await this.#cursor.take(size);
    if (bytes.length < size) throw new MalformedArchive('no end');
    this.#next = this.#cursor.position - size + padded(size);
    if (type === 'x') preceding.pax = paxRecords(bytes);
    if (type === 'L') preceding.longName = textIn(bytes);
    if (type === 'K') preceding.longLink = textIn(bytes);
    return true;
  }

  async #entry(block: Buffer, header: RawHeader, preceding: Preceding): Promise<TarEntry> {
    const { pax } = preceding;
    const names = namesOf(header, preceding);
    const type = typeOf(header.type, names.name);
    const stored = WITHOUT_BYTES.has(type) ? 0 : (paxNumber(pax, 'size') ?? header.size);
    if (!Number.isSafeInteger(stored) || stored < 0) throw new MalformedArchive('a size that cannot be');
    const holed =
      header.type === 'S'
        ? await this.#sparseSize(block)
        : (paxNumber(pax, 'GNU.sparse.realsize') ?? paxNumber(pax, 'GNU.sparse.size'));
    const offset = this.#cursor.position;
    this.#next = offset + padded(stored);
    const mtime = paxNumber(pax, 'mtime');
    return {
      ...names,
      type,
      size: type === 'file' ? Math.min(Math.max(0, holed ?? stored), Number.MAX_SAFE_INTEGER) : 0,
      mode: header.mode,
      uid: paxNumber(pax, 'uid') ?? header.uid,
      gid: paxNumber(pax, 'gid') ?? header.gid,
      mtimeMs: mtime === undefined ? header.mtimeMs : Math.floor(mtime * 1000),
      offset,
      isSparse: holed !== undefined,
    };
  }

  /** Passes over the extensions of a sparse file's header. */
  async #sparseSize(block: Buffer): Promise<number> {
    let isMore = goesOn(block, 482);
    while (isMore) {
      const extension = await this.#cursor.take(BLOCK);
      if (extension.length < BLOCK) throw new MalformedArchive('no end');
      isMore = goesOn(extension, 504);
    }
    return realSizeOf(block);
  }
}

function typeOf(stated: string, name: string): MemberType {
  // As it was before there was a type for directories.
  if (stated === '\0' && name.endsWith('/')) return 'dir';
  return TYPES[stated] ?? 'other';
}

/** An extended header says more than the header, and a name before it more than both. */
function namesOf(
  header: RawHeader,
  { pax, longName, longLink }: Preceding,
): Pick<TarEntry, 'name' | 'linkName'> {
  const stated = (key: string): string | undefined => pax.get(key) || undefined;
  return {
    name: longName ?? stated('GNU.sparse.name') ?? stated('path') ?? header.name,
    linkName: longLink ?? stated('linkpath') ?? header.linkName,
  };
}
