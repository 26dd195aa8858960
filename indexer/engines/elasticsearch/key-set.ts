// A set of names by 64 bits of hash: eight bytes for each, however long it is.

const INITIAL = 1 << 12;

/** Names that were added. Two of them are taken for one another about once in ten million sets of a million. */
export class KeySet {
  /** Pairs of words; a pair of zeros is free. At most half of them are in use. */
  #slots = new Uint32Array(2 * INITIAL);
  #size = 0;

  /** Adds a name; false if it was there. */
  add(name: string): boolean {
    if (4 * (this.#size + 1) > this.#slots.length) this.#grow();
    const [low, high] = hashOf(name);
    const at = find(this.#slots, low, high);
    if (this.#slots[at] !== 0 || this.#slots[at + 1] !== 0) return false;
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#size += 1;
    return true;
  }

  has(name: string): boolean {
    const [low, high] = hashOf(name);
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

/** Two independent multiplicative hashes, each mixed with the other at the end; never both zero. */
function hashOf(name: string): [number, number] {
  let a = 0xdead_beef;
  let b = 0x41c6_ce57;
  for (let at = 0; at < name.length; at++) {
    const unit = name.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e37_79b1);
    b = Math.imul(b ^ unit, 0x5f35_6495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2_ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85eb_ca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2_ae35);
  return [(a ^ (a >>> 15)) >>> 0, (b | 1) >>> 0];
}

function find(slots: Uint32Array, low: number, high: number): number {
  const last = slots.length / 2 - 1;
  for (let slot = low & last; ; slot = (slot + 1) & last) {
    const at = 2 * slot;
    const [first, second] = [slots[at] ?? 0, slots[at + 1] ?? 0];
    if ((first === 0 && second === 0) || (first === low && second === high)) return at;
  }
}
