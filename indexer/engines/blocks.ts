// Presence packed: which entries of a block of ids hold for one system now, and since when.

/** Entry ids in a block. */
export const BLOCK_SIZE = 1024;

/** What a block of one system holds: per offset the instant since when (ms), NaN where nothing holds. */
export type Block = Float64Array;

/** A block in which nothing holds. */
export function emptyBlock(): Block {
  return new Float64Array(BLOCK_SIZE).fill(NaN);
}

/** A group is an instant (float64), how many entries began then (uint16), and which: a list of uint16, or a bitmap. */
const HEAD_BYTES = 10;
const BITMAP_BYTES = BLOCK_SIZE / 8;
const LONGEST_LIST = BITMAP_BYTES / 2;

/** Packs a block: a group per instant at which entries began. Null when nothing holds. */
export function packBlock(block: Block): Buffer | null {
  const groups = new Map<number, number[]>();
  for (let offset = 0; offset < BLOCK_SIZE; offset++) {
    const began = block[offset] ?? NaN;
    if (Number.isNaN(began)) continue;
    const group = groups.get(began);
    if (group) group.push(offset);
    else groups.set(began, [offset]);
  }
  if (groups.size === 0) return null;
  return Buffer.concat([...groups].map(([began, offsets]) => packGroup(began, offsets)));
}

function packGroup(began: number, offsets: readonly number[]): Buffer {
  const listed = offsets.length <= LONGEST_LIST;
  const bytes = Buffer.alloc(HEAD_BYTES + (listed ? offsets.length * 2 : BITMAP_BYTES));
  bytes.writeDoubleLE(began, 0);
  bytes.writeUInt16LE(offsets.length, 8);
  for (const [index, offset] of offsets.entries()) {
    if (listed) bytes.writeUInt16LE(offset, HEAD_BYTES + index * 2);
    else {
      const at = HEAD_BYTES + (offset >> 3);
      bytes[at] = (bytes[at] ?? 0) | (1 << (offset & 7));
    }
  }
  return bytes;
}

/** Calls `each` for every entry of a packed block, with its offset and the instant since when it holds; of `wanted` instants alone. */
export function unpackBlock(
  packed: Uint8Array,
  each: (offset: number, began: number) => void,
  wanted: (began: number) => boolean = () => true,
): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  while (at < packed.length) {
    const began = view.getFloat64(at, true);
    const number = view.getUint16(at + 8, true);
    at += HEAD_BYTES;
    if (!wanted(began)) {
      at += number <= LONGEST_LIST ? number * 2 : BITMAP_BYTES;
      continue;
    }
    if (number <= LONGEST_LIST) {
      for (let i = 0; i < number; i++, at += 2) each(view.getUint16(at, true), began);
      continue;
    }
    for (let byte = 0; byte < BITMAP_BYTES; byte++) {
      const bits = packed[at + byte] ?? 0;
      for (let bit = 0; bits >> bit > 0; bit++) if ((bits >> bit) & 1) each(byte * 8 + bit, began);
    }
    at += BITMAP_BYTES;
  }
}

/** Entries of a block that are sought, each with a number of the caller's. */
export interface Sought {
  /** How many. */
  readonly size: number;
  /** Writes the numbers of those that hold in a packed block since `until` or before to `found`, from `at` on; returns where they end. */
  find(packed: Uint8Array, until: number, found: Int32Array, at: number): number;
}

type Numbered = readonly { readonly offset: number; readonly number: number }[];

/** Looks for one after the other. */
class FewSought implements Sought {
  readonly size: number;
  readonly #entries: Numbered;

  constructor(entries: Numbered) {
    this.size = entries.length;
    this.#entries = entries;
  }

  find(packed: Uint8Array, until: number, found: Int32Array, at: number): number {
    let end = at;
    for (const { offset, number } of this.#entries)
      if (beganAt(packed, offset) <= until) found[end++] = number;
    return end;
  }
}

/** Looks for all at once. */
class ManySought implements Sought {
  readonly size: number;
  /** By offset; -1 for those that are not sought. */
  readonly #numbers = new Int32Array(BLOCK_SIZE).fill(-1);
  readonly #bitmap = new Uint8Array(BITMAP_BYTES);

  constructor(entries: Numbered) {
    this.size = entries.length;
    for (const { offset, number } of entries) {
      this.#numbers[offset] = number;
      this.#bitmap[offset >> 3] = (this.#bitmap[offset >> 3] ?? 0) | (1 << (offset & 7));
    }
  }

  find(packed: Uint8Array, until: number, found: Int32Array, at: number): number {
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    let end = at;
    for (let head = 0; head < packed.length;) {
      const holds = view.getFloat64(head, true) <= until;
      const number = view.getUint16(head + 8, true);
      const body = head + HEAD_BYTES;
      const listed = number <= LONGEST_LIST;
      head = body + (listed ? number * 2 : BITMAP_BYTES);
      if (!holds) continue;
      end = listed ? this.#inList(view, body, number, found, end) : this.#inBitmap(packed, body, found, end);
    }
    return end;
  }

  #inList(view: DataView, body: number, number: number, found: Int32Array, at: number): number {
    let end = at;
    for (let i = 0; i < number; i++) {
      const sought = this.#numbers[view.getUint16(body + i * 2, true)] ?? -1;
      if (sought >= 0) found[end++] = sought;
    }
    return end;
  }

  #inBitmap(packed: Uint8Array, body: number, found: Int32Array, at: number): number {
    let end = at;
    for (let byte = 0; byte < BITMAP_BYTES; byte++) {
      let bits = (packed[body + byte] ?? 0) & (this.#bitmap[byte] ?? 0);
      for (; bits !== 0; bits &= bits - 1) {
        found[end++] = this.#numbers[byte * 8 + 31 - Math.clz32(bits & -bits)] ?? -1;
      }
    }
    return end;
  }
}

/** Up to so many entries of a block are looked for one after the other. */
const FEW = 4;

/** What is sought of each block for entries, whose indexes are the numbers. */
export function* soughtByBlock(entries: readonly number[]): Generator<[block: number, sought: Sought]> {
  const blocks = new Map<number, number[]>();
  for (const [index, entry] of entries.entries()) {
    const block = Math.floor(entry / BLOCK_SIZE);
    const indexes = blocks.get(block);
    if (indexes) indexes.push(index);
    else blocks.set(block, [index]);
  }
  for (const [block, indexes] of blocks) {
    const own = indexes.map((number) => ({ offset: (entries[number] ?? 0) % BLOCK_SIZE, number }));
    yield [block, own.length <= FEW ? new FewSought(own) : new ManySought(own)];
  }
}

/** Since when the entry at an offset of a packed block holds; NaN if it does not. Quicker than unpacking for a few. */
export function beganAt(packed: Uint8Array, offset: number): number {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  while (at < packed.length) {
    const number = view.getUint16(at + 8, true);
    const body = at + HEAD_BYTES;
    const listed = number <= LONGEST_LIST;
    if (
      listed
        ? isListed(view, body, number, offset)
        : ((packed[body + (offset >> 3)] ?? 0) >> (offset & 7)) & 1
    ) {
      return view.getFloat64(at, true);
    }
    at = body + (listed ? number * 2 : BITMAP_BYTES);
  }
  return NaN;
}

function isListed(view: DataView, at: number, number: number, offset: number): boolean {
  for (let i = 0; i < number; i++) if (view.getUint16(at + i * 2, true) === offset) return true;
  return false;
}
