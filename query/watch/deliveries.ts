// Brings waiting events to their receivers: those of a search in their order, one receiver never in the way of another.
import { setTimeout } from 'node:timers/promises';
import type { SavedSearch } from '../../schemas/saved-search.ts';
import type { WaitingEvent, WatchStore } from './watch-store.ts';
import { pauseAfter, post } from './webhook.ts';

/** What deliveries need. */
export interface DeliveryOptions {
  readonly store: WatchStore;
  /** The search as it is saved now; null where it is not any more. */
  readonly search: (name: string) => SavedSearch | null;
  /** Takes the events of searches without webhook; done when they are written. */
  readonly print: (line: string) => Promise<void>;
  readonly say: (message: string) => void;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

/** The deliveries of one watcher. */
export class Deliveries {
  readonly #options: DeliveryOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #failures: unknown[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Goes on with the events of a search until none waits. Throws what made an earlier delivery fail for good. */
  wake(name: string): void {
    if (this.#failures.length > 0) throw this.#failures[0];
    if (this.#underWay.has(name)) return;
    const ended = this.#deliverAll(name)
      .catch((error: unknown) => {
        if (!this.#options.signal.aborted) this.#failures.push(error);
      })
      .finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, ended);
  }

  /** Tries the events of a search once each, up to the first that does not arrive; whether all did. */
  async tryOnce(name: string): Promise<boolean> {
    for (;;) {
      const event = this.#options.store.next(name);
      if (event === null) return true;
      if (!(await this.#deliver(name, event))) return false;
    }
  }

  /** Resolves when all that was under way has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #deliverAll(name: string): Promise<void> {
    const { store, signal } = this.#options;
    for (let event = store.next(name); event !== null; event = store.next(name)) {
      await setTimeout(Math.max(0, event.due - Date.now()), undefined, { signal });
      await this.#deliver(name, event);
    }
  }

  /** Whether the event need not be tried again. */
  async #deliver(name: string, event: WaitingEvent): Promise<boolean> {
    const { store, search, print, say, userAgent, signal } = this.#options;
    const saved = search(name);
    if (saved?.webhook == null) {
      if (saved !== null) await print(event.body);
      store.done(event);
      return true;
    }
    const result = await post(saved.webhook, event, { userAgent, signal });
    const receiver = `${name}: the receiver at ${new URL(saved.webhook.url).host}`;
    if (result.outcome === 'again') {
      const pause = Math.ceil(pauseAfter(event.attempts, result.wishedMs));
      store.postpone(event, Date.now() + pause);
      say(
        `${receiver} does not take event ${event.id}: ${result.reason}; next try in ${Math.ceil(pause / 1000)} s`,
      );
      return false;
    }
    if (result.outcome === 'refused')
      say(`${receiver} refuses event ${event.id}: ${result.reason}; it is dropped`);
    store.done(event);
    return true;
  }
}
