// Walks a tree depth-first: all entries of a directory, then its subdirectories one after the other.
import { closeSync, fstatSync, lstatSync, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { ErrorCode } from '../../../schemas/error.ts';
import type { Report, TreeVisitor } from '../view.ts';
import { at, isSame, linkTarget, openDirectory, openRoot, systemCode } from './anchor.ts';
import type { Boundary } from './boundary.ts';
import type { ContentReader } from './content.ts';
import { Descent, type Level, type Pending } from './descent.ts';
import { childPath, entryOf, ROOT, type TreePath } from './entry.ts';
import { namesHere } from './listing.ts';
import { fsPath } from './names.ts';

/** Entries between two turns of the event loop. */
const ENTRIES_PER_TURN = 2000;
/** Longer paths are not entered. (No program can use one of more than 4,096 bytes in one piece.) */
const LONGEST_PATH = 65_536;
/** What the system says of something that is no longer what was listed. */
const EXCHANGED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ESTALE']);

/** What a walk works with; all of it is the view's. */
export interface WalkTools {
  readonly rootFd: number;
  readonly reader: ContentReader;
  readonly boundary: Boundary;
  readonly report: Report;
}

/**
 * Walks everything below `rootFd`. The visitor's exceptions and the signal's reason end it.
 *
 * While it looks at a directory's entries that directory is the working directory of this process: that anchors their
 * bare names as openat would, and a whole walk takes a quarter less time than with a path through /proc per entry. At
 * every turn of the event loop the working directory is the one from before, so nobody else sees the change.
 */
export async function walkTree(tools: WalkTools, visitor: TreeVisitor, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const home = openRoot('.');
  const steps = new Walk(tools, visitor).steps();
  try {
    while (steps.next().done !== true) {
      process.chdir(`/proc/self/fd/${home}`);
      await setImmediate();
      signal.throwIfAborted();
    }
  } finally {
    process.chdir(`/proc/self/fd/${home}`);
    closeSync(home);
    steps.return();
  }
}

class Walk {
  readonly #tools: WalkTools;
  readonly #visitor: TreeVisitor;
  readonly #descent: Descent;
  #untilTurn = ENTRIES_PER_TURN;

  constructor(tools: WalkTools, visitor: TreeVisitor) {
    this.#tools = tools;
    this.#visitor = visitor;
    const { dev, ino } = fstatSync(tools.rootFd);
    this.#descent = new Descent(tools.rootFd, { path: ROOT, identity: { name: '.', dev, ino }, pending: [] });
  }

  /** The walk; yields where others should have their turn. */
  *steps(): Generator<undefined, void> {
    const { rootFd } = this.#tools;
    try {
      this.#visitor.found(entryOf(ROOT, fstatSync(rootFd), at(rootFd)), null);
      yield* this.#list(rootFd);
      for (let level = this.#descent.top; level !== undefined; level = this.#descent.top) {
        const next = level.pending.pop();
        const fd = next === undefined ? null : this.#enter(level, next);
        if (next === undefined) this.#descent.pop();
        else if (fd !== null) yield* this.#list(fd);
      }
    } finally {
      this.#descent.close();
    }
  }

  /** Opens a subdirectory of the top; null where that cannot or must not be done. */
  #enter(parent: Level, next: Pending): number | null {
    const path = childPath(parent.path, next.name);
    if (path.bytes.length > LONGEST_PATH) {
      this.#problem('UNFOLD_TOO_LARGE', path, 'is nested too deeply to be entered');
      return null;
    }
    const fd = this.#attempt(path, () => openDirectory(at(this.#descent.fd(), next.name)));
    if (fd === null) return null;
    const stats = fstatSync(fd);
    const exchanged = !isSame(stats, next);
    if ((exchanged || stats.dev !== parent.identity.dev) && this.#tools.boundary.leavesMount(fd, path.text)) {
      closeSync(fd);
      return null;
    }
    if (exchanged) this.#problem('UNFOLD_TORN', path, 'was exchanged for another directory during the crawl');
    const identity = { name: next.name, dev: stats.dev, ino: stats.ino };
    this.#descent.push({ path, identity, pending: [] }, fd);
    return fd;
  }

  /** Hands over every entry of the top directory and notes its subdirectories. */
  *#list(fd: number): Generator<undefined, void> {
    const level = this.#descent.top;
    if (level === undefined) return;
    const mounted = this.#tools.boundary.mountedIn(level.path);
    const names = this.#attempt(level.path, () => {
      process.chdir(`/proc/self/fd/${fd}`);
      return namesHere()[Symbol.iterator]();
    });
    if (names === null) return;
    for (;;) {
      const next = this.#attempt(level.path, () => names.next());
      if (next === null || next.done === true) break;
      this.#entry(level, next.value, mounted?.has(next.value) === true);
      this.#untilTurn -= 1;
      if (this.#untilTurn === 0) {
        yield;
        process.chdir(`/proc/self/fd/${fd}`);
        this.#untilTurn = ENTRIES_PER_TURN;
      }
    }
    level.pending.reverse();
  }

  /** Hands over one entry of the working directory. */
  #entry(level: Level, name: string, isMountPoint: boolean): void {
    const path = childPath(level.path, name);
    const here = fsPath(name);
    const stats = this.#attempt(path, () => lstatSync(here));
    if (stats === null) return;
    if (stats.isFile()) this.#file(path, stats, here, isMountPoint);
    else if (stats.isSymbolicLink()) this.#link(path, stats, here);
    else this.#visitor.found(entryOf(path, stats, here), null);
    if (!stats.isDirectory() || isMountPoint) return;
    if (this.#tools.boundary.isOwn(stats)) this.#tools.boundary.leaveOutOwn(path.text);
    else level.pending.push({ name, dev: stats.dev, ino: stats.ino });
  }

  #link(path: TreePath, stats: Stats, here: string | Buffer): void {
    const target = this.#attempt(path, () => linkTarget(here));
    if (target !== null) this.#visitor.found(entryOf(path, stats, here, target), null);
  }

  #file(path: TreePath, stats: Stats, here: string | Buffer, isMountPoint: boolean): void {
    const entry = entryOf(path, stats, here);
    const wanted = isMountPoint ? 0 : this.#visitor.want(entry);
    if (wanted <= 0) {
      this.#visitor.found(entry, isMountPoint ? { skip: 'not-read' } : null);
      return;
    }
    const outcome = this.#tools.reader.read(here, stats, wanted);
    if ('bytes' in outcome) {
      const read = outcome.stats === stats ? entry : entryOf(path, outcome.stats, here);
      this.#visitor.found(read, outcome);
      return;
    }
    if (outcome.why !== undefined) {
      this.#problem(outcome.skip === 'torn' ? 'UNFOLD_TORN' : 'UNFOLD_UNREADABLE', path, outcome.why);
    }
    this.#visitor.found(entry, outcome);
  }

  /** null, and a problem reported, where the system refuses. Its own frame keeps the visitor's exceptions apart. */
  #attempt<T>(path: TreePath, act: () => T): T | null {
    try {
      return act();
    } catch (error) {
      const code = systemCode(error);
      if (EXCHANGED.has(code)) {
        this.#problem('UNFOLD_TORN', path, 'vanished or was exchanged during the crawl');
      } else {
        this.#problem('UNFOLD_UNREADABLE', path, `cannot be read (${code})`);
      }
      return null;
    }
  }

  #problem(code: ErrorCode, path: TreePath, message: string): void {
    this.#tools.report.problem({ code, extractor: 'tree', path: path.text, message });
  }
}
