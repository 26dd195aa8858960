// A set of names by 64 bits of hash: eight bytes for each, however long it is.

const INITIAL = 1 << 12;

/** Names that were added. Two of them are taken for one another about once in ten million sets of a million. */
export class KeySet {
  /** Pairs of words; a pair of zeros is free. At most half of them are in use. */
  #slots = new Uint32Array(2 * INITIAL);
  #size = 0;

  /** Adds the name of a base64url digest; false if it was there. */
  add(digest: string): boolean {
    if (4 * (this.#size + 1) > this.#slots.length) this.#grow();
    const [low, high] = hashOf(digest);
    const at = find(this.#slots, low, high);
    if (this.#slots[at] !== 0 || this.#slots[at + 1] !== 0) return false;
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#size += 1;
    return true;
  }

  has(digest: string): boolean {
    const [low, high] = hashOf(digest);
    const at = find(this.#slots, low, high);
    return this.#slots[at] !== 0 || this.#slots[at + 1] !== 0;
  }

  #grow(): void {
    const larger = new Uint32Array(2 * this.#slots.length);
    for (let at = 0; at < this.#slots.length; at += 2) {
      const [low, high] = [this.#slots[at] ?? 0, this.#slots[at + 1] ?? 0];
      if (low !== 0 || high !== 0) larger.set([low, high], find(larger, low, high));
    }
    this.#slots = larger;
  }
}

/** A digest is as good as random. */
function hashOf(digest: string): [number, number] {
  const bytes = Buffer.from(digest, 'base64url');
  return [bytes.readUInt32LE(0), (bytes.readUInt32LE(4) | 1) >>> 0];
}

function find(slots: Uint32Array, low: number, high: number): number {
  const last = slots.length / 2 - 1;
  for (let slot = low & last; ; slot = (slot + 1) & last) {
    const at = 2 * slot;
    const [first, second] = [slots[at] ?? 0, slots[at + 1] ?? 0];
    if ((first === 0 && second === 0) || (first === low && second === high)) return at;
  }
}
