// Who owns which path, for millions of paths: by hash, in flat arrays, 32 bytes a path.
import type { PackagedPath, PackagedPaths } from './extractors/extractor.ts';

const HASH_WORDS = 2;
const MD5_WORDS = 4;
const HIGH_BITS = 0x0f_ffff;
/** In a name's number: an MD5 is known. */
const HAS_MD5 = 0x8000_0000;
const INITIAL_PATHS = 1 << 12;

/**
 * A map from paths. It keeps 64 bits of hash instead of a path, so that two paths are taken for one another about once
 * in ten million systems of a million paths each.
 */
export class PackagedPathTable implements PackagedPaths {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** Entry numbers plus one, by hash; at most half of them in use. */
  #slots = new Uint32Array(2 * INITIAL_PATHS);
  #hashes = new Uint32Array(HASH_WORDS * INITIAL_PATHS);
  #owners = new Uint32Array(INITIAL_PATHS);
  #sums = new Uint32Array(MD5_WORDS * INITIAL_PATHS);
  #count = 0;
  // The hash that was made last.
  #low = 0;
  #high = 0;
  #hashed: string | null = null;

  get(path: string): PackagedPath | undefined {
    this.#hash(path);
    const entry = (this.#slots[this.#find()] ?? 0) - 1;
    if (entry < 0) return undefined;
    const owner = this.#owners[entry] ?? 0;
    const name = this.#names[owner & ~HAS_MD5] ?? '';
    return (owner & HAS_MD5) === 0 ? { name } : { name, md5: this.#md5(entry) };
  }

  ownerOf(path: string): string | undefined {
    this.#hash(path);
    const entry = (this.#slots[this.#find()] ?? 0) - 1;
    return entry < 0 ? undefined : this.#names[(this.#owners[entry] ?? 0) & ~HAS_MD5];
  }

  sumOf(path: string): number {
    this.#hash(path);
    const entry = (this.#slots[this.#find()] ?? 0) - 1;
    if (entry < 0 || ((this.#owners[entry] ?? 0) & HAS_MD5) === 0) return 0;
    const [high = 0, low = 0] = this.#sums.subarray(entry * MD5_WORDS, entry * MD5_WORDS + 2);
    return (high & HIGH_BITS) * 2 ** 32 + low + 1;
  }

  set(path: string, { name, md5 }: PackagedPath): void {
    if (this.#count === this.#owners.length) this.#grow();
    this.#hash(path);
    const slot = this.#find();
    let entry = (this.#slots[slot] ?? 0) - 1;
    if (entry < 0) {
      entry = this.#count++;
      this.#slots[slot] = entry + 1;
      this.#hashes.set([this.#low, this.#high], entry * HASH_WORDS);
    }
    this.#owners[entry] = this.#numberOf(name) | (md5 === undefined ? 0 : HAS_MD5);
    for (let word = 0; md5 !== undefined && word < MD5_WORDS; word++) {
      this.#sums[entry * MD5_WORDS + word] = Number.parseInt(md5.slice(word * 8, word * 8 + 8), 16);
    }
  }

  #md5(entry: number): string {
    let md5 = '';
    for (const word of this.#sums.subarray(entry * MD5_WORDS, (entry + 1) * MD5_WORDS)) {
      md5 += word.toString(16).padStart(8, '0');
    }
    return md5;
  }

  #numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** The slot of the hash made last, or the free one where it belongs. */
  #find(): number {
    const last = this.#slots.length - 1;
    for (let slot = this.#low & last; ; slot = (slot + 1) & last) {
      const at = ((this.#slots[slot] ?? 0) - 1) * HASH_WORDS;
      if (at < 0 || (this.#hashes[at] === this.#low && this.#hashes[at + 1] === this.#high)) return slot;
    }
  }

  #grow(): void {
    this.#hashes = doubled(this.#hashes);
    this.#owners = doubled(this.#owners);
    this.#sums = doubled(this.#sums);
    this.#slots = new Uint32Array(2 * this.#slots.length);
    this.#hashed = null;
    for (let entry = 0; entry < this.#count; entry++) {
      this.#low = this.#hashes[entry * HASH_WORDS] ?? 0;
      this.#high = this.#hashes[entry * HASH_WORDS + 1] ?? 0;
      this.#slots[this.#find()] = entry + 1;
    }
  }

  /** Two independent multiplicative hashes, each mixed with the other at the end. */
  #hash(path: string): void {
    if (path === this.#hashed) return;
    this.#hashed = path;
    let a = 0xdead_beef;
    let b = 0x41c6_ce57;
    for (let at = 0; at < path.length; at++) {
      const unit = path.charCodeAt(at);
      a = Math.imul(a ^ unit, 0x9e37_79b1);
      b = Math.imul(b ^ unit, 0x5f35_6495);
    }
    a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2_ae35);
    b = Math.imul(b ^ (b >>> 16), 0x85eb_ca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2_ae35);
    this.#low = (a ^ (a >>> 15)) >>> 0;
    this.#high = b >>> 0;
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}
