// Asks saved searches again when the index has changed, and tells what changed in their answers.
import { createHash } from 'node:crypto';
import type { SystemState } from '../../indexer/engines/search-engine.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { SavedSearch } from '../../schemas/saved-search.ts';
import type { AskableIndex } from '../restricted.ts';
import type { SavedFile } from '../saved/saved-file.ts';
import { search } from '../search.ts';
import { difference } from './difference.ts';
import { eventOf } from './event.ts';
import type { WatchStore } from './watch-store.ts';

/** Pieces of evidence per system of an event. */
const EVIDENCE = 3;
/** A search of which more events wait is not asked: what changes meanwhile is told together, later. */
const WAITING = 64;

/** What watching needs. */
export interface WatcherOptions {
  readonly engine: AskableIndex;
  readonly saved: SavedFile;
  /** Names of the searches; empty: all that are saved. */
  readonly names: readonly string[];
  readonly store: WatchStore;
  readonly staleAfterHours: number;
  readonly say: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Watches saved searches. */
export class Watcher {
  readonly #options: WatcherOptions;
  #saved: readonly SavedSearch[] | null = null;
  #states: readonly SystemState[] | null = null;
  #seen = '';
  /** What was said of a search, so that it is said once. */
  readonly #said = new Map<string, string>();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** The searches that are watched, as they are saved now. Throws UNFOLD_SAVED_UNKNOWN. */
  searches(): readonly SavedSearch[] {
    const { saved, names } = this.#options;
    return names.length === 0 ? saved.searches() : names.map((name) => saved.named(name));
  }

  /**
   * Asks each search for which the index is another than when it was asked last, or (`askAll`) every one, as time changes answers,
   * too. Throws what the engine throws where the index cannot be read at all.
   */
  async look(askAll: boolean): Promise<void> {
    const { engine, saved, store, signal } = this.#options;
    // Before the questions: a frame that comes between is seen by the next look.
    const states = await engine.systems(null, signal);
    if (states !== this.#states) this.#seen = seenOf(states);
    this.#states = states;
    const all = saved.searches();
    if (all !== this.#saved) store.keepOnly(all.map(({ name }) => name));
    this.#saved = all;
    for (const one of this.searches())
      if (askAll || store.seen(one) !== this.#seen) await this.#ask(one, states);
  }

  async #ask(one: SavedSearch, states: readonly SystemState[]): Promise<void> {
    const { engine, store, staleAfterHours, signal } = this.#options;
    if (store.waiting(one.name) >= WAITING) {
      this.#say(
        one.name,
        `${WAITING} events wait for their receiver; the search is asked again when it takes them`,
      );
      return;
    }
    const options = { at: null, limit: null, evidence: EVIDENCE, cursor: null, facets: [] };
    try {
      const answer = await search(engine, one.query, { ...options, staleAfterHours, signal });
      const before = store.remembered(one);
      const ids = new Set(states.map(({ system }) => system.id));
      const changes = difference(before?.told ?? new Map(), answer, (id) => ids.has(id));
      store.tell(
        one,
        { seen: this.#seen, told: changes.told },
        eventOf(one, answer, changes, before === null),
      );
      this.#said.delete(one.name);
    } catch (error) {
      if (!(error instanceof UnfoldError) || signal.aborted) throw error;
      this.#say(one.name, `${error.code}: ${error.message}`);
    }
  }

  #say(name: string, message: string): void {
    if (this.#said.get(name) === message) return;
    this.#said.set(name, message);
    this.#options.say(`${name}: ${message}`);
  }
}

/** Tells a state of the index from another: which frame is the newest of each system, and which crawl failed since. */
function seenOf(states: readonly SystemState[]): string {
  const hash = createHash('sha256');
  for (const { system, frame, failure } of states)
    hash.update(JSON.stringify([system.id, frame?.header.id, failure?.at]));
  return hash.digest('base64url');
}
