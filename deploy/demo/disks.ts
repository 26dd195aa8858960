// Turns directory trees into qcow2 disks without a mount, a loop device or an appliance, so without root.
import { copyFile, mkdir, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { type LogicalVolume, EXTENT, physicalVolumeSize, writePhysicalVolume } from './lvm.ts';
import { xfsPrototype } from './xfs-prototype.ts';

const MEBIBYTE = 1_048_576;
/** Bytes before the first partition and, for the second table of GPT, after the last. */
const MARGIN = MEBIBYTE;
const CLUSTER = 65_536;
const LINUX = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';
const LINUX_LVM = 'E6D6D379-F507-44C2-A23C-238F2A3DF928';

// sbin, where an ordinary user's PATH does not look.
const SYSTEM = { extendEnv: true, env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } };

async function treeMebibytes(tree: string): Promise<number> {
  const { stdout } = await execa('du', ['--summarize', '--block-size=1M', tree]);
  return Number.parseInt(stdout, 10);
}

/** A sparse raw image with one GPT partition of `size` bytes, which begins at `MARGIN`. */
async function partitionedImage(file: string, size: number, type: string): Promise<void> {
  await writeFile(file, '');
  await truncate(file, size + 2 * MARGIN);
  const table = [
    'label: gpt',
    'label-id: 6D1F0B1E-52B5-4B62-9A38-0D6D40C0FFEE',
    `start=${MARGIN / 512}, size=${size / 512}, type=${type}, uuid=8E2C9A54-3E3B-4B0C-8B25-0D6D40C0FFEE`,
  ];
  await execa('sfdisk', ['--quiet', file], { ...SYSTEM, input: `${table.join('\n')}\n` });
}

async function makeExt4(image: string, offset: number, size: number, tree: string): Promise<void> {
  const uuid = '3f4f5b0e-6f5b-4f7e-9a55-0d6d40c0ffee';
  const options = ['-q', '-F', '-t', 'ext4', '-b', '4096', '-U', uuid, '-d', tree];
  const { uid, gid } = process.geteuid?.() === 0 ? await stat(tree) : { uid: 0, gid: 0 };
  const extended = `offset=${offset},hash_seed=${uuid},root_owner=${uid}:${gid}`;
  await execa('mke2fs', [...options, '-E', extended, image, `${size / 1024}k`], SYSTEM);
}

async function convert(from: string, to: string, ...options: string[]): Promise<void> {
  await execa('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-m', '4', '-W', ...options, from, to]);
}

/**
 * Writes `base` (compressed) with GPT and the tree as ext4; `addFiles` then adds files to the tree and returns their
 * paths in it, and only these are in `overlay`, whose backing file is `base`.
 */
export async function buildOverlayDisk(
  tree: string,
  base: string,
  overlay: string,
  addFiles: () => Promise<readonly string[]>,
): Promise<void> {
  const raw = `${overlay}.raw`;
  const changed = `${overlay}.changed.raw`;
  const size = (Math.ceil((await treeMebibytes(tree)) * 1.2) + 64) * MEBIBYTE;
  await partitionedImage(raw, size, LINUX);
  await makeExt4(raw, MARGIN, size, tree);
  await copyFile(raw, changed);
  const packed = convert(raw, base, '-c');
  await writeIntoExt4(changed, tree, await addFiles());
  await packed;
  const backing = base.slice(base.lastIndexOf('/') + 1);
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', backing, '-F', 'qcow2', overlay]);
  await writeDifferences(raw, changed, overlay);
  await rm(raw);
  await rm(changed);
}

/** Puts files of the tree, owned by root, into the file system at `MARGIN` of the image. */
async function writeIntoExt4(image: string, tree: string, paths: readonly string[]): Promise<void> {
  const folders = new Set<string>();
  const commands: string[] = [];
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'));
    const { mode, mtimeMs } = await stat(join(tree, path));
    const time = Math.floor(mtimeMs / 1000);
    commands.push(`rm "/${path}"`, `write "${resolve(tree, path)}" "/${path}"`);
    commands.push(`set_inode_field "/${path}" mode 0${mode.toString(8)}`);
    for (const owner of ['uid', 'gid']) commands.push(`set_inode_field "/${path}" ${owner} 0`);
    for (const clock of ['mtime', 'ctime', 'atime']) {
      commands.push(`set_inode_field "/${path}" ${clock} @${time}`);
    }
  }
  const script = [...[...folders].sort().map((folder) => `mkdir "/${folder}"`), ...commands];
  // debugfs ends with 0 whatever its commands did; what is there already is no failure, so the files are read back.
  await execa('debugfs', ['-w', '-f', '-', `${image}?offset=${MARGIN}`], {
    ...SYSTEM,
    input: `${script.join('\n')}\n`,
  });
  for (const path of paths) {
    const { stdout } = await execa('debugfs', ['-R', `cat "/${path}"`, `${image}?offset=${MARGIN}`], {
      ...SYSTEM,
      encoding: 'buffer',
      stripFinalNewline: false,
    });
    if (!(await readFile(join(tree, path))).equals(stdout)) throw new Error(`debugfs did not write /${path}`);
  }
}

