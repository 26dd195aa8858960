// Tells whether all that a qcow2 image refers to lies within its file. A cut-off image reads as zeros elsewhere.
import { MalformedImage, type Qcow2Header } from './qcow2.ts';

/** Bytes of the file from `offset`; fewer at its end. The result is valid until the next call. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** Bits 9 to 55 of a table entry: where a cluster begins. */
const OFFSET = 0x00_ff_ff_ff_ff_ff_fe_00n;
const COMPRESSED = 1n << 62n;
/** The cluster reads as zeros, wherever it may begin. */
const ZERO = 1n;

/** Throws MalformedImage where a table or a cluster lies beyond the end of the file of `fileSize` bytes. */
export function checkExtent(header: Qcow2Header, fileSize: number, read: ReadAt): void {
  const { firstTable, clusterBits } = header;
  const first = Buffer.from(whole(read, firstTable.offset, firstTable.entries * 8));
  const clusterSize = 2 ** clusterBits;
  for (let at = 0; at < first.length; at += 8) {
    const offset = Number(first.readBigUInt64BE(at) & OFFSET);
    if (offset === 0) continue;
    if (furthest(whole(read, offset, clusterSize), header) >= fileSize) throw cutOff();
  }
}

/** Where the last of the clusters of a table of the second level begins. */
function furthest(table: Buffer, { clusterBits, extendedEntries }: Qcow2Header): number {
  const compressedOffset = (1n << BigInt(62 - (clusterBits - 8))) - 1n;
  const step = extendedEntries ? 16 : 8;
  let last = 0n;
  for (let at = 0; at < table.length; at += step) {
    const entry = table.readBigUInt64BE(at);
    const compressed = (entry & COMPRESSED) !== 0n;
    if (!compressed && !extendedEntries && (entry & ZERO) !== 0n) continue;
    const offset = entry & (compressed ? compressedOffset : OFFSET);
    if (offset > last) last = offset;
  }
  return Number(last);
}

function whole(read: ReadAt, offset: number, length: number): Buffer {
  const bytes = read(offset, length);
  if (bytes.length < length) throw cutOff();
  return bytes;
}

function cutOff(): MalformedImage {
  return new MalformedImage('is cut off: it refers to data beyond its end');
}
