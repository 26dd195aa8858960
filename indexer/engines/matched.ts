// What a search found, as engines hand it to what judges and shows it.
import type { Feature } from '../../schemas/entries.ts';
import type { SystemRef } from '../../schemas/system.ts';

/** How an entry satisfies a leaf. */
export interface Satisfied {
  readonly leaf: number;
  readonly inContent: boolean;
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

/** The matching facts of a system, by its index, as indexes of entries. */
export type FactsOf = (system: number) => Iterable<number>;

/** A system that may be in the answer. */
export interface Candidate {
  readonly ref: SystemRef;
}
