// The view of layers that an overlay file system would show as one tree, merged while they are read.
import { closeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Capability, Content, ReadFile, ReadRequest, Report, SystemView, TreeVisitor } from '../view.ts';
import { linkTarget, openRoot, systemCode } from '../tree/anchor.ts';
import { ContentReader } from '../tree/content.ts';
import { childPath, entryOf, ROOT } from '../tree/entry.ts';
import { bytesOf, nameText } from '../tree/names.ts';
import { globOf } from '../tree/requests.ts';
import type { Layer, MergedEntry } from './merged-directory.ts';
import { MergedWay } from './merged-way.ts';
import { maySeeMarks, overlayMarks } from './overlay-marks.ts';
import { resolveMerged } from './resolve-merged.ts';

const ENTRIES_PER_TURN = 2000;
const FILES_PER_TURN = 500;
/** What the system says of something that is no longer what was listed. */
const EXCHANGED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ESTALE']);

/** What a view of layers needs. */
export interface MergedContext {
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Opens layers, absolute paths of directories, the uppermost first. With `hasWhiteoutFiles` files named `.wh.NAME` stand
 * for what is gone, too. Throws UnfoldError or the system's error.
 */
export async function openLayers(
  paths: readonly string[],
  context: MergedContext,
  hasWhiteoutFiles = false,
): Promise<SystemView> {
  const layers: Layer[] = [];
  try {
    for (const path of paths) {
      const fd = openRoot(path);
      layers.push({ fd, marks: { opaque: new Set(), elsewhere: new Set() }, hasWhiteoutFiles });
    }
    for (const [index, path] of paths.entries()) {
      const layer = layers[index];
      // The lowest layer hides nothing.
      if (layer !== undefined && index < paths.length - 1)
        layers[index] = { ...layer, marks: await overlayMarks(path, context.signal) };
    }
    if (!paths.slice(0, -1).every(maySeeMarks))
      context.report.problem({
        code: 'UNFOLD_UNREADABLE',
        extractor: 'tree',
        message: 'which directories hide those of the layers below may not be known without CAP_SYS_ADMIN',
      });
    return new MergedView(layers, context.report);
  } catch (error) {
    for (const { fd } of layers) closeSync(fd);
    throw error;
  }
}

class MergedView implements SystemView {
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['files']);
  readonly #layers: readonly Layer[];
  readonly #report: Report;
  readonly #reader = new ContentReader(false);
  #untilTurn = ENTRIES_PER_TURN;
  #closed = false;

  constructor(layers: readonly Layer[], report: Report) {
    this.#layers = layers;
    this.#report = report;
  }

  async read(
    requests: readonly ReadRequest[],
    accept: (file: ReadFile) => void,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    let files = 0;
    for (const { pattern, maxBytes } of requests) {
      for (const path of this.#paths(bytesOf(pattern))) {
        const file = this.#requested(path, maxBytes);
        if (file !== null) accept(file);
        files += 1;
        if (files % FILES_PER_TURN !== 0) continue;
        await setImmediate();
        signal.throwIfAborted();
      }
    }
  }

  async walk(visitor: TreeVisitor, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const steps = this.#steps(visitor);
    try {
      while (steps.next().done !== true) {
        await setImmediate();
        signal.throwIfAborted();
      }
    } finally {
      steps.return();
    }
  }

