// Forgets: frames and the facts that no frame shows any more, or a system with all of its history.
import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { UnfoldError } from '../../../schemas/error.ts';
import { oldestToStay, type DatedFrame } from '../../retention.ts';
import type { Removed, Retention } from '../index-keeping.ts';
import { isBusy } from './errors.ts';
import { Sweep } from './sweep.ts';
import { tidyVocabulary } from './vocabulary.ts';
import type { Begin } from './write-lock.ts';

/** Free pages are given back when they are more than so many (64 MiB), or than this part of the file. */
const FREE_PAGES = 8192;
const FREE_PART = 0.1;
/** Pages given back at a time. */
const PAGES = 1000;

/** A connection to write to, and what begins its transactions. */
export interface Writing {
  readonly db: DatabaseSync;
  readonly begin: Begin;
}

type Counts = { -readonly [name in keyof Removed]: Removed[name] };

/** Removes what the retention no longer wants, a transaction per system. */
export async function retain(writing: Writing, retention: Retention, signal: AbortSignal): Promise<Removed> {
  const { db } = writing;
  const removed: Counts = { systems: 0, frames: 0, facts: 0, contents: 0 };
  for (const { system, frames } of systemsWithFrames(db)) {
    const stays = oldestToStay(frames, retention);
    if (stays === null || !frames.some(({ at }) => at < stays)) continue;
    await transaction(writing, signal, () => retainOne(db, system, retention, removed));
  }
  await sweepAll(writing, removed, signal);
  return removed;
}

/** Removes a system. Throws UNFOLD_SYSTEM_UNKNOWN. */
export async function forget(writing: Writing, ref: string, signal: AbortSignal): Promise<Removed> {
  const { db } = writing;
  const removed: Counts = { systems: 0, frames: 0, facts: 0, contents: 0 };
  await transaction(writing, signal, () => {
    const system = db.prepare('SELECT id FROM system WHERE ref = ?').get(ref) as { id: number } | undefined;
    if (system === undefined)
      throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no system of the index has the id ${ref}`);
    const run = (sql: string) => Number(db.prepare(sql).run(system.id).changes);
    run('INSERT OR IGNORE INTO suspect SELECT entry FROM fact WHERE system = ?');
    removed.facts += run('DELETE FROM fact WHERE system = ?');
    run('DELETE FROM presence WHERE system = ?');
    run('DELETE FROM problem WHERE frame IN (SELECT id FROM frame WHERE system = ?)');
    removed.frames += run('DELETE FROM frame WHERE system = ?');
    removed.systems += run('DELETE FROM system WHERE id = ?');
  });
  await sweepAll(writing, removed, signal);
  return removed;
}

/** Frames of each system, the newest first. */
function systemsWithFrames(db: DatabaseSync): { system: number; frames: DatedFrame[] }[] {
  const frames = new Map<number, DatedFrame[]>();
  const select = db.prepare(
    "SELECT system, at, status = 'failed' FROM frame ORDER BY system, at DESC, id DESC",
  );
  select.setReturnArrays(true);
  for (const row of select.iterate()) {
    const [system, at, failed] = row as unknown as [number, number, number];
    const known = frames.get(system);
    if (known) known.push({ at, failed: failed === 1 });
    else frames.set(system, [{ at, failed: failed === 1 }]);
  }
  return [...frames].map(([system, ofSystem]) => ({ system, frames: ofSystem }));
}

function retainOne(db: DatabaseSync, system: number, retention: Retention, removed: Counts): void {
  const frames = db
    .prepare("SELECT at, status = 'failed' AS failed FROM frame WHERE system = ? ORDER BY at DESC, id DESC")
    .all(system)
    .map((row) => row as unknown as { at: number; failed: number });
  const stays = oldestToStay(
    frames.map(({ at, failed }) => ({ at, failed: failed === 1 })),
    retention,
  );
  if (stays === null) return;
  const run = (sql: string) => Number(db.prepare(sql).run(system, stays).changes);
  run('INSERT OR IGNORE INTO suspect SELECT entry FROM fact WHERE system = ? AND ended <= ?');
  removed.facts += run('DELETE FROM fact WHERE system = ? AND ended <= ?');
  run('DELETE FROM problem WHERE frame IN (SELECT id FROM frame WHERE system = ? AND at < ?)');
  removed.frames += run('DELETE FROM frame WHERE system = ? AND at < ?');
}

async function transaction<T>({ db, begin }: Writing, signal: AbortSignal, work: () => T): Promise<T> {
  await begin(signal);
  const done = work();
  db.exec('COMMIT');
  return done;
}

/** Suspects wait in the index, so that an interrupted sweep is finished by the next. */
async function sweepAll(writing: Writing, removed: Counts, signal: AbortSignal): Promise<void> {
  const sweep = new Sweep(writing.db);
  while (await transaction(writing, signal, () => sweep.batch())) await setImmediate();
  removed.contents += sweep.contents;
  await transaction(writing, signal, () => tidyVocabulary(writing.db));
  await giveBack(writing.db, signal);
}

/** Gives free pages back to the file system; where another process is writing, the next time. */
async function giveBack(db: DatabaseSync, signal: AbortSignal): Promise<void> {
  const number = (pragma: string) => Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  const free = number('freelist_count');
  if (free < Math.min(FREE_PAGES, number('page_count') * FREE_PART)) return;
  try {
    for (let given = 0; given < free; given += PAGES) {
      signal.throwIfAborted();
      db.exec(`PRAGMA incremental_vacuum(${PAGES})`);
      await setImmediate();
    }
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}
