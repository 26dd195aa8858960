// What a crawl could not see, told by its problems: that an entry is missing there says nothing.
import type { Feature } from '../../schemas/entries.ts';
import type { LeftOut } from '../../schemas/frame.ts';
import type { Problem } from '../../schemas/problem.ts';
import { YIELDS } from '../../schemas/yields.ts';

/**
 * Collects what was not seen: a path with a problem and all below it, what could not be mounted, every entry of a feature
 * whose extractor had a problem that is no path of it. An index goes by the same rule (closing.ts); where the two should
 * ever differ, it refuses the delta and is given the whole.
 */
export class Unread {
  readonly #features: readonly Feature[];
  readonly #doubtful = new Set<Feature>();
  readonly #paths = new Set<string>();
  #problems = 0;

  /** `features` are those of the frame. */
  constructor(features: readonly Feature[]) {
    this.#features = features;
  }

  problem({ extractor, path }: Problem): void {
    this.#problems += 1;
    if (path !== undefined) this.#add(path);
    for (const feature of YIELDS[extractor] ?? this.#features) {
      if (path === undefined || feature !== 'file') this.#doubtful.add(feature);
    }
  }

  leftOut({ path, reason }: LeftOut): void {
    if (reason === 'not-mounted') this.#add(path);
  }

  /** A feature of which nothing at all was seen, in a crawl that had problems. */
  counted(counts: Readonly<Partial<Record<Feature, number>>>): void {
    if (this.#problems === 0) return;
    for (const feature of this.#features) if ((counts[feature] ?? 0) === 0) this.#doubtful.add(feature);
  }

  /** True where the entry may be there, not seen. */
  covers(feature: Feature, key: string): boolean {
    if (this.#doubtful.has(feature)) return true;
    if (this.#paths.size === 0 || !key.startsWith('/')) return false;
    if (this.#paths.has('') || this.#paths.has(key)) return true;
    for (let cut = key.lastIndexOf('/'); cut > 0; cut = key.lastIndexOf('/', cut - 1)) {
      if (this.#paths.has(key.slice(0, cut))) return true;
    }
    return false;
  }

  /** `/` is kept as the empty path: everything lies below it. */
  #add(path: string): void {
    this.#paths.add(path.replace(/\/+$/, ''));
  }
}
