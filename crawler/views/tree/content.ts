// Reads regular files, bounded and whole: a file that changes meanwhile is read once more, then called torn.
import { constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { ContentSkip } from '../../../schemas/entries.ts';
import { at, isSame, openHandle, systemCode, withFd } from './anchor.ts';

/** What came of reading a file. `stats` belong to the bytes (the listed ones where nothing changed); `why` explains a skip. */
export type ReadOutcome =
  { readonly bytes: Buffer; readonly stats: Stats } | { readonly skip: ContentSkip; readonly why?: string };

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOATIME } = constants;
const EMPTY = Buffer.alloc(0);
const ATTEMPTS = 2;
/** What an open says of a file that was exchanged or removed after it was listed. */
const EXCHANGED = new Set(['ENOENT', 'ELOOP', 'ENXIO', 'ENOTDIR', 'ESTALE']);

/** Reads into one buffer, which every call uses anew. */
export class ContentReader {
  readonly #quietMount: boolean;
  readonly #user = process.geteuid?.();
  #buffer = Buffer.allocUnsafeSlow(64 * 1024);

  /** `quietMount`: the tree is seen through a mount without access times and devices, so a file may be opened at once. */
  constructor(quietMount: boolean) {
    this.#quietMount = quietMount;
  }

  /**
   * The bytes of the regular file that `listed` describes; valid until the next call. `path` is anchored. Never throws
   * for what the tree holds.
   */
  read(path: string | Buffer, listed: Stats, maxBytes: number): ReadOutcome {
    if (listed.size > maxBytes) return { skip: 'too-large' };
    if (listed.size === 0) return { bytes: EMPTY, stats: listed };
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const outcome = withFd(this.#open(path), (fd) => this.#readOpen(fd, listed, maxBytes));
        if (outcome !== null) return outcome;
      }
      return { skip: 'torn', why: 'changed while it was read' };
    } catch (error) {
      const code = systemCode(error);
      return EXCHANGED.has(code)
        ? { skip: 'torn', why: 'vanished or was exchanged before it was read' }
        : { skip: 'unreadable', why: `cannot be read (${code})` };
    }
  }

  /** null: it changed meanwhile. */
  #readOpen(fd: number, listed: Stats, maxBytes: number): ReadOutcome | null {
    const before = fstatSync(fd);
    if (!before.isFile()) return { skip: 'torn', why: 'was exchanged before it was read' };
    if (before.size > maxBytes) return { skip: 'too-large' };
    if (before.size > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(before.size);
    let length = 0;
    while (length < before.size) {
      const count = readSync(fd, this.#buffer, length, before.size - length, null);
      if (count === 0) return null;
      length += count;
    }
    const after = fstatSync(fd);
    if (!isUnchanged(after, before)) return null;
    return { bytes: this.#buffer.subarray(0, length), stats: isUnchanged(after, listed) ? listed : after };
  }

  /**
   * Opening a device can have effects, so outside of a mount without devices it is first made sure, by a handle that
   * opens nothing, that this is a regular file still.
   */
  #open(path: string | Buffer): number {
    if (this.#quietMount) return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    return withFd(openHandle(path), (handle) => {
      const stats = fstatSync(handle);
      if (!stats.isFile()) throw Object.assign(new Error('no regular file'), { code: 'ENXIO' });
      return this.#openQuietly(at(handle), stats);
    });
  }

  /** Without touching the access time, where the file's owner or root reads it. */
  #openQuietly(path: string | Buffer, { uid }: Stats): number {
    const flags = O_RDONLY | O_NONBLOCK;
    if (this.#user !== 0 && this.#user !== uid) return openSync(path, flags);
    try {
      return openSync(path, flags | O_NOATIME);
    } catch (error) {
      if (systemCode(error) !== 'EPERM') throw error;
      return openSync(path, flags);
    }
  }
}

function isUnchanged(now: Stats, then: Stats): boolean {
  return (
    isSame(now, then) &&
    now.size === then.size &&
    now.mtimeMs === then.mtimeMs &&
    now.ctimeMs === then.ctimeMs
  );
}
