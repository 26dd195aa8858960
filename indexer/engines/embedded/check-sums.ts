// Sums of hashes by number: tells whether two sets of things, met in any order, are the same for each of millions of owners.

const SEGMENT = 2 ** 16;
const PRIME = 0x01_00_01_93;
const OFFSET = 0x81_1c_9d_c5 | 0;

/** FNV-1a of a text's UTF-16. */
function hashOf(text: string): number {
  let hash = OFFSET;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}

/** Per owner the sum of the hashes of what was added, less what was taken away; 0 where both were the same. */
export class CheckSums {
  readonly #segments = new Map<number, Int32Array>();

  add(owner: number, what: string): void {
    this.#change(owner, hashOf(what));
  }

  take(owner: number, what: string): void {
    this.#change(owner, -hashOf(what));
  }

  /** Owners of which more was added than taken away, or less. */
  *unequal(): Generator<number> {
    for (const [segment, sums] of this.#segments)
      for (let at = 0; at < SEGMENT; at++) if (sums[at] !== 0) yield segment * SEGMENT + at;
  }

  #change(owner: number, by: number): void {
    const segment = Math.floor(owner / SEGMENT);
    let sums = this.#segments.get(segment);
    if (sums === undefined) {
      sums = new Int32Array(SEGMENT);
      this.#segments.set(segment, sums);
    }
    sums[owner % SEGMENT] = ((sums[owner % SEGMENT] ?? 0) + by) | 0;
  }
}
