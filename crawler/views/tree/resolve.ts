// Finds a known path in a tree as its own programs would: links are followed, but nothing leads out of the tree.
import { closeSync, lstatSync, type Stats } from 'node:fs';
import { at, linkTarget, openDirectory } from './anchor.ts';
import type { Boundary } from './boundary.ts';
import { childPath, ROOT, type TreePath } from './entry.ts';

/** What a path led to: `anchored` is valid until `resolve` is asked for another path. */
export interface Resolved {
  readonly path: TreePath;
  readonly stats: Stats;
  readonly anchored: string | Buffer;
}

/** As Linux has it. */
const MOST_LINKS = 40;
/** Directories opened for one path; more only serve to keep us busy. */
const MOST_STEPS = 4096;

/**
 * Resolves paths of bytes (names.ts). An absolute link starts again at the tree's root, `..` stays below it, other
 * mounts and this program's own folders are not entered.
 */
export class Resolver {
  readonly #rootFd: number;
  readonly #boundary: Boundary;
  #fd: number;
  /** Directories from the root to `#fd`. */
  #way: TreePath[] = [];
  #names: string[] = [];
  #steps = 0;

  constructor(rootFd: number, boundary: Boundary) {
    this.#rootFd = rootFd;
    this.#fd = rootFd;
    this.#boundary = boundary;
  }

  /**
   * What stands at `path`, any links followed; null: nothing. `entered`: it must be a directory, and `look` then sees
   * into it. Throws the system's error, or one with code ELOOP where links go round in circles.
   */
  resolve(path: string, entered = false): Resolved | null {
    this.close();
    const pending = path.split('/').reverse();
    let links = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (this.#stays(name)) continue;
      const found = this.look(name);
      if (found === null) return null;
      if (found.stats.isSymbolicLink()) {
        links += 1;
        if (links > MOST_LINKS) throw loop();
        pending.push(...this.#target(found).reverse());
      } else if (!entered && pending.every(isNothing)) {
        return found;
      } else if (!this.#down(name, found)) {
        return null;
      }
    }
    return { path: this.#here, stats: lstatSync(at(this.#fd, '.')), anchored: at(this.#fd, '.') };
  }

  /** What has this name in the directory that was entered, a link as such; null: nothing that is not on another mount. */
  look(name: string): Resolved | null {
    if (this.#boundary.mountedIn(this.#here)?.has(name) === true) return null;
    const anchored = at(this.#fd, name);
    const stats = lstatSync(anchored, { throwIfNoEntry: false });
    return stats === undefined ? null : { path: childPath(this.#here, name), stats, anchored };
  }

  /** Closes what the last path left open. */
  close(): void {
    this.#steps = 0;
    this.#toRoot();
  }

  get #here(): TreePath {
    return this.#way.at(-1) ?? ROOT;
  }

  /** True for a component that names no entry. */
  #stays(name: string): boolean {
    if (name === '..') this.#up();
    return name === '..' || isNothing(name);
  }

  #target({ anchored }: Resolved): string[] {
    const target = linkTarget(anchored);
    if (target.startsWith('/')) this.#toRoot();
    return target.split('/');
  }

  #down(name: string, { path, stats, anchored }: Resolved): boolean {
    if (!stats.isDirectory() || this.#boundary.isOwn(stats)) return false;
    this.#move(openDirectory(anchored));
    this.#way.push(path);
    this.#names.push(name);
    return true;
  }

  /** The parent is found from the root: a directory's own `..` leads out of the tree if somebody moves it. */
  #up(): void {
    const names = this.#names.slice(0, -1);
    const way = this.#way.slice(0, -1);
    this.#toRoot();
    for (const name of names) this.#move(openDirectory(at(this.#fd, name)));
    this.#names = names;
    this.#way = way;
  }

  #toRoot(): void {
    this.#move(this.#rootFd);
    this.#names = [];
    this.#way = [];
  }

  #move(fd: number): void {
    if (this.#fd !== this.#rootFd) closeSync(this.#fd);
    this.#fd = fd;
    this.#steps += 1;
    if (this.#steps > MOST_STEPS) throw loop();
  }
}

function isNothing(name: string): boolean {
  return name === '' || name === '.';
}

function loop(): Error {
  return Object.assign(new Error('too many steps'), { code: 'ELOOP' });
}
