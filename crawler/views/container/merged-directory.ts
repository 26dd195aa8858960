// A directory as overlay file systems show it: what is in its layers, the upper ones hiding the lower ones.
import { closeSync, lstatSync, type Stats } from 'node:fs';
import { at, namesIn, openDirectory } from '../tree/anchor.ts';
import { childPath, type TreePath } from '../tree/entry.ts';
import type { OverlayMarks } from './overlay-marks.ts';

/** A layer: its open directory and its marks. */
export interface Layer {
  readonly fd: number;
  readonly marks: OverlayMarks;
}

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
    for (const { layer, fd } of this.#parts) {
      const anchored = at(fd, name);
      const stats = lstatSync(anchored, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (isWhiteout(stats)) return null;
      const path = childPath(this.path, name);
      return { path, stats, anchored, isElsewhere: layer.marks.elsewhere.has(path.bytes) };
    }
    return null;
  }

  /** Opens a directory in it; null where there is none. Throws the system's error. */
  enter(name: string): MergedDirectory | null {
    const path = childPath(this.path, name);
    const parts: Part[] = [];
    try {
      for (const { layer, fd } of this.#parts) {
        const stats = lstatSync(at(fd, name), { throwIfNoEntry: false });
        if (stats === undefined) continue;
        if (!stats.isDirectory()) break;
        parts.push({ layer, fd: openDirectory(at(fd, name)) });
        if (layer.marks.opaque.has(path.bytes)) break;
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
