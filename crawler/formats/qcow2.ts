// Reads the header of a qcow2 image: what it is, how large, and what it is based on. Looks at bytes, opens nothing.

/** An image that is not what it claims to be. The message needs no more context than the image's name. */
export class MalformedImage extends Error {}

/** What a header says. */
export interface Qcow2Header {
  /** Bytes of the disk that the image stands for. */
  readonly virtualSize: number;
  readonly encrypted: boolean;
  /** True where the data lie in another file, which this header alone names. */
  readonly externalData: boolean;
  /** The image that this one is based on, as written; `format` only where the header states it. */
  readonly backing: { readonly name: string; readonly format: string | null } | null;
  readonly clusterBits: number;
  /** True where an entry of a table of the second level takes 16 bytes. */
  readonly extendedEntries: boolean;
  readonly firstTable: { readonly offset: number; readonly entries: number };
}

/** The header and all it points to lie within the first cluster, and no cluster is larger. */
export const LONGEST_HEADER = 2 * 1024 * 1024;

const MAGIC = 0x51_46_49_fb;
const V2_LENGTH = 72;
const V3_LENGTH = 104;
const MOST_NAME_BYTES = 1023;
/** As qemu has it. */
const MOST_TABLE_BYTES = 32 * 1024 * 1024;
const EXTERNAL_DATA = 1n << 2n;
const EXTENDED_ENTRIES = 1n << 4n;
/** Dirty, corrupt, external data, compression type, extended entries. */
const KNOWN_FEATURES = 0b1_1111n;

const EXTENSION = { end: 0, backingFormat: 0xe2_79_2a_ca };

/** Parses the first bytes of an image, up to LONGEST_HEADER of them. Throws MalformedImage. */
export function parseQcow2(bytes: Buffer): Qcow2Header {
  if (bytes.length < V2_LENGTH || bytes.readUInt32BE(0) !== MAGIC) {
    throw new MalformedImage('is not a qcow2 image');
  }
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw new MalformedImage(`is qcow of version ${version}`);
  if (version === 3 && bytes.length < V3_LENGTH) throw new MalformedImage('is cut off within its header');
  const clusterBits = bytes.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) {
    throw new MalformedImage(`states clusters of 2^${clusterBits} bytes`);
  }
  const features = version === 3 ? bytes.readBigUInt64BE(72) : 0n;
  if ((features & ~KNOWN_FEATURES) !== 0n) throw new MalformedImage('needs a feature that is not known');
  const name = backingName(bytes, clusterBits);
  return {
    virtualSize: size(bytes, 24),
    encrypted: bytes.readUInt32BE(32) !== 0,
    externalData: (features & EXTERNAL_DATA) !== 0n,
    backing: name === null ? null : { name, format: backingFormat(bytes, version) },
    clusterBits,
    extendedEntries: (features & EXTENDED_ENTRIES) !== 0n,
    firstTable: firstTable(bytes, clusterBits),
  };
}

function backingName(bytes: Buffer, clusterBits: number): string | null {
  const offset = size(bytes, 8);
  const length = bytes.readUInt32BE(16);
  if (offset === 0) return null;
  if (
    length === 0 ||
    length > MOST_NAME_BYTES ||
    offset + length > Math.min(bytes.length, 2 ** clusterBits)
  ) {
    throw new MalformedImage('names a backing file outside its header');
  }
  const raw = bytes.subarray(offset, offset + length);
  const name = raw.toString('utf8');
  if (raw.includes(0) || !Buffer.from(name).equals(raw)) {
    throw new MalformedImage('names a backing file that is no text');
  }
  return name;
}

/** The value of the one extension that matters here. */
function backingFormat(bytes: Buffer, version: number): string | null {
  const end = size(bytes, 8);
  let at = version === 2 ? V2_LENGTH : bytes.readUInt32BE(100);
  while (at + 8 <= end) {
    const type = bytes.readUInt32BE(at);
    const length = bytes.readUInt32BE(at + 4);
    if (type === EXTENSION.end) return null;
    if (at + 8 + length > end) throw new MalformedImage('has an extension that does not end in its header');
    if (type === EXTENSION.backingFormat) return bytes.toString('latin1', at + 8, at + 8 + length);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return null;
}

function firstTable(bytes: Buffer, clusterBits: number): Qcow2Header['firstTable'] {
  const entries = bytes.readUInt32BE(36);
  const offset = size(bytes, 40);
  if (entries * 8 > MOST_TABLE_BYTES || offset % 2 ** clusterBits !== 0) {
    throw new MalformedImage('has a cluster table that cannot be');
  }
  return { offset, entries };
}

/** A 64-bit number, which no real image has beyond what a JavaScript number holds. */
function size(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64BE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedImage('states a size that cannot be');
  return Number(value);
}
