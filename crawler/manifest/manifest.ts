// What the frame before held: its entries by hash, in flat arrays, 32 bytes an entry, however long their names are.
import type { Feature } from '../../schemas/entries.ts';
import { ManifestReader, UnusableManifest, type ManifestHeader } from './manifest-file.ts';

/** An entry that the crawl did not meet. */
export interface Missing {
  readonly feature: Feature;
  readonly key: string;
  readonly hash: number;
}

/** The manifest of the frame before, and which of its entries were met again. */
export class Manifest {
  readonly header: ManifestHeader;
  readonly #reader: ManifestReader;
  /** Record numbers plus one, by hash; at most half of them in use. */
  readonly #slots: Uint32Array;
  readonly #keys: Float64Array;
  readonly #states: Float64Array;
  readonly #met: Uint8Array;

  /** Throws UnusableManifest, and the system's error. */
  constructor(path: string) {
    this.#reader = new ManifestReader(path);
    const { records, header } = this.#reader;
    this.header = header;
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * records + 2)));
    this.#keys = new Float64Array(records);
    this.#states = new Float64Array(records);
    this.#met = new Uint8Array(records);
    let number = 0;
    this.#reader.each(({ key, state }) => {
      this.#keys[number] = key;
      this.#states[number] = state;
      this.#slots[this.#slotOf(key)] = ++number;
    });
  }

  /** The state that an entry had: 0 where it is not known well enough, null where there was no such entry. */
  stateOf(hash: number): number | null {
    const number = (this.#slots[this.#slotOf(hash)] ?? 0) - 1;
    return number < 0 ? null : (this.#states[number] ?? 0);
  }

  /** Notes that an entry was met; false where that was known. */
  meet(hash: number): boolean {
    const number = (this.#slots[this.#slotOf(hash)] ?? 0) - 1;
    if (number < 0 || this.#met[number] === 1) return false;
    this.#met[number] = 1;
    return true;
  }

  /** Calls `accept` for every entry that was not met. */
  missing(accept: (missing: Missing) => void): void {
    if (!this.#met.includes(0)) return;
    let number = 0;
    this.#reader.each(({ key: hash }, feature, name) => {
      if (hash !== this.#keys[number]) throw new UnusableManifest('changed meanwhile');
      if (this.#met[number++] === 0) accept({ feature, key: name(), hash });
    });
  }

  close(): void {
    this.#reader.close();
  }

  /** The slot of a hash, or the free one where it belongs. */
  #slotOf(hash: number): number {
    const last = this.#slots.length - 1;
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number < 0 || this.#keys[number] === hash) return slot;
    }
  }
}
