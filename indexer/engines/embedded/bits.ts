// A set of small numbers.

/** A bit per number: remembers three million in 400 KB. */
export class Bits {
  #bytes = new Uint8Array(1024);

  /** Sets the bit; false if it was set before. */
  add(bit: number): boolean {
    const index = bit >> 3;
    if (index >= this.#bytes.length) {
      const wider = new Uint8Array(Math.max(index + 1, this.#bytes.length * 2));
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    const mask = 1 << (bit & 7);
    const before = this.#bytes[index] ?? 0;
    this.#bytes[index] = before | mask;
    return (before & mask) === 0;
  }

  has(bit: number): boolean {
    return ((this.#bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}
