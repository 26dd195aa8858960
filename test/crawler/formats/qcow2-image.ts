// Makes qcow2 headers for tests, byte by byte.

/** What a made header says; everything else is as qemu-img would write it. */
export interface MadeHeader {
  readonly version?: number;
  readonly size?: number;
  readonly clusterBits?: number;
  readonly encryption?: number;
  readonly features?: bigint;
  readonly backing?: string | Buffer;
  readonly format?: string;
  readonly firstTable?: { offset: number; entries: number };
}

/** The first cluster of a version 3 image. */
export function qcow2Header({
  version = 3,
  size = 1_048_576,
  clusterBits = 16,
  encryption = 0,
  features = 0n,
  backing,
  format,
  firstTable = { offset: 0, entries: 0 },
}: MadeHeader = {}): Buffer {
  const bytes = Buffer.alloc(65_536);
  bytes.write('QFI\xfb', 0, 'latin1');
  bytes.writeUInt32BE(version, 4);
  bytes.writeUInt32BE(clusterBits, 20);
  bytes.writeBigUInt64BE(BigInt(size), 24);
  bytes.writeUInt32BE(encryption, 32);
  bytes.writeUInt32BE(firstTable.entries, 36);
  bytes.writeBigUInt64BE(BigInt(firstTable.offset), 40);
  bytes.writeBigUInt64BE(features, 72);
  bytes.writeUInt32BE(4, 96);
  bytes.writeUInt32BE(104, 100);
  let at = 104;
  if (format !== undefined) {
    bytes.writeUInt32BE(0xe2_79_2a_ca, at);
    bytes.writeUInt32BE(format.length, at + 4);
    bytes.write(format, at + 8);
    at += 8 + Math.ceil(format.length / 8) * 8;
  }
  at += 8;
  if (backing !== undefined) {
    const name = Buffer.from(backing);
    bytes.writeBigUInt64BE(BigInt(at), 8);
    bytes.writeUInt32BE(name.length, 16);
    name.copy(bytes, at);
  }
  return bytes;
}
