// What was read of the index's newest state, remembered while it is that.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Remembers for a connection that only reads, until another one changes the index. */
export class StateMemory {
  readonly #changes: StatementSync;
  readonly #values = new Map<string, unknown>();
  #version: unknown = null;

  constructor(db: DatabaseSync) {
    this.#changes = db.prepare('PRAGMA data_version');
  }

  /** What `read` gives, or gave under this name in the same state. The caller holds a transaction. */
  of<T>(name: string, read: () => T): T {
    const version = this.#changes.get()?.['data_version'];
    if (version !== this.#version) this.#values.clear();
    this.#version = version;
    if (!this.#values.has(name)) this.#values.set(name, read());
    return this.#values.get(name) as T;
  }
}
