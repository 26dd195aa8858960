// Makes the disks of the appliance tests, without root and without an appliance.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseQcow2 } from '../../../crawler/formats/qcow2.ts';
import { EXTENT, physicalVolumeSize, writePhysicalVolume } from '../../../deploy/demo/lvm.ts';

const MIB = 1024 * 1024;
const ROOT_UUID = '2b9f7f0c-51a6-4a11-9f5e-0b1d4d5f6a01';
const BLOCK = 4096;
const CLUSTER = 65_536;
// sbin, where an ordinary user's PATH does not look.
const ENV = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

function tool(command: string, args: readonly string[], input = ''): string {
  return execFileSync(command, args, {
    env: ENV,
    input,
    encoding: 'latin1',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

function sparse(file: string, size: number): void {
  writeFileSync(file, '');
  truncateSync(file, size);
}

function ext4(file: string, tree: string, offset: number, size: number, more: readonly string[] = []): void {
  const place = offset === 0 ? [] : ['-E', `offset=${offset}`];
  tool('mke2fs', [
    '-q',
    '-F',
    '-t',
    'ext4',
    '-b',
    `${BLOCK}`,
    ...more,
    '-d',
    tree,
    ...place,
    file,
    `${size / 1024}k`,
  ]);
}

const FSTAB = String.raw`# /etc/fstab
UUID=${ROOT_UUID} / ext4 errors=remount-ro 0 1
/dev/mapper/vg0-data /srv/with\040blank xfs defaults 0 2
/dev/vg0/data /etc/info-link xfs defaults 0 2
LABEL=absent /srv/absent ext4 defaults 0 2
/dev/vdb1 /srv/second-disk ext4 defaults 0 2
tmpfs /tmp tmpfs defaults 0 0
/dev/sda9 none swap sw 0 0
`;

/**
 * A qcow2 overlay in `folder` over a compressed one: GPT with an ext4 root, a volume group with XFS, and an ext4 that
 * fstab does not name. Only the overlay has /srv/added. Resolves to all its files, the overlay first.
 */
export async function mixedDisk(folder: string, populate: (root: string) => void): Promise<string[]> {
  const at = (name: string): string => join(folder, name);
  const [tree, data, spare, raw] = [at('tree'), at('data'), at('spare'), at('disk.raw')];
  for (const path of [tree, data, spare]) mkdirSync(path);
  populate(tree);
  for (const path of ['srv/with blank', 'srv/absent', 'srv/second-disk', 'tmp']) {
    mkdirSync(join(tree, path), { recursive: true });
  }
  writeFileSync(join(tree, 'etc/fstab'), FSTAB);
  writeFileSync(join(data, 'on-xfs'), 'on xfs');
  const [rootAt, volumes, rootSize, spareSize] = [MIB, [{ name: 'data', extents: 80 }], 96 * MIB, 8 * MIB];
  const groupAt = rootAt + rootSize;
  const spareAt = groupAt + physicalVolumeSize(volumes);
  sparse(raw, spareAt + spareSize + MIB);
  const partitions = [rootAt, rootSize, groupAt, spareAt - groupAt, spareAt, spareSize];
  const table = [0, 2, 4].map((index) => partitions.slice(index, index + 2).map((bytes) => bytes / 512));
  tool(
    'sfdisk',
    ['-q', raw],
    `label: gpt\n${table.map(([start, size]) => `start=${start}, size=${size}`).join('\n')}\n`,
  );
  ext4(raw, tree, rootAt, rootSize, ['-U', ROOT_UUID]);
  ext4(raw, spare, spareAt, spareSize, ['-L', 'spare']);
  const image = await open(raw, 'r+');
  const starts = await writePhysicalVolume(image, groupAt, 'vg0', volumes);
  await image.close();
  const xfs = at('data.xfs');
  sparse(xfs, (volumes[0]?.extents ?? 0) * EXTENT);
  writeFileSync(
    at('prototype'),
    `/dev/null\n0 0\nd--755 0 0\non-xfs ---640 7 8 ${join(data, 'on-xfs')}\n$\n`,
  );
  tool('mkfs.xfs', ['-q', '-p', at('prototype'), xfs]);
  const seek = `seek=${(starts.get('data') ?? 0) / MIB}`;
  tool('dd', [`if=${xfs}`, `of=${raw}`, 'bs=1M', 'conv=sparse,notrunc', seek, 'status=none']);
  const [base, overlay] = [at('base.qcow2'), at('overlay.qcow2')];
  tool('qemu-img', ['convert', '-c', '-f', 'raw', '-O', 'qcow2', raw, base]);
  writeFileSync(at('added'), 'only in the overlay');
  tool('debugfs', ['-w', '-f', '-', `${raw}?offset=${rootAt}`], `write ${at('added')} /srv/added\n`);
  tool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-B', base, '-F', 'qcow2', raw, overlay]);
  return [overlay, base];
}

/**
 * A compressed qcow2 with ext4 on the whole disk, which was not unmounted: /etc/replayed says `old` until the journal
 * is replayed, then `new`. The clusters of /data/broken cannot be unpacked.
 */
export function brokenDisk(folder: string): string {
  const at = (name: string): string => join(folder, name);
  const [tree, raw, image] = [at('tree'), at('disk.raw'), at('broken.qcow2')];
  for (const path of ['etc', 'usr/lib', 'data']) mkdirSync(join(tree, path), { recursive: true });
  writeFileSync(join(tree, 'usr/lib/os-release'), 'ID=broken\n');
  symlinkSync('../usr/lib/os-release', join(tree, 'etc/os-release'));
  writeFileSync(join(tree, 'etc/replayed'), 'old'.padEnd(BLOCK));
  writeFileSync(join(tree, 'data/broken'), randomText(256 * 1024));
  writeFileSync(join(tree, 'data/whole'), 'whole');
  sparse(raw, 64 * MIB);
  ext4(raw, tree, 0, 64 * MIB);
  writeFileSync(at('block'), 'new'.padEnd(BLOCK));
  const [block] = blocksOf(raw, '/etc/replayed');
  tool('debugfs', ['-w', '-f', '-', raw], `jo\njw -b ${block} ${at('block')}\njc\n`);
  tool('qemu-img', ['convert', '-c', '-f', 'raw', '-O', 'qcow2', raw, image]);
  damage(image, blocksOf(raw, '/data/broken'));
  return image;
}

function randomText(length: number): string {
  return randomBytes(length / 2).toString('hex');
}

function blocksOf(raw: string, path: string): number[] {
  return tool('debugfs', ['-R', `blocks ${path}`, raw])
    .trim()
    .split(/\s+/)
    .map(Number);
}

/** Overwrites every compressed cluster that holds only such blocks. */
function damage(image: string, blocks: readonly number[]): void {
  const bytes = readFileSync(image);
  const { firstTable, clusterBits } = parseQcow2(bytes);
  const entry = (at: number): bigint => bytes.readBigUInt64BE(at);
  const secondTable = Number(entry(firstTable.offset) & 0x00ff_ffff_ffff_fe00n);
  const perCluster = CLUSTER / BLOCK;
  const fd = openSync(image, 'r+');
  for (const cluster of new Set(blocks.map((block) => Math.floor(block / perCluster)))) {
    const own = Array.from({ length: perCluster }, (_, index) => cluster * perCluster + index);
    if (!own.every((block) => blocks.includes(block))) continue;
    const offset = entry(secondTable + cluster * 8) & ((1n << BigInt(62 - (clusterBits - 8))) - 1n);
    writeSync(fd, Buffer.alloc(512, 0xff), 0, 512, Number(offset));
  }
}

/** A raw ext4 that was cut off in the middle. */
export function cutDisk(folder: string): string {
  const [tree, raw] = [join(folder, 'cut-tree'), join(folder, 'cut.img')];
  mkdirSync(join(tree, 'etc'), { recursive: true });
  writeFileSync(join(tree, 'etc/os-release'), 'ID=cut\n');
  sparse(raw, 64 * MIB);
  ext4(raw, tree, 0, 64 * MIB);
  truncateSync(raw, 32 * MIB);
  return raw;
}