  close(): Promise<void> {
    if (!this.#closed) for (const { fd } of this.#layers) closeSync(fd);
    this.#closed = true;
    return Promise.resolve();
  }

  /** The paths that a pattern may name. */
  #paths(pattern: string): string[] {
    const slash = pattern.lastIndexOf('/');
    const last = pattern.slice(slash + 1);
    if (!last.includes('*')) return [pattern];
    const folder = pattern.slice(0, slash);
    const glob = globOf(last);
    const names = this.#attempt(folder || '/', () =>
      resolveMerged(this.#layers, `${folder}/.`, (found, directory) =>
        found === null ? [] : directory.names(),
      ),
    );
    return (names ?? []).filter((name) => glob.test(name)).map((name) => `${folder}/${name}`);
  }

  #requested(asked: string, maxBytes: number): ReadFile | null {
    return this.#attempt(asked, () =>
      resolveMerged(this.#layers, asked, (found) => {
        if (found === null) return null;
        const { path, stats, anchored } = found;
        const file = { path: nameText(asked), entry: entryOf(path, stats, anchored) };
        if (maxBytes === 0) return { ...file, content: { skip: 'not-read' as const } };
        if (!stats.isFile()) {
          this.#problem('UNFOLD_UNREADABLE', asked, `is a ${file.entry.type}, not a regular file`);
          return { ...file, content: { skip: 'unreadable' as const } };
        }
        return { ...file, content: this.#content(found, asked, maxBytes) };
      }),
    );
  }

  /** The walk; yields where others should have their turn. */
  *#steps(visitor: TreeVisitor): Generator<undefined, void> {
    const way = new MergedWay(this.#layers);
    const pending: string[] = ['/'];
    try {
      for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
        pending.push(...(yield* this.#list(way, path, visitor)).reverse());
      }
    } finally {
      way.close();
    }
  }

  /** Hands over every entry of a directory; its subdirectories. */
  *#list(way: MergedWay, path: string, visitor: TreeVisitor): Generator<undefined, string[]> {
    const folders: string[] = [];
    const directory = this.#attempt(path, () => way.to(path));
    if (directory === null) return folders;
    if (path === '/') visitor.found(entryOf(ROOT, directory.self.stats, directory.self.anchored), null);
    for (const name of this.#attempt(path, () => directory.names()) ?? []) {
      const found = this.#attempt(childPath(directory.path, name).bytes, () => directory.look(name));
      if (found !== null) this.#found(found, visitor);
      if (found?.stats.isDirectory() === true) folders.push(found.path.bytes);
      this.#untilTurn -= 1;
      if (this.#untilTurn > 0) continue;
      yield;
      this.#untilTurn = ENTRIES_PER_TURN;
    }
    return folders;
  }

  #found(found: MergedEntry, visitor: TreeVisitor): void {
    const { path, stats, anchored } = found;
    if (stats.isSymbolicLink()) {
      const target = this.#attempt(path.bytes, () => linkTarget(anchored));
      if (target !== null) visitor.found(entryOf(path, stats, anchored, target), null);
      return;
    }
    const entry = entryOf(path, stats, anchored);
    if (found.isElsewhere)
      this.#problem('UNFOLD_UNREADABLE', path.bytes, 'shows what is elsewhere in a layer below');
    const wanted = stats.isFile() ? visitor.want(entry) : 0;
    visitor.found(entry, wanted > 0 ? this.#content(found, path.bytes, wanted) : null);
  }

  #content(
    { stats, anchored, isElsewhere }: MergedEntry,
    path: string,
    maxBytes: number,
  ): Exclude<Content, null> {
    if (isElsewhere) return { skip: 'unreadable' };
    const outcome = this.#reader.read(anchored, stats, maxBytes);
    if (!('bytes' in outcome) && outcome.why !== undefined)
      this.#problem(outcome.skip === 'torn' ? 'UNFOLD_TORN' : 'UNFOLD_UNREADABLE', path, outcome.why);
    return outcome;
  }

  /** null, with a problem reported, where the system refuses. */
  #attempt<T>(path: string, act: () => T): T | null {
    try {
      return act();
    } catch (error) {
      const code = systemCode(error);
      if (EXCHANGED.has(code) && code !== 'ELOOP')
        this.#problem('UNFOLD_TORN', path, 'vanished or was exchanged during the crawl');
      else this.#problem('UNFOLD_UNREADABLE', path, `cannot be read (${code})`);
      return null;
    }
  }

  #problem(code: 'UNFOLD_TORN' | 'UNFOLD_UNREADABLE', path: string, message: string): void {
    this.#report.problem({ code, extractor: 'tree', path: nameText(path), message });
  }
}
