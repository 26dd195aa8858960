// What a search found, as engines hand it to what judges and shows it.
import type { Feature } from '../../schemas/entries.ts';
import type { FrameEnd, FrameHeader } from '../../schemas/frame.ts';
import type { SystemRef } from '../../schemas/system.ts';

/** How an entry satisfies a leaf. */
export interface Satisfied {
  readonly leaf: number;
  readonly inContent: boolean;
}

/** The patterns of how entries satisfy leaves, by number; number 0 is that of none. */
export class Patterns {
  readonly list: Satisfied[][] = [[]];
  readonly #next = new Map<string, number>();

  /** The number of a pattern with one leaf more. */
  extended(pattern: number, satisfied: Satisfied): number {
    const name = `${pattern} ${satisfied.leaf} ${satisfied.inContent}`;
    let extended = this.#next.get(name);
    if (extended === undefined) {
      const before = this.list[pattern] ?? [];
      const repeats = before.some(
        (one) => one.leaf === satisfied.leaf && one.inContent === satisfied.inContent,
      );
      extended = repeats ? pattern : this.list.push([...before, satisfied]) - 1;
      this.#next.set(name, extended);
    }
    return extended;
  }

  /** The number of the pattern with those leaves alone: of a past fact only what the leaves of groups say counts. */
  only(pattern: number, isWanted: (leaf: number) => boolean): number {
    let left = 0;
    for (const satisfied of this.list[pattern] ?? [])
      if (isWanted(satisfied.leaf)) left = this.extended(left, satisfied);
    return left;
  }
}

/**
 * Entries that satisfy a leaf, by index, each with the pattern of how. There are few patterns, however many entries. An
 * entry stands here once more for each way in which facts of it changed.
 */
export interface Matched {
  /** Where an entry stands (a file's directory), by number; entries of a place are of one feature. */
  readonly places: readonly number[];
  readonly patternOf: readonly number[];
  readonly patterns: readonly (readonly Satisfied[])[];
  feature(entry: number): Feature;
  /** What keys of a place begin with. */
  prefix(place: number): string;
  key(entry: number): string;
  /** When the fact began (ms), where it is one that does not hold at the answer's instant; else Infinity. */
  began(entry: number): number;
}

/** A system that may be in the answer. */
export interface Candidate {
  readonly ref: SystemRef;
  /** Features of which its frame tells everything: what is not there does not exist. */
  readonly tells: ReadonlySet<Feature>;
}

const NOTHING: ReadonlySet<Feature> = new Set();

/** What a frame tells everything of: the features it read, if it is complete. */
export function toldBy(
  { features }: FrameHeader,
  { status }: Pick<FrameEnd, 'status'>,
): ReadonlySet<Feature> {
  return status === 'complete' ? new Set(features) : NOTHING;
}
