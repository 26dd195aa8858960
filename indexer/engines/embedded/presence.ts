// What holds for one system now, block by block, while a frame is applied to it.
import type { DatabaseSync } from 'node:sqlite';
import { BLOCK_SIZE, emptyBlock, packBlock, unpackBlock, type Block } from './blocks.ts';

interface State {
  readonly began: Block;
  /** 1 where the frame being applied has the entry too. */
  readonly seen: Uint8Array;
  dirty: boolean;
}

/** The entries that hold for a system, with the instant since when, and which of them a frame has shown again. */
export class Presence {
  readonly #db: DatabaseSync;
  readonly #system: number;
  readonly #blocks = new Map<number, State>();

  constructor(db: DatabaseSync, system: number) {
    this.#db = db;
    this.#system = system;
    const select = db.prepare('SELECT block, packed FROM presence WHERE system = ?');
    for (const row of select.iterate(system)) {
      const { block, packed } = row as { block: number; packed: Uint8Array };
      const { began } = this.#block(block);
      unpackBlock(packed, (offset, instant) => (began[offset] = instant));
    }
  }

  /** Since when the entry holds (ms), null if it does not. */
  began(entry: number): number | null {
    const instant = this.#of(entry).began[entry % BLOCK_SIZE] ?? NaN;
    return Number.isNaN(instant) ? null : instant;
  }

  open(entry: number, began: number): void {
    const state = this.#of(entry);
    state.began[entry % BLOCK_SIZE] = began;
    state.dirty = true;
  }

  close(entry: number): void {
    this.open(entry, NaN);
  }

  seen(entry: number): boolean {
    return this.#of(entry).seen[entry % BLOCK_SIZE] === 1;
  }

  markSeen(entry: number): void {
    this.#of(entry).seen[entry % BLOCK_SIZE] = 1;
  }

  /** Entries that hold and that the frame has not shown. They may be closed meanwhile. */
  *unseen(): Generator<number> {
    for (const [block, { began, seen }] of this.#blocks) {
      for (let offset = 0; offset < BLOCK_SIZE; offset++) {
        if (seen[offset] === 0 && !Number.isNaN(began[offset])) yield block * BLOCK_SIZE + offset;
      }
    }
  }

  /** Writes the blocks that changed. */
  save(): void {
    const replace = this.#db.prepare(
      'INSERT OR REPLACE INTO presence(block, system, packed) VALUES (?, ?, ?)',
    );
    const remove = this.#db.prepare('DELETE FROM presence WHERE block = ? AND system = ?');
    for (const [block, { began, dirty }] of this.#blocks) {
      if (!dirty) continue;
      const packed = packBlock(began);
      if (packed === null) remove.run(block, this.#system);
      else replace.run(block, this.#system, packed);
    }
  }

  #of(entry: number): State {
    return this.#block(Math.floor(entry / BLOCK_SIZE));
  }

  #block(block: number): State {
    let state = this.#blocks.get(block);
    if (state === undefined) {
      state = { began: emptyBlock(), seen: new Uint8Array(BLOCK_SIZE), dirty: false };
      this.#blocks.set(block, state);
    }
    return state;
  }
}
