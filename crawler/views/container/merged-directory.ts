// A directory as overlay file systems show it: what is in its layers, the upper ones hiding the lower ones.
import { closeSync, lstatSync, type Stats } from 'node:fs';
import { at, namesIn, openDirectory } from '../tree/anchor.ts';
import { childPath, type TreePath } from '../tree/entry.ts';
import type { OverlayMarks } from './overlay-marks.ts';

/** A layer: its open directory and its marks. */
export interface Layer {
  readonly fd: number;
  readonly marks: OverlayMarks;
  readonly hasWhiteoutFiles: boolean;
}

/** As fuse-overlayfs writes them, where it may make no devices; it shows none of them. */
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** A directory of one layer that shows in the merged one. */
interface Part {
  readonly layer: Layer;
  readonly fd: number;
}

/** What has a name: `anchored` is valid while its directory is open. */
export interface MergedEntry {
  readonly path: TreePath;
  readonly stats: Stats;
  readonly anchored: string | Buffer;
  readonly isElsewhere: boolean;
}

/** A device that stands in place of what is gone. */
function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}

function isMarked({ layer, fd }: Part, mark: string): boolean {
  return layer.hasWhiteoutFiles && lstatSync(at(fd, mark), { throwIfNoEntry: false }) !== undefined;
}

/** What has a name in a directory of one layer; `gone`: the layers below show nothing of that name either. */
function inLayer(part: Part, name: string): Stats | 'gone' | undefined {
  if (part.layer.hasWhiteoutFiles && name.startsWith(WHITEOUT)) return undefined;
  const stats = lstatSync(at(part.fd, name), { throwIfNoEntry: false });
  if (stats === undefined) return isMarked(part, WHITEOUT + name) ? 'gone' : undefined;
  return isWhiteout(stats) ? 'gone' : stats;
}

/** An open merged directory; the uppermost part first. */
export class MergedDirectory {
  readonly path: TreePath;
  readonly #parts: readonly Part[];

  private constructor(path: TreePath, parts: readonly Part[]) {
    this.path = path;
    this.#parts = parts;
  }

  /** The top of all layers; their descriptors stay their owner's. */
  static root(path: TreePath, layers: readonly Layer[]): MergedDirectory {
    const parts = layers.map((layer) => ({ layer, fd: openDirectory(at(layer.fd, '.')) }));
    return new MergedDirectory(path, parts);
  }

  /** What the directory itself is. */
  get self(): MergedEntry {
    const [top] = this.#parts;
    const anchored = at(top?.fd ?? -1, '.');
    return { path: this.path, stats: lstatSync(anchored), anchored, isElsewhere: false };
  }

  /** The names in it, those of what is gone among them; sorted. */
  names(): string[] {
    return [...new Set(this.#parts.flatMap(({ fd }) => namesIn(at(fd, '.'))))].sort();
  }

  /** What has this name, a link as such; null: nothing. Throws the system's error. */
  look(name: string): MergedEntry | null {
    for (const part of this.#parts) {
      const stats = inLayer(part, name);
      if (stats === undefined) continue;
      if (stats === 'gone') return null;
      const path = childPath(this.path, name);
      const isElsewhere = part.layer.marks.elsewhere.has(path.bytes);
      return { path, stats, anchored: at(part.fd, name), isElsewhere };
    }
    return null;
  }

  /** Opens a directory in it; null where there is none. Throws the system's error. */
  enter(name: string): MergedDirectory | null {
    const path = childPath(this.path, name);
    const parts: Part[] = [];
    try {
      for (const above of this.#parts) {
        const stats = inLayer(above, name);
        if (stats === undefined) continue;
        if (stats === 'gone' || !stats.isDirectory()) break;
        const part = { layer: above.layer, fd: openDirectory(at(above.fd, name)) };
        parts.push(part);
        if (part.layer.marks.opaque.has(path.bytes) || isMarked(part, OPAQUE)) break;
      }
    } catch (error) {
      for (const { fd } of parts) closeSync(fd);
      throw error;
    }
    return parts.length === 0 ? null : new MergedDirectory(path, parts);
  }

  close(): void {
    for (const { fd } of this.#parts) closeSync(fd);
  }
}
