// What an answer is sought in.
import type { Deadline } from '../deadline.ts';
import type { PastFact } from './past.ts';
import type { PackedCache } from './packed-cache.ts';
import type { Recent } from './recent.ts';
import type { Store } from './store.ts';
import type { AnsweringSystem } from './systems.ts';

/** The systems of an answer, and where to read about them. */
export interface Scope {
  readonly store: Store;
  readonly packed: PackedCache;
  /** Texts that were shown lately, by SHA-256. */
  readonly texts: Recent<string>;
  readonly systems: readonly AnsweringSystem[];
  /** Milliseconds; null: now. */
  readonly at: number | null;
  readonly deadline: Deadline;
}

/** Facts that held at the answer's instant and ended since. */
export class EndedSince {
  readonly #facts = new Map<string, PastFact>();

  add(fact: PastFact): void {
    this.#facts.set(`${fact.system} ${fact.number}`, fact);
  }

  /** The fact of an entry of a system, by its index. */
  get(system: number, number: number): PastFact | undefined {
    return this.#facts.get(`${system} ${number}`);
  }
}
