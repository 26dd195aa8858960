// Documents of `facts`, kept in memory: they never change, so what was read once stays true.
import { readPacked } from './facts-documents.ts';
import type { Store } from './store.ts';

/** Enough for which entries alike systems have, and most of the stamps, of ten million facts. */
const CAPACITY_BYTES = 256 * 1024 * 1024;
/** What an entry of the map takes besides the bytes. */
const OVERHEAD_BYTES = 250;
const READERS = 3;
const READ = 1000;

/** Packed blocks by the ids of their documents. */
export class PackedCache {
  readonly #packed = new Map<string, Uint8Array>();
  #bytes = 0;

  /** The packed blocks of some documents. Throws UNFOLD_DATA_CORRUPT where one is not there any more. */
  async read(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    const missing: string[] = [];
    for (const id of ids) {
      const known = this.#packed.get(id);
      if (known === undefined) missing.push(id);
      else found.set(id, known);
    }
    const requests = Array.from({ length: Math.ceil(missing.length / READ) }, (_, at) =>
      missing.slice(at * READ, (at + 1) * READ),
    ).values();
    const readers = Array.from({ length: READERS }, async () => {
      for (const some of requests) {
        for (const [id, packed] of await readPacked(store, some)) {
          found.set(id, packed);
          this.#keep(id, packed);
        }
      }
    });
    await Promise.all(readers);
    return found;
  }

  #keep(id: string, packed: Uint8Array): void {
    this.#packed.set(id, packed);
    this.#bytes += packed.length + OVERHEAD_BYTES;
    for (const [oldest, bytes] of this.#packed) {
      if (this.#bytes <= CAPACITY_BYTES) break;
      this.#packed.delete(oldest);
      this.#bytes -= bytes.length + OVERHEAD_BYTES;
    }
  }
}
