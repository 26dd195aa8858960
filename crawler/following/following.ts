// Decides which containers are crawled as they begin and end: what does not last is not, and what comes too often waits.
import type { FoundSystem } from '../sources/source.ts';

/** How much is crawled. */
export interface Pace {
  /** A container is crawled once it has run, or been stopped, for as long. */
  readonly lifetimeMs: number;
  /** Crawls a minute, on the whole; as many may come at once. */
  readonly perMinute: number;
}

/** What is to be crawled now, in order; and when to look again at the latest, if anything waits. */
export interface Due {
  readonly systems: readonly FoundSystem[];
  readonly nextMs: number | null;
}

/** What a container does: one run, or none. */
interface Known {
  readonly state: number | 'stopped';
  readonly sinceMs: number;
  /** It was crawled, or needs not be. */
  readonly isSettled: boolean;
}

const MINUTE = 60_000;

/** Instants are milliseconds after the machine was booted, as `FoundSystem.run` is. */
export class Following {
  /** Runs of containers that ended before they were crawled. */
  missed = 0;
  readonly #pace: Pace;
  /** When a container of an image was crawled last. */
  readonly #turns = new Map<string, number>();
  #known: Map<string, Known> | null = null;
  #allowed = 0;
  #lookedMs = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /**
   * Looks at all containers there are now. `ranBefore` tells whether the last frame of one shows it running: its end is
   * due, too; what began and ended too soon leaves no trace. All that is there at the first look is due, and costs nothing.
   */
  look(systems: readonly FoundSystem[], ranBefore: (id: string) => boolean, now: number): Due {
    const before = this.#known;
    const known = new Map<string, Known>();
    for (const system of systems) known.set(system.ref.id, this.#seen(system, ranBefore, now));
    for (const [id, { state, isSettled }] of before ?? [])
      if (!isSettled && state !== 'stopped' && known.get(id)?.state !== state) this.missed += 1;
    this.#known = known;
    if (before === null) this.#allowed = Math.max(this.#pace.perMinute, systems.length);
    else this.#refill(now - this.#lookedMs);
    this.#lookedMs = now;
    return this.#due(systems, now);
  }

  /** To be told of each system that was due when its crawl begins. */
  crawls({ ref }: FoundSystem): void {
    const known = this.#known?.get(ref.id);
    if (known !== undefined) this.#known?.set(ref.id, { ...known, isSettled: true });
    this.#allowed -= 1;
    this.#turns.set(kindOf(ref), this.#lookedMs);
  }

  #seen({ ref, run }: FoundSystem, ranBefore: (id: string) => boolean, now: number): Known {
    const before = this.#known?.get(ref.id);
    const state = run ?? 'stopped';
    if (before?.state === state) return before;
    if (run !== undefined) return { state, sinceMs: run, isSettled: false };
    if (this.#known === null) return { state, sinceMs: now - this.#pace.lifetimeMs, isSettled: false };
    return { state, sinceMs: now, isSettled: !ranBefore(ref.id) };
  }

  #refill(passedMs: number): void {
    const { perMinute } = this.#pace;
    const more = Math.min(perMinute, this.#allowed + (passedMs * perMinute) / MINUTE);
    this.#allowed = Math.max(this.#allowed, more);
  }

  #due(systems: readonly FoundSystem[], now: number): Due {
    const ready: FoundSystem[] = [];
    let nextMs: number | null = null;
    const waits = (ms: number): void => void (nextMs = Math.min(nextMs ?? ms, ms));
    for (const system of systems) {
      const known = this.#known?.get(system.ref.id);
      if (known === undefined || known.isSettled) continue;
      const readyMs = known.sinceMs + this.#pace.lifetimeMs;
      if (readyMs <= now) ready.push(system);
      else waits(readyMs);
    }
    // Images take turns: however often containers of one are started, those of others are crawled as well.
    const turn = ({ ref }: FoundSystem): number => this.#turns.get(kindOf(ref)) ?? Number.NEGATIVE_INFINITY;
    ready.sort((a, b) => Math.sign(turn(a) - turn(b)) || 0);
    const due = ready.slice(0, Math.max(0, Math.floor(this.#allowed)));
    if (due.length < ready.length) waits(now + MINUTE / this.#pace.perMinute);
    return { systems: due, nextMs };
  }
}

function kindOf({ id, container }: FoundSystem['ref']): string {
  return container?.image?.id ?? container?.image?.name ?? id;
}
