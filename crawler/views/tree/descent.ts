// The way from the root of a tree down to the directory being walked, with a bounded number of open directories.
import { closeSync, fstatSync, type Stats } from 'node:fs';
import { at, isSame, openDirectory } from './anchor.ts';
import type { TreePath } from './entry.ts';

/** A directory that was listed and is still to be entered. */
export interface Pending {
  readonly name: string;
  readonly dev: number;
  readonly ino: number;
}

/** A directory on the way. `pending` is in reverse order. */
export interface Level {
  readonly path: TreePath;
  readonly identity: Pending;
  readonly pending: Pending[];
}

/** Directories held open; deeper trees reopen what they come back to. */
const MOST_OPEN = 64;

/** A stack of levels. Only descriptors opened here are closed here; the root's is its owner's. */
export class Descent {
  readonly #levels: Level[];
  readonly #fds: (number | null)[];
  /** All levels below this one, the root's excepted, are closed. */
  #firstOpen = 1;

  constructor(rootFd: number, root: Level) {
    this.#levels = [root];
    this.#fds = [rootFd];
  }

  /** The directory being walked; undefined when all is done. */
  get top(): Level | undefined {
    return this.#levels.at(-1);
  }

  /** Takes over the descriptor of a directory in `top`. */
  push(level: Level, fd: number): void {
    this.#levels.push(level);
    this.#fds.push(fd);
    if (this.#fds.length - this.#firstOpen > MOST_OPEN) this.#close(this.#firstOpen++);
  }

  /** Leaves `top`. */
  pop(): void {
    const last = this.#levels.length - 1;
    if (last > 0) this.#close(last);
    this.#levels.pop();
    this.#fds.pop();
    this.#firstOpen = Math.max(1, Math.min(this.#firstOpen, this.#fds.length));
  }

  /**
   * The descriptor of `top`, reopened from the root where it had been closed. Throws the system's error, or one with
   * code ESTALE where another directory stands in its place.
   */
  fd(): number {
    const last = this.#levels.length - 1;
    const held = this.#fds[last];
    if (held !== null && held !== undefined) return held;
    return this.#reopen(last);
  }

  /** Closes everything but the root. */
  close(): void {
    while (this.#levels.length > 0) this.pop();
  }

  #reopen(last: number): number {
    let fd = this.#fds[0] ?? -1;
    this.#firstOpen = Math.max(1, last - MOST_OPEN / 2);
    for (const [index, { identity }] of this.#levels.entries()) {
      if (index === 0) continue;
      const parent = fd;
      try {
        fd = openDirectory(at(parent, identity.name));
        this.#fds[index] = fd;
      } finally {
        if (index - 1 < this.#firstOpen) this.#close(index - 1);
      }
      expectSame(fstatSync(fd), identity);
    }
    return fd;
  }

  #close(index: number): void {
    const fd = this.#fds[index];
    if (index === 0 || fd === null || fd === undefined) return;
    this.#fds[index] = null;
    closeSync(fd);
  }
}

function expectSame(stats: Stats, identity: Pending): void {
  if (!isSame(stats, identity)) throw Object.assign(new Error('exchanged'), { code: 'ESTALE' });
}