/** Writes the clusters in which two raw images differ into a qcow2 over the first. */
async function writeDifferences(before: string, after: string, overlay: string): Promise<void> {
  const [old, now] = [await open(before), await open(after)];
  const commands: string[] = [];
  const pieces = `${overlay}.pieces`;
  await mkdir(pieces);
  const { size } = await now.stat();
  const [a, b] = [Buffer.alloc(CLUSTER), Buffer.alloc(CLUSTER)];
  for (let offset = 0; offset < size; offset += CLUSTER) {
    const { bytesRead } = await now.read(b, 0, CLUSTER, offset);
    await old.read(a, 0, CLUSTER, offset);
    if (a.equals(b)) continue;
    await writeFile(join(pieces, String(offset)), b.subarray(0, bytesRead));
    // qemu-io knows no quotes: it runs where the pieces lie, so that their names need none.
    commands.push('-c', `write -q -s ${offset} ${offset} ${bytesRead}`);
  }
  await old.close();
  await now.close();
  await execa('qemu-io', ['-f', 'qcow2', ...commands, resolve(overlay)], { cwd: pieces });
  await rm(pieces, { recursive: true });
}

/**
 * Writes a qcow2 with GPT and one LVM volume group: an XFS root with the tree, and what lies in its `data` folder as
 * ext4. Paths that XFS cannot be filled with are removed from the tree, so that the tree stays the truth.
 */
export async function buildLvmDisk(tree: string, disk: string, data: string): Promise<void> {
  const raw = `${disk}.raw`;
  await mkdir(join(tree, data), { recursive: true });
  const dataSize = await treeMebibytes(join(tree, data));
  const rootSize = (await treeMebibytes(tree)) - dataSize;
  const extents = (mebibytes: number): number => Math.ceil((mebibytes * MEBIBYTE) / EXTENT);
  const root: LogicalVolume = { name: 'root', extents: extents(Math.max(rootSize * 1.5, 192) + 192) };
  const pgdata: LogicalVolume = { name: 'pgdata', extents: extents(dataSize * 1.2 + 32) };
  const size = physicalVolumeSize([root, pgdata]);
  await partitionedImage(raw, size, LINUX_LVM);
  const image = await open(raw, 'r+');
  const starts = await writePhysicalVolume(image, MARGIN, 'vg0', [root, pgdata]);
  await image.close();
  const xfs = await makeXfs(tree, `${disk}.xfs`, root.extents * EXTENT, [data]);
  await execa('dd', [
    `if=${xfs}`,
    `of=${raw}`,
    'bs=1M',
    'conv=sparse,notrunc',
    `seek=${(starts.get(root.name) ?? 0) / MEBIBYTE}`,
    'status=none',
  ]);
  await rm(xfs);
  await makeExt4(raw, starts.get(pgdata.name) ?? 0, pgdata.extents * EXTENT, join(tree, data));
  await convert(raw, disk);
  await rm(raw);
}

async function makeXfs(tree: string, file: string, size: number, emptied: string[]): Promise<string> {
  const { prototype, leftOut } = await xfsPrototype(tree, emptied);
  for (const path of leftOut) await rm(join(tree, path));
  const script = `${file}.prototype`;
  await writeFile(script, prototype);
  await writeFile(file, '');
  await truncate(file, size);
  const uuid = 'uuid=5d2b8a0c-7a3b-4a43-8d39-0d6d40c0ffee';
  await execa('mkfs.xfs', ['-q', '-m', uuid, '-p', resolve(script), resolve(file)], { ...SYSTEM, cwd: tree });
  await rm(script);
  return file;
}
