// Which facts a frame may end: all it covers and does not show, except what it could not read.
import type { Entry, FileEntry, Feature } from '../schemas/entries.ts';
import type { FrameEnd, FrameHeader } from '../schemas/frame.ts';
import type { Problem } from '../schemas/problem.ts';
import { YIELDS } from '../schemas/yields.ts';

/** Extractor of problems that the indexer itself found in a frame: they say nothing about what was read. */
export const INDEXER = 'indexer';

/**
 * Decides what the end of a frame ends. A frame speaks for the features in its header, and
 *   - a complete frame for all of them;
 *   - a partial one not for a path with a problem nor for what lies below it; not for a feature whose extractor had
 *     a problem that is no path of it; not for a feature of which it has no entry at all.
 * A file system that could not be mounted counts as a problem with its path. What was left out on purpose (another
 * file system is mounted there, the data folder) is no longer part of the system: its facts end. A frame of an exported
 * history was judged when it was first indexed: what it does not show, or removes, ended.
 */
export class Closing {
  readonly #isHistory: boolean;
  readonly #covered: ReadonlySet<Feature>;
  readonly #doubtful = new Set<Feature>();
  readonly #unread = new Set<string>();
  #problems = 0;
  #ofIndexer = 0;

  constructor(header: FrameHeader) {
    this.#isHistory = header.history === true;
    this.#covered = new Set(header.features);
  }

  problem({ extractor, path }: Problem): void {
    this.#problems += 1;
    if (extractor === INDEXER) {
      this.#ofIndexer += 1;
      return;
    }
    const features = YIELDS[extractor] ?? [...this.#covered];
    if (path !== undefined) this.#protect(path);
    for (const feature of features) {
      if (path === undefined || feature !== 'file') this.#doubtful.add(feature);
    }
  }

  /** To be told before `ends` is asked; the end of the whole (whole-frame.ts). */
  end(end: FrameEnd): void {
    for (const { path, reason } of end.leftOut) if (reason === 'not-mounted') this.#protect(path);
    const readAll = this.#problems > 0 && this.#problems === this.#ofIndexer;
    if (end.status === 'complete' || readAll) return;
    for (const feature of this.#covered) {
      if ((end.counts[feature] ?? 0) === 0) this.#doubtful.add(feature);
    }
  }

  /** True if a fact that the frame does not show ends with it. */
  ends(feature: Feature, key: string): boolean {
    if (this.#isHistory) return true;
    if (!this.#covered.has(feature) || this.#doubtful.has(feature)) return false;
    if (this.#unread.size === 0 || !key.startsWith('/')) return true;
    if (this.#unread.has('') || this.#unread.has(key)) return false;
    for (let cut = key.lastIndexOf('/'); cut > 0; cut = key.lastIndexOf('/', cut - 1)) {
      if (this.#unread.has(key.slice(0, cut))) return false;
    }
    return true;
  }

  /** True if every fact of the feature that the frame does not show ends with it. */
  endsAll(feature: Feature): boolean {
    if (this.#isHistory) return true;
    return this.#covered.has(feature) && !this.#doubtful.has(feature) && this.#unread.size === 0;
  }

  /** `/` is kept as the empty path: everything lies below it. */
  #protect(path: string): void {
    this.#unread.add(path.replace(/\/+$/, ''));
  }
}

/**
 * A file that could not be read although it is the one that held (same type, size and time of change) keeps the
 * content and hash that were read before: reading less is no news about the system.
 */
export function carriesOver(held: FileEntry, seen: FileEntry): FileEntry | null {
  const same = held.type === seen.type && held.size === seen.size && held.mtime === seen.mtime;
  if (!same || (held.content === undefined && held.hash === undefined)) return null;
  const whole = { ...seen };
  delete whole.skipped;
  return {
    ...whole,
    ...(held.hash === undefined ? {} : { hash: held.hash }),
    ...(held.content === undefined ? {} : { content: held.content }),
    ...(held.skipped === undefined ? {} : { skipped: held.skipped }),
  };
}

/** True if the entry is of a file that should have been read and could not be. */
export function isUnread(feature: Feature, entry: Entry): entry is FileEntry {
  if (feature !== 'file') return false;
  const { skipped } = entry as FileEntry;
  return skipped === 'unreadable' || skipped === 'not-read';
}
