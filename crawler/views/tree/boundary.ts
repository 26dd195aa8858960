// Where a crawl of a tree stops: at other mounts and at what belongs to this program itself.
import type { Stats } from 'node:fs';
import type { Report } from '../view.ts';
import { isSame } from './anchor.ts';
import type { TreePath } from './entry.ts';
import { currentMounts, describeMount, mountIdOf, type Mount } from './mounts.ts';
import { nameText } from './names.ts';

/** Tells what is not entered, and reports it. */
export class Boundary {
  readonly #mountId: number;
  readonly #own: readonly Stats[];
  readonly #report: Report;
  /** Directory → names in it that others are mounted on; all as bytes. */
  readonly #mounted = new Map<string, Set<string>>();

  /**
   * `mountId` is the mount that the tree is read through, `mounts` what is mounted below its root, by path; `own` are
   * this program's own folders.
   */
  constructor(mountId: number, mounts: ReadonlyMap<string, Mount>, own: readonly Stats[], report: Report) {
    this.#mountId = mountId;
    this.#own = own;
    this.#report = report;
    for (const [path, mount] of mounts) {
      const slash = path.lastIndexOf('/');
      const directory = path.slice(0, slash) || '/';
      const names = this.#mounted.get(directory) ?? new Set();
      this.#mounted.set(directory, names.add(path.slice(slash + 1)));
      report.leftOut({ path: nameText(path), reason: 'other-mount', detail: describeMount(mount) });
    }
  }

  /** The names in a directory that are mount points; undefined: none. */
  mountedIn(directory: TreePath): ReadonlySet<string> | undefined {
    return this.#mounted.get(directory.bytes);
  }

  /** True for a folder of this program. */
  isOwn(stats: Stats): boolean {
    return this.#own.some((own) => isSame(own, stats));
  }

  /** Reports a folder of this program that a walk met. */
  leaveOutOwn(path: string): void {
    this.#report.leftOut({ path, reason: 'own-data' });
  }

  /** True, and reported, where a directory turns out to be on another mount: one that came after the crawl began. */
  leavesMount(fd: number, path: string): boolean {
    const id = mountIdOf(fd);
    if (id === this.#mountId) return false;
    const mount = currentMounts().find((candidate) => candidate.id === id);
    this.#report.leftOut({
      path,
      reason: 'other-mount',
      ...(mount === undefined ? {} : { detail: describeMount(mount) }),
    });
    return true;
  }
}
