// How long a search may read what it cannot be sure of without reading.
import { UnfoldError } from '../../schemas/error.ts';

/** Milliseconds a search may take where nothing else is said. */
export const SEARCH_MS = 30_000;

/** The end of a search's time; looked at between one text and the next, as an engine may be synchronous. */
export class Deadline {
  readonly #ms: number;
  readonly #end: number;

  constructor(ms = SEARCH_MS) {
    this.#ms = ms;
    this.#end = performance.now() + ms;
  }

  /** Throws UNFOLD_QUERY_TIMEOUT where the time is over. */
  check(): void {
    if (performance.now() < this.#end) return;
    throw new UnfoldError(
      'UNFOLD_QUERY_TIMEOUT',
      `the search took longer than ${this.#ms / 1000} s: too many texts had to be read for it`,
      { remedy: 'Ask for a longer literal part, or for rarer words, beside it or in it.' },
    );
  }
}
