// What holds for one system now, block by block, while a frame is applied to it.
import type { DatabaseSync } from 'node:sqlite';
import type { Feature } from '../../../schemas/entries.ts';
import { BLOCK_SIZE, emptyBlock, packBlock, unpackBlock, type Block } from '../blocks.ts';
import { featureOf } from './schema.ts';

/** What the frame being applied says of an entry. */
const NOTHING = 0;
const SEEN = 1;
const REMOVED = 2;

interface State {
  readonly began: Block;
  readonly said: Uint8Array;
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
    return this.#of(entry).said[entry % BLOCK_SIZE] === SEEN;
  }

  markSeen(entry: number): void {
    this.#of(entry).said[entry % BLOCK_SIZE] = SEEN;
  }

  /** What is seen is not gone, whatever else the frame says. */
  markRemoved(entry: number): void {
    if (!this.seen(entry)) this.#of(entry).said[entry % BLOCK_SIZE] = REMOVED;
  }

  /** Entries that hold and of which the frame said nothing. They may be closed meanwhile. */
  unseen(): Generator<number> {
    return this.#holding(NOTHING);
  }

  /** Entries that hold and that the frame said are gone. They may be closed meanwhile. */
  removed(): Generator<number> {
    return this.#holding(REMOVED);
  }

  /** How many entries hold, by feature. */
  counts(): Map<Feature, number> {
    const counts = new Map<Feature, number>();
    for (const [block, { began }] of this.#blocks) {
      const feature = featureOf(block * BLOCK_SIZE);
      counts.set(
        feature,
        began.reduce(
          (count, instant) => (Number.isNaN(instant) ? count : count + 1),
          counts.get(feature) ?? 0,
        ),
      );
    }
    return counts;
  }

  *#holding(wanted: number): Generator<number> {
    for (const [block, { began, said }] of this.#blocks) {
      for (let offset = 0; offset < BLOCK_SIZE; offset++) {
        if (said[offset] === wanted && !Number.isNaN(began[offset])) yield block * BLOCK_SIZE + offset;
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
      state = { began: emptyBlock(), said: new Uint8Array(BLOCK_SIZE), dirty: false };
      this.#blocks.set(block, state);
    }
    return state;
  }
}
