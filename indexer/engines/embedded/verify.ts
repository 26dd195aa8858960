// Checks an index: every text against its hash, every term against its text, facts against each other.
import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Finding, Progress } from '../index-keeping.ts';
import { verifyHistory } from './verify-history.ts';
import { verifySearched } from './verify-searched.ts';

/** Rows checked between two looks at the clock. */
const ROWS = 1000;

/** What is wrong in the index, from the file up; the caller holds a transaction. */
export async function* verifyIndex(
  db: DatabaseSync,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  let done = 0;
  const total = stepsOf(db);
  for (const finding of verify(db)) {
    if (finding !== null) yield finding;
    else if (++done % ROWS === 0) {
      progress(Math.min(done, total), total);
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  progress(total, total);
}

function stepsOf(db: DatabaseSync): number {
  const count = (table: string) =>
    (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
  return count('content') + count('entry') + count('fact');
}

/** Null after each step. */
function* verify(db: DatabaseSync): Generator<Finding | null> {
  const damage = db.prepare('PRAGMA integrity_check').all();
  for (const row of damage) {
    const message = String(Object.values(row)[0]);
    if (message !== 'ok') yield { check: 'storage', system: null, message };
  }
  yield* verifySearched(db);
  yield* verifyHistory(db);
}
