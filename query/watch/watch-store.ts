// What a watcher remembers between two runs: what it has told of each saved search, and the events that wait for their receivers.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UnfoldError } from '../../schemas/error.ts';
import type { SavedSearch, WatchEvent } from '../../schemas/saved-search.ts';
import type { Told } from './difference.ts';

const NAME = 'watch.sqlite';
/** A watcher that ends frees the file at once. */
const PATIENCE_MS = 1000;

const TABLES = `
CREATE TABLE IF NOT EXISTS search (name TEXT PRIMARY KEY, query TEXT NOT NULL, seen TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS told (
  search TEXT NOT NULL, system TEXT NOT NULL, state TEXT NOT NULL, hit TEXT NOT NULL, PRIMARY KEY (search, system)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
  number INTEGER PRIMARY KEY AUTOINCREMENT, search TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS event_of_search ON event (search, number);
`;

/** What was told of a search last; `seen` says which state of the index it was. */
export interface Remembered {
  readonly seen: string;
  readonly told: ReadonlyMap<string, Told>;
}

/** An event that waits; `due` in milliseconds since 1970. */
export interface WaitingEvent {
  readonly number: number;
  readonly id: string;
  readonly body: string;
  readonly attempts: number;
  readonly due: number;
}

/** The memory of the one watcher of a data folder. Each method is a transaction. */
export class WatchStore {
  readonly #db: DatabaseSync;

  /** Throws UNFOLD_WATCHED_ALREADY while another process has it. */
  constructor(dataFolder: string) {
    const file = join(dataFolder, NAME);
    this.#db = new DatabaseSync(file, { timeout: PATIENCE_MS });
    try {
      // The lock of the first transaction stays for as long as the connection.
      this.#db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      this.#transaction(() => this.#db.exec(TABLES));
    } catch (cause) {
      this.#db.close();
      if (!/locked|busy/.test((cause as Error).message)) throw cause;
      throw new UnfoldError(
        'UNFOLD_WATCHED_ALREADY',
        `Another process watches the searches of ${dataFolder}.`,
        {
          cause,
        },
      );
    }
    // Evidence is in it.
    chmodSync(file, 0o600);
  }

  /** What was told of this query under this name; null before its first answer. */
  remembered({ name, query }: SavedSearch): Remembered | null {
    const row = this.#db.prepare('SELECT seen FROM search WHERE name = ? AND query = ?').get(name, query);
    if (row === undefined) return null;
    const told = new Map<string, Told>();
    for (const one of this.#db
      .prepare('SELECT system, state, hit FROM told WHERE search = ?')
      .iterate(name)) {
      const { system, state, hit } = one as { system: string; state: Told['state']; hit: string };
      told.set(system, { state, hit: JSON.parse(hit) as Told['hit'] });
    }
    return { seen: (row as { seen: string }).seen, told };
  }

  /** The state of the index that was seen when this query was last asked. */
  seen({ name, query }: SavedSearch): string | null {
    const row = this.#db.prepare('SELECT seen FROM search WHERE name = ? AND query = ?').get(name, query);
    return (row as { seen: string } | undefined)?.seen ?? null;
  }

  /** Remembers what is told from now on, and the event that tells it, both or neither. */
  tell({ name, query }: SavedSearch, { seen, told }: Remembered, event: WatchEvent | null): void {
    this.#transaction(() => {
      this.#db
        .prepare(
          'INSERT INTO search VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET query = excluded.query, seen = excluded.seen',
        )
        .run(name, query, seen);
      if (event === null) return;
      this.#db.prepare('DELETE FROM told WHERE search = ?').run(name);
      const add = this.#db.prepare('INSERT INTO told VALUES (?, ?, ?, ?)');
      for (const [system, { state, hit }] of told) add.run(name, system, state, JSON.stringify(hit));
      this.#db
        .prepare('INSERT INTO event (search, id, body) VALUES (?, ?, ?)')
        .run(name, event.id, JSON.stringify(event));
    });
  }

  /** How many events of a search wait. */
  waiting(name: string): number {
    const row = this.#db.prepare('SELECT count(*) AS events FROM event WHERE search = ?').get(name);
    return (row as { events: number }).events;
  }

  /** The event of a search that is to be delivered before all others. */
  next(name: string): WaitingEvent | null {
    const row = this.#db
      .prepare('SELECT number, id, body, attempts, due FROM event WHERE search = ? ORDER BY number LIMIT 1')
      .get(name);
    return (row as WaitingEvent | undefined) ?? null;
  }

  /** The event is delivered, or nobody will ever take it. */
  done({ number }: WaitingEvent): void {
    this.#db.prepare('DELETE FROM event WHERE number = ?').run(number);
  }

  /** The event is tried again at an instant. */
  postpone({ number }: WaitingEvent, due: number): void {
    this.#db.prepare('UPDATE event SET attempts = attempts + 1, due = ? WHERE number = ?').run(due, number);
  }

  /** Forgets searches that are not saved any more, with their events. */
  keepOnly(names: readonly string[]): void {
    const kept = JSON.stringify(names);
    this.#transaction(() => {
      for (const [table, column] of [
        ['search', 'name'],
        ['told', 'search'],
        ['event', 'search'],
      ])
        this.#db
          .prepare(`DELETE FROM ${table} WHERE ${column} NOT IN (SELECT value FROM json_each(?))`)
          .run(kept);
    });
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
