// Finds a known path in merged layers as the system's own programs would; links never lead out of them.
import { linkTarget } from '../tree/anchor.ts';
import { ROOT } from '../tree/entry.ts';
import { MergedDirectory, type Layer, type MergedEntry } from './merged-directory.ts';

/** As Linux has it. */
const MOST_LINKS = 40;
/** Directories opened for one path; more only serve to keep us busy. */
const MOST_STEPS = 4096;

/**
 * Uses what stands at `path` (bytes), any links followed, while it is open; null: nothing. With `/.` at its end it must
 * be a directory, which `use` is given too. Throws the system's error, or one with code ELOOP.
 */
export function resolveMerged<T>(
  layers: readonly Layer[],
  path: string,
  use: (found: MergedEntry | null, directory: MergedDirectory) => T,
): T {
  const resolution = new Resolution(layers);
  try {
    return use(resolution.find(path), resolution.here);
  } finally {
    resolution.close();
  }
}

class Resolution {
  readonly #way: [MergedDirectory, ...MergedDirectory[]];
  #links = 0;

  constructor(layers: readonly Layer[]) {
    this.#way = [MergedDirectory.root(ROOT, layers)];
  }

  get here(): MergedDirectory {
    return this.#way.at(-1) ?? this.#way[0];
  }

  find(path: string): MergedEntry | null {
    const pending = path.split('/').reverse();
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const name = pending.pop();
      if (name === undefined) return this.here.self;
      if (name === '..') this.#up();
      if (name === '' || name === '.' || name === '..') continue;
      const found = this.here.look(name);
      if (found?.stats.isSymbolicLink() === true) pending.push(...this.#target(found).reverse());
      else if (found === null || pending.length === 0) return found;
      else if (!this.#down(name, found)) return null;
    }
    throw loop();
  }

  close(): void {
    for (const directory of this.#way) directory.close();
  }

  #target({ anchored }: MergedEntry): string[] {
    this.#links += 1;
    if (this.#links > MOST_LINKS) throw loop();
    const target = linkTarget(anchored);
    if (target.startsWith('/')) while (this.#way.length > 1) this.#up();
    return target.split('/');
  }

  #down(name: string, { stats }: MergedEntry): boolean {
    const entered = stats.isDirectory() ? this.here.enter(name) : null;
    if (entered !== null) this.#way.push(entered);
    return entered !== null;
  }

  /** The top is its own parent. */
  #up(): void {
    if (this.#way.length > 1) this.#way.pop()?.close();
  }
}

function loop(): Error {
  return Object.assign(new Error('too many steps'), { code: 'ELOOP' });
}
