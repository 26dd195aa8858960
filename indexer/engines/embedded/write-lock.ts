// Waits until no other process writes to the index.
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { isBusy } from './errors.ts';

/** A large frame of another process takes minutes; what takes longer is stuck. */
const PATIENCE_MS = 600_000;
const PAUSE_MS = 50;

/** Begins a transaction to write; the one who holds it commits. */
export type Begin = (signal: AbortSignal) => Promise<void>;

/** Begins the transaction of a frame. Rejects with the signal's reason, or when another process writes for ten minutes. */
export async function beginWriting(db: DatabaseSync, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    signal.throwIfAborted();
    try {
      db.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
    }
    await setTimeout(PAUSE_MS, undefined, { signal });
  }
}
