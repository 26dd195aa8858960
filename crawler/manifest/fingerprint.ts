// Hashes of 53 bits, as numbers: quick enough for every path of a large system, and seeded, so that nobody who lays out
// a tree can tell which of its paths share one.

const { imul } = Math;
const HIGH_BITS = 0x1f_ffff;
const TWO_32 = 4_294_967_296;
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** Two numbers of 32 bits. */
export type Seed = readonly [number, number];

/** Makes one hash at a time: `start`, what is to be hashed in its order, `end`. */
export class Fingerprint {
  readonly #seed: Seed;
  #a = 0;
  #b = 0;

  constructor(seed: Seed) {
    this.#seed = seed;
  }

  start(): this {
    this.#a = this.#seed[0] ^ 0xdead_beef;
    this.#b = this.#seed[1] ^ 0x41c6_ce57;
    return this;
  }

  /** Adds a text and its length, so that neighbours do not run into one another; undefined is not the empty text. */
  text(text: string | undefined): this {
    if (text === undefined) return this.#word(0xffff_ffff);
    let a = this.#a;
    let b = this.#b;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      a = imul(a ^ unit, 0x9e37_79b1);
      b = imul(b ^ unit ^ (a >>> 15), 0x5f35_6495);
    }
    this.#a = a;
    this.#b = b;
    return this.#word(text.length);
  }

  number(value: number): this {
    float[0] = value;
    return this.#word(words[0] ?? 0).#word(words[1] ?? 0);
  }

  /** An integer of 53 bits, never 0. */
  end(): number {
    let a = this.#a;
    let b = this.#b;
    a = imul(a ^ (a >>> 16), 0x85eb_ca6b) ^ imul(b ^ (b >>> 13), 0xc2b2_ae35);
    b = imul(b ^ (b >>> 16), 0x85eb_ca6b) ^ imul(a ^ (a >>> 13), 0xc2b2_ae35);
    a = imul(a ^ (a >>> 15), 0x27d4_eb2f);
    return (b & HIGH_BITS) * TWO_32 + (a >>> 0) || 1;
  }

  #word(word: number): this {
    this.#a = imul(this.#a ^ word ^ (this.#a >>> 13), 0x9e37_79b1);
    this.#b = imul(this.#b ^ word ^ (this.#b >>> 11) ^ (this.#a >>> 15), 0x5f35_6495);
    return this;
  }
}
