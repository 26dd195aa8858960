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
  const home = openHome();
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

/** The working directory; the top of the file system where this user may not enter the one it was started in. */
function openHome(): number {
  try {
    return openRoot('.');
  } catch {
    return openRoot('/');
  }
}

class Walk {
  readonly #tools: WalkTools;
  readonly #visitor: TreeVisitor;
  #untilTurn = ENTRIES_PER_TURN;

  constructor(tools: WalkTools, visitor: TreeVisitor) {
    this.#tools = tools;
    this.#visitor = visitor;
  }

  /** The walk; yields where others should have their turn. */
  *steps(): Generator<undefined, void> {
    const { rootFd } = this.#tools;
    const stats = fstatSync(rootFd);
    const root = { path: ROOT, identity: { name: '.', dev: stats.dev, ino: stats.ino }, pending: [] };
    const descent = new Descent(rootFd, root);
    try {
      this.#visitor.found(entryOf(ROOT, stats, at(rootFd)), null);
      yield* this.#list(root, rootFd, stats.size);
      for (let level = descent.top; level !== undefined; level = descent.top) {
        const next = level.pending.pop();
        if (next === undefined) descent.pop();
        else yield* this.#enter(descent, level, next);
      }
    } finally {
      descent.close();
    }
  }

  /** Lists a subdirectory of the top, where that can and may be done. */
  *#enter(descent: Descent, parent: Level, next: Pending): Generator<undefined, void> {
    const path = childPath(parent.path, next.name);
    if (path.bytes.length > LONGEST_PATH) {
      this.#problem('UNFOLD_TOO_LARGE', path, 'is nested too deeply to be entered');
      return;
    }
    const fd = this.#open(descent, parent, next, path);
    if (fd === null) return;
    const stats = fstatSync(fd);
    const exchanged = !isSame(stats, next);
    if ((exchanged || stats.dev !== parent.identity.dev) && this.#tools.boundary.leavesMount(fd, path.text)) {
      closeSync(fd);
      return;
    }
    if (exchanged) this.#problem('UNFOLD_TORN', path, 'was exchanged for another directory during the crawl');
    const level = { path, identity: { name: next.name, dev: stats.dev, ino: stats.ino }, pending: [] };
    descent.push(level, fd);
    yield* this.#list(level, fd, stats.size);
  }

  /** Where the parent itself is no longer there, that is one problem, however much of it is left to be entered. */
  #open(descent: Descent, parent: Level, next: Pending, path: TreePath): number | null {
    let parentFd: number;
    try {
      parentFd = descent.fd();
    } catch (error) {
      this.#failed(error, parent.path);
      parent.pending.length = 0;
      return null;
    }
    try {
      return openDirectory(at(parentFd, next.name));
    } catch (error) {
      this.#failed(error, path);
      return null;
    }
  }

  /** Hands over every entry of the top directory, opened as `fd`, and notes its subdirectories. */
  *#list(level: Level, fd: number, size: number): Generator<undefined, void> {
    const mounted = this.#tools.boundary.mountedIn(level.path);
    const failed = (error: unknown): void => this.#failed(error, level.path);
    try {
      process.chdir(`/proc/self/fd/${fd}`);
    } catch (error) {
      failed(error);
      return;
    }
    for (const name of namesHere(size, failed)) {
      this.#entry(level, name, mounted?.has(name) === true);
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
    let stats: Stats;
    try {
      stats = lstatSync(here);
    } catch (error) {
      this.#failed(error, path);
      return;
    }
    if (stats.isFile()) this.#file(path, stats, here, isMountPoint);
    else if (stats.isSymbolicLink()) this.#link(path, stats, here);
    else this.#visitor.found(entryOf(path, stats, here), null);
    if (!stats.isDirectory() || isMountPoint) return;
    if (this.#tools.boundary.isOwn(stats)) this.#tools.boundary.leaveOutOwn(path.text);
    else level.pending.push({ name, dev: stats.dev, ino: stats.ino });
  }

  #link(path: TreePath, stats: Stats, here: string | Buffer): void {
    let target: string;
    try {
      target = linkTarget(here);
    } catch (error) {
      this.#failed(error, path);
      return;
    }
    this.#visitor.found(entryOf(path, stats, here, target), null);
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

  /** Reports what the system refused. */
  #failed(error: unknown, path: TreePath): void {
    const code = systemCode(error);
    if (EXCHANGED.has(code)) this.#problem('UNFOLD_TORN', path, 'vanished or was exchanged during the crawl');
    else this.#problem('UNFOLD_UNREADABLE', path, `cannot be read (${code})`);
  }

  #problem(code: ErrorCode, path: TreePath, message: string): void {
    this.#tools.report.problem({ code, extractor: 'tree', path: path.text, message });
  }
}
