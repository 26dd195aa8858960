// What a search found, as engines hand it to what judges and shows it.
import type { Feature } from '../../schemas/entries.ts';
import type { FrameEnd, FrameHeader } from '../../schemas/frame.ts';
import type { SystemRef } from '../../schemas/system.ts';
import type { Match } from './ranking.ts';

/** How an entry satisfies a leaf. */
export interface Satisfied {
  readonly leaf: number;
  readonly match: Match;
}

function nameOf({ leaf, match }: Satisfied): string {
  return `${leaf} ${match}`;
}

/** The patterns of how entries satisfy leaves, by number; number 0 is that of none. */
export class Patterns {
  readonly list: Satisfied[][] = [[]];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #next = new Map<string, number>();

  /** The number of a pattern with one way more in which a leaf is satisfied, in whichever order they come. */
  extended(pattern: number, satisfied: Satisfied): number {
    const name = `${pattern} ${nameOf(satisfied)}`;
    let extended = this.#next.get(name);
    if (extended === undefined) {
      extended = this.#numberOf([...(this.list[pattern] ?? []), satisfied]);
      this.#next.set(name, extended);
    }
    return extended;
  }

  #numberOf(ways: readonly Satisfied[]): number {
    const named = new Map(ways.map((satisfied) => [nameOf(satisfied), satisfied]));
    const names = [...named.keys()].sort();
    const known = this.#numbers.get(names.join());
    if (known !== undefined) return known;
    const number = this.list.push(names.flatMap((name) => named.get(name) ?? [])) - 1;
    this.#numbers.set(names.join(), number);
    return number;
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
