// Waits and tries again while Elasticsearch is away or has too much to do.
import { setTimeout } from 'node:timers/promises';
import { errors } from '@elastic/elasticsearch';

/**
 * How long to wait (ms): a node that restarts is back in a minute, a cluster that lost its master in a few, and what is to
 * be written would be lost work. Who asks a question waits for an election, and is then told.
 */
export const PATIENCE_MS = { write: 600_000, read: 20_000 } as const;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 15_000;

/** Statuses after which the same request may succeed: too much to do, or nobody there to do it. */
const PASSING = new Set([429, 502, 503, 504]);

/** True for the status of an answer that may pass. */
export function isPassingStatus(status: number | undefined): boolean {
  return status !== undefined && PASSING.has(status);
}

/** True for an error that may pass: no connection, no answer in time, or such a status. */
export function isPassing(error: unknown): boolean {
  if (error instanceof errors.ResponseError) return isPassingStatus(error.statusCode);
  return (
    error instanceof errors.ConnectionError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoLivingConnectionsError
  );
}

/** Pauses between tries: longer each time, and by chance, so that many who wait do not come back at once. */
export class Patience {
  readonly #signal: AbortSignal;
  readonly #deadline: number;
  #pause = FIRST_PAUSE_MS;

  constructor(signal: AbortSignal, forMs: number = PATIENCE_MS.write) {
    this.#signal = signal;
    this.#deadline = Date.now() + forMs;
  }

  /** Waits; false when patience is at its end. Rejects with the signal's reason. */
  async wait(): Promise<boolean> {
    if (Date.now() > this.#deadline) return false;
    await setTimeout(this.#pause * (0.5 + Math.random()), undefined, { signal: this.#signal });
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    return true;
  }
}

/** Does what may be done twice, again and again while it fails for what may pass. */
export async function patiently<T>(
  signal: AbortSignal,
  run: () => Promise<T>,
  forMs: number = PATIENCE_MS.write,
): Promise<T> {
  const patience = new Patience(signal, forMs);
  for (;;) {
    try {
      return await run();
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error) || !(await patience.wait())) throw error;
    }
  }
}
