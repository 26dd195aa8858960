// Presence packed: which entries of a block of ids hold for one system now, and since when.

/** Entry ids in a block. */
export const BLOCK_SIZE = 1024;

/** What a block of one system holds: per offset the instant since when (ms), NaN where nothing holds. */
export type Block = Float64Array;

/** A block in which nothing holds. */
export function emptyBlock(): Block {
  return new Float64Array(BLOCK_SIZE).fill(NaN);
}

/**
 * Packs a block, null when nothing holds: groups of entries that began together, each as instant (float64),
 * number (uint16), then the distances from one offset to the next (one byte, or 255 and a uint16).
 */
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
  const bytes: number[] = [];
  for (const [began, offsets] of groups) {
    bytes.push(...instantBytes(began), offsets.length & 0xff, offsets.length >> 8);
    let last = 0;
    for (const offset of offsets) {
      const distance = offset - last;
      if (distance < 255) bytes.push(distance);
      else bytes.push(255, distance & 0xff, distance >> 8);
      last = offset;
    }
  }
  return Buffer.from(bytes);
}

function instantBytes(instant: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(instant);
  return bytes;
}

/** Calls `each` for every entry of a packed block, with its offset and the instant since when it holds. */
export function unpackBlock(packed: Uint8Array, each: (offset: number, began: number) => void): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  while (at < packed.length) {
    const began = view.getFloat64(at, true);
    const number = view.getUint16(at + 8, true);
    at += 10;
    let offset = 0;
    for (let i = 0; i < number; i++) {
      const distance = view.getUint8(at);
      at += 1;
      if (distance < 255) offset += distance;
      else {
        offset += view.getUint16(at, true);
        at += 2;
      }
      each(offset, began);
    }
  }
}
