// What holds for one system, block by block: in memory while a frame is applied, packed in documents.
import { BLOCK_SIZE, emptyBlock, packBlock, unpackBlock } from '../blocks.ts';
import { NO_STAMPS, type Stamps } from '../entry-parts.ts';
import { blockOf, featureOfBlock } from './entry-numbers.ts';
import { packNumbers, unpackNumbers } from './packed-numbers.ts';
import type { Feature } from '../../../schemas/entries.ts';

/** A fact of a system, without when it ended. */
export interface StampedFact extends Stamps {
  readonly number: number;
  readonly began: number;
}

/** A block as documents have it: which entries hold since when, and their stamps in the order of their numbers. */
export interface PackedBlock {
  readonly presence: Buffer;
  readonly stamps: Buffer;
}

/** A block that changed: null for a part that stayed as it was, or for all of it where nothing holds. */
export interface ChangedBlock {
  readonly block: number;
  readonly packed: { readonly [P in keyof PackedBlock]: Buffer | null } | null;
}

interface Block {
  readonly began: Float64Array;
  /** 1 where the frame being applied has the entry too. */
  readonly seen: Uint8Array;
  readonly stamps: (Stamps | undefined)[];
  presenceChanged: boolean;
  stampsChanged: boolean;
}

/** Packs stamps, column by column: those of entries of a block are alike. */
export function packStamps(stamps: readonly Stamps[]): Buffer {
  const columns = [
    ...stamps.map(({ mtime }) => mtime),
    ...stamps.map(({ ctime }) => ctime),
    ...stamps.map(({ inode }) => inode),
  ];
  return packNumbers(columns);
}

/** Stamps, read one by one where few of them are wanted. */
export interface StampColumns {
  readonly length: number;
  at(row: number): Stamps | undefined;
}

/** The stamps of such bytes. */
export function unpackStamps(packed: Uint8Array): StampColumns {
  const columns = unpackNumbers(packed);
  const length = columns.length / 3;
  return {
    length,
    at(row) {
      if (row >= length) return undefined;
      const [mtime = null, ctime = null, inode = null] = [0, 1, 2].map(
        (column) => columns[column * length + row],
      );
      return { mtime, ctime, inode };
    },
  };
}

/** Packs facts that ended. */
export function packEnded(facts: readonly StampedFact[]): Buffer {
  const own = packNumbers([...facts.map(({ number }) => number), ...facts.map(({ began }) => began)]);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(own.length);
  return Buffer.concat([head, own, packStamps(facts)]);
}

/** The facts of such bytes. */
export function unpackEnded(packed: Buffer): StampedFact[] {
  const length = packed.readUInt32LE(0);
  const own = unpackNumbers(packed.subarray(4, 4 + length));
  const stamps = unpackStamps(packed.subarray(4 + length));
  return Array.from({ length: stamps.length }, (_, row) => ({
    ...(stamps.at(row) ?? NO_STAMPS),
    number: own[row] ?? 0,
    began: own[stamps.length + row] ?? 0,
  }));
}

/** The entries that hold for a system, with the instant since when, and which of them a frame has shown again. */
export class HeldFacts {
  readonly #blocks = new Map<number, Block>();
  /** How many facts hold. */
  size = 0;

  /** Takes in a block of the index. */
  load(block: number, { presence, stamps }: PackedBlock): void {
    const loaded = this.#block(block);
    const offsets: number[] = [];
    unpackBlock(presence, (offset, began) => {
      loaded.began[offset] = began;
      offsets.push(offset);
    });
    const all = unpackStamps(stamps);
    for (const [row, offset] of offsets.sort((a, b) => a - b).entries()) loaded.stamps[offset] = all.at(row);
    this.size += offsets.length;
  }

  /** Since when the entry holds (ms), null if it does not. */
  began(number: number): number | null {
    const instant = this.#blocks.get(blockOf(number))?.began[number % BLOCK_SIZE] ?? NaN;
    return Number.isNaN(instant) ? null : instant;
  }

  stamps(number: number): Stamps | undefined {
    return this.#blocks.get(blockOf(number))?.stamps[number % BLOCK_SIZE];
  }

  open(number: number, began: number, stamps: Stamps): void {
    const block = this.#block(blockOf(number));
    block.began[number % BLOCK_SIZE] = began;
    block.stamps[number % BLOCK_SIZE] = stamps;
    block.presenceChanged = block.stampsChanged = true;
    this.size += 1;
  }

  restamp(number: number, stamps: Stamps): void {
    const block = this.#block(blockOf(number));
    block.stamps[number % BLOCK_SIZE] = stamps;
    block.stampsChanged = true;
  }

  close(number: number): void {
    const block = this.#block(blockOf(number));
    block.began[number % BLOCK_SIZE] = NaN;
    block.stamps[number % BLOCK_SIZE] = undefined;
    block.presenceChanged = block.stampsChanged = true;
    this.size -= 1;
  }

  seen(number: number): boolean {
    return this.#blocks.get(blockOf(number))?.seen[number % BLOCK_SIZE] === 1;
  }

  markSeen(number: number): void {
    this.#block(blockOf(number)).seen[number % BLOCK_SIZE] = 1;
  }

  blocks(): number[] {
    return [...this.#blocks.keys()];
  }

  /** The facts that hold, by block. */
  *facts(): Generator<StampedFact> {
    for (const [block, { began, stamps }] of this.#blocks) {
      for (let offset = 0; offset < BLOCK_SIZE; offset++) {
        const instant = began[offset] ?? NaN;
        const own = stamps[offset];
        if (own !== undefined && !Number.isNaN(instant))
          yield { number: block * BLOCK_SIZE + offset, began: instant, ...own };
      }
    }
  }

  /** Entries that hold and that the frame has not shown. */
  *unseen(): Generator<number> {
    for (const [block, { began, seen }] of this.#blocks) {
      for (let offset = 0; offset < BLOCK_SIZE; offset++) {
        if (seen[offset] === 0 && !Number.isNaN(began[offset])) yield block * BLOCK_SIZE + offset;
      }
    }
  }

  /** How many facts of each feature hold. */
  counts(): Map<Feature, number> {
    const counts = new Map<Feature, number>();
    for (const [block, { began }] of this.#blocks) {
      const feature = featureOfBlock(block);
      let held = 0;
      for (const instant of began) if (!Number.isNaN(instant)) held += 1;
      counts.set(feature, (counts.get(feature) ?? 0) + held);
    }
    return counts;
  }

  /** The blocks that changed. */
  *changed(): Generator<ChangedBlock> {
    for (const [block, { began, stamps, presenceChanged, stampsChanged }] of this.#blocks) {
      if (!presenceChanged && !stampsChanged) continue;
      const presence = packBlock(began);
      if (presence === null) {
        yield { block, packed: null };
        continue;
      }
      const held = stamps.filter((stamp) => stamp !== undefined);
      yield {
        block,
        packed: {
          presence: presenceChanged ? presence : null,
          stamps: stampsChanged ? packStamps(held) : null,
        },
      };
    }
  }

  #block(number: number): Block {
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = {
        began: emptyBlock(),
        seen: new Uint8Array(BLOCK_SIZE),
        stamps: new Array<Stamps | undefined>(BLOCK_SIZE).fill(undefined),
        presenceChanged: false,
        stampsChanged: false,
      };
      this.#blocks.set(number, block);
    }
    return block;
  }
}
