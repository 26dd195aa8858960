// Writes the labels of an LVM physical volume into a disk image: no block device, no root and no appliance needed.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

const SECTOR = 512;
const METADATA_OFFSET = 4096;
/** Bytes from the start of the physical volume to its first extent. */
const DATA_OFFSET = 1_048_576;

/** Bytes of an extent; logical volumes are whole extents. */
export const EXTENT = 4_194_304;

/** A linear logical volume. */
export interface LogicalVolume {
  readonly name: string;
  readonly extents: number;
}

/** LVM's CRC-32: zlib's without its final inversion, from a seed of its own. */
function checksum(bytes: Buffer): number {
  return ~crc32(bytes, ~0xf597a6cf >>> 0) >>> 0;
}

/** An identifier in LVM's form (6-4-4-4-4-4-6), always the same for a name. */
function identifier(name: string): string {
  const digits = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return digits.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, '$1-$2-$3-$4-$5-$6-$7');
}

function metadataText(group: string, volumes: readonly LogicalVolume[], size: number): string {
  let next = 0;
  const sections = volumes.map(({ name, extents }) => {
    const start = next;
    next += extents;
    return `${name} {
id = "${identifier(`${group}/${name}`)}"
status = ["READ", "WRITE", "VISIBLE"]
flags = []
segment_count = 1
segment1 {
start_extent = 0
extent_count = ${extents}
type = "striped"
stripe_count = 1
stripes = ["pv0", ${start}]
}
}`;
  });
  return `${group} {
id = "${identifier(group)}"
seqno = 1
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = ${EXTENT / SECTOR}
max_lv = 0
max_pv = 0
metadata_copies = 0
physical_volumes {
pv0 {
id = "${identifier(`${group} pv0`)}"
device = "/dev/sda1"
status = ["ALLOCATABLE"]
flags = []
dev_size = ${size / SECTOR}
pe_start = ${DATA_OFFSET / SECTOR}
pe_count = ${next}
}
}
logical_volumes {
${sections.join('\n')}
}
}
contents = "Text Format Volume Group"
version = 1
description = "demo fleet of Unfold"
creation_host = "demo"
creation_time = 1767225600
\0`;
}

/** The second sector: label, physical volume header and its extension. */
function label(group: string, size: number): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector.write('LABELONE', 0);
  sector.writeBigUInt64LE(1n, 8);
  sector.writeUInt32LE(32, 20);
  sector.write('LVM2 001', 24);
  sector.write(identifier(`${group} pv0`).replaceAll('-', ''), 32);
  const areas = [size, DATA_OFFSET, 0, 0, 0, METADATA_OFFSET, DATA_OFFSET - METADATA_OFFSET, 0, 0];
  areas.forEach((value, index) => sector.writeBigUInt64LE(BigInt(value), 64 + 8 * index));
  const extension = 64 + 8 * areas.length;
  sector.writeUInt32LE(2, extension);
  sector.writeUInt32LE(1, extension + 4);
  sector.writeUInt32LE(checksum(sector.subarray(20)), 16);
  return sector;
}

function metadataHeader(text: Buffer): Buffer {
  const header = Buffer.alloc(SECTOR);
  header.write(' LVM2 x[5A%r0N*>', 4, 'latin1');
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(METADATA_OFFSET), 24);
  header.writeBigUInt64LE(BigInt(DATA_OFFSET - METADATA_OFFSET), 32);
  header.writeBigUInt64LE(BigInt(SECTOR), 40);
  header.writeBigUInt64LE(BigInt(text.length), 48);
  header.writeUInt32LE(checksum(text), 56);
  header.writeUInt32LE(checksum(header.subarray(4)), 0);
  return header;
}

/** Bytes a physical volume takes for these volumes. */
export function physicalVolumeSize(volumes: readonly LogicalVolume[]): number {
  return DATA_OFFSET + EXTENT * volumes.reduce((sum, { extents }) => sum + extents, 0);
}

/**
 * Writes the labels of a volume group's one physical volume, which begins at `offset` (bytes) of the image, and says
 * where in the image each logical volume begins.
 */
export async function writePhysicalVolume(
  image: FileHandle,
  offset: number,
  group: string,
  volumes: readonly LogicalVolume[],
): Promise<ReadonlyMap<string, number>> {
  const size = physicalVolumeSize(volumes);
  const text = Buffer.from(metadataText(group, volumes, size));
  const parts: [Buffer, number][] = [
    [label(group, size), SECTOR],
    [metadataHeader(text), METADATA_OFFSET],
    [text, METADATA_OFFSET + SECTOR],
  ];
  for (const [bytes, at] of parts) await image.write(bytes, 0, bytes.length, offset + at);
  const starts = new Map<string, number>();
  let next = offset + DATA_OFFSET;
  for (const { name, extents } of volumes) {
    starts.set(name, next);
    next += extents * EXTENT;
  }
  return starts;
}
