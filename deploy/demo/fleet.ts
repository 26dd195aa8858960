// Builds the demo fleet once into a folder, and says what is in it.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, extname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExecaError } from 'execa';
import { z } from 'zod';
import { UnfoldError } from '../../schemas/error.ts';
import { buildLvmDisk, buildOverlayDisk } from './disks.ts';
import { DEMO_SYSTEMS, type DemoSystem } from './systems.ts';
import { addOwnFiles, buildBareTree, buildBase, buildTree, ownFiles } from './trees.ts';

const BuiltSystem = z.object({
  name: z.string(),
  scheme: z.enum(['rootfs', 'disk']),
  /** The directory or image; in fleet.json relative to the fleet's folder. */
  path: z.string(),
  /** What the system holds, as a directory: the system itself, or what its disk was made from. */
  tree: z.string(),
});
const Manifest = z.object({
  recipe: z.string(),
  /** ISO 8601. */
  builtAt: z.iso.datetime(),
  systems: z.array(BuiltSystem),
  /** What could not be built on this machine, and why. */
  skipped: z.array(z.string()),
  /** Commands that were not there. */
  missing: z.array(z.string()),
});

/** A fleet in its folder; its paths are absolute. */
export type Fleet = z.infer<typeof Manifest>;

/** Where a build says what it does, and with what result. */
export type Say = (message: string) => void;

/** Changes with every file that decides what a fleet holds. */
async function recipe(): Promise<string> {
  const hash = createHash('sha256');
  const modules = ['disks', 'fleet', 'lvm', 'planted-secrets', 'systems', 'trees', 'xfs-prototype'];
  const suffix = extname(import.meta.filename);
  const files = modules.map((module) => join(import.meta.dirname, `${module}${suffix}`));
  for (const file of [...files, ...(await ownFiles())])
    hash.update(await readFile(file)).update(String(file.length));
  return hash.digest('hex');
}

/** The fleet in a folder, if it is whole and was built by these files; else null. */
export async function readFleet(folder: string): Promise<Fleet | null> {
  const file = join(folder, 'fleet.json');
  if (!existsSync(file)) return null;
  const manifest = Manifest.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!manifest.success || manifest.data.recipe !== (await recipe())) return null;
  const systems = manifest.data.systems.map((system) => ({
    ...system,
    path: resolve(folder, system.path),
    tree: resolve(folder, system.tree),
  }));
  return { ...manifest.data, systems };
}

/** Ends when no other living process builds into the folder; what a dead one left is removed. */
async function waitForOthers(folder: string, say: Say): Promise<void> {
  const prefix = `${basename(folder)}.building-`;
  for (let told = false; ; told = true) {
    let building = false;
    for (const name of (await readdir(dirname(folder))).filter((each) => each.startsWith(prefix))) {
      if (existsSync(`/proc/${name.slice(prefix.length)}`)) building = true;
      else await rm(join(dirname(folder), name), { recursive: true });
    }
    if (!building) return;
    if (!told) say('another process is building the fleet; waiting for it');
    await sleep(500);
  }
}

/** Whether there is no reason to build it again: it has everything, or what it lacks still cannot be built. */
function isSettled({ skipped, missing }: Fleet): boolean {
  return skipped.length === 0 || (missing.length > 0 && missing.join() === missingTools().join());
}

/** Reads the fleet of a folder, or builds it there (about a minute; what was there before is replaced). Throws UNFOLD_DEMO_FAILED. */
export async function provideFleet(folder: string, say: Say): Promise<Fleet> {
  await mkdir(dirname(folder), { recursive: true });
  await waitForOthers(folder, say);
  const known = await readFleet(folder);
  if (known !== null && isSettled(known)) return known;
  const building = `${folder}.building-${process.pid}`;
  await mkdir(building);
  try {
    const manifest: Fleet = { recipe: await recipe(), ...(await build(building, say)) };
    await writeFile(join(building, 'fleet.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(building, folder);
  } catch (error) {
    throw buildFailure(error);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  const fleet = await readFleet(folder);
  if (fleet === null) {
    throw new UnfoldError('UNFOLD_DEMO_FAILED', 'The files of the demo changed while its fleet was built.');
  }
  return fleet;
}

/** What a tool said before it failed; other errors stay as they are. */
function buildFailure(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (!(error instanceof ExecaError)) return error;
  const { command, shortMessage, stderr }: { command: string; shortMessage: string; stderr?: unknown } =
    error;
  const output = typeof stderr === 'string' ? stderr.trim() : '';
  const words = (output === '' ? shortMessage : output).split('\n').slice(-3).join('; ');
  return new UnfoldError('UNFOLD_DEMO_FAILED', `${command.split(' ', 1).join('')} failed: ${words}`, {
    cause: error,
  });
}

async function build(folder: string, say: Say): Promise<Omit<Fleet, 'recipe'>> {
  const skipped: string[] = [];
  const missing = missingTools();
  const disks = missing.filter((tool) => DISK_TOOLS.includes(tool));
  if (disks.length > 0) skipped.push(`the two disks: ${disks.join(', ')} not installed`);
  const systems = DEMO_SYSTEMS.filter(({ form }) => disks.length === 0 || form === 'rootfs');
  const withoutPackages = await downloadPackages(folder, systems, say);
  if (withoutPackages !== null) skipped.push(`the packages of the systems: ${withoutPackages}`);
  const waiting = [...systems];
  const built: Fleet['systems'] = [];
  const buildWaiting = async (): Promise<void> => {
    for (let system = waiting.shift(); system !== undefined; system = waiting.shift()) {
      const started = Date.now();
      built.push(await buildSystem(folder, system, withoutPackages === null));
      say(`built ${system.name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    }
  };
  // Both come to an end before one's failure is told: the folder they work in is removed then.
  const results = await Promise.allSettled([buildWaiting(), buildWaiting()]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  await rm(join(folder, 'base.tar'), { force: true });
  built.sort((a, b) => a.name.localeCompare(b.name));
  return { builtAt: new Date().toISOString(), systems: built, skipped, missing };
}

/** Null, or why the systems have to do without packages. */
async function downloadPackages(
  folder: string,
  systems: readonly DemoSystem[],
  say: Say,
): Promise<string | null> {
  const tools = missingTools().filter((tool) => !DISK_TOOLS.includes(tool));
  if (tools.length > 0) return `${tools.join(', ')} not installed`;
  const started = Date.now();
  say('downloading Debian packages (mmdebstrap)');
  try {
    await buildBase(folder, systems);
  } catch (error) {
    const lines = error instanceof Error ? error.message.trim().split('\n') : [];
    return `mmdebstrap failed: ${lines.findLast((line) => line.startsWith('E: ')) ?? lines.at(-1) ?? 'no message'}`;
  }
  say(
    `the base is there (${((Date.now() - started) / 1000).toFixed(1)} s); installing each system's packages`,
  );
  return null;
}

async function buildSystem(
  folder: string,
  system: DemoSystem,
  withPackages: boolean,
): Promise<Fleet['systems'][number]> {
  const { name, form } = system;
  const tree = join(form === 'rootfs' ? 'systems' : 'trees', name);
  const absolute = join(folder, tree);
  if (withPackages) await buildTree(folder, tree, system);
  else await buildBareTree(absolute);
  if (form === 'rootfs') {
    await addOwnFiles(absolute, system);
    return { name, scheme: 'rootfs', path: tree, tree };
  }
  await mkdir(join(folder, 'systems'), { recursive: true });
  const disk = join('systems', `${name}.qcow2`);
  if (form === 'overlay-disk') {
    const base = join(folder, 'systems', `${name}-packages.qcow2`);
    await buildOverlayDisk(absolute, base, join(folder, disk), () => addOwnFiles(absolute, system));
  } else {
    await addOwnFiles(absolute, system);
    await buildLvmDisk(absolute, join(folder, disk), 'var/lib/postgresql');
  }
  return { name, scheme: 'disk', path: disk, tree };
}

const DISK_TOOLS = ['qemu-img', 'qemu-io', 'mke2fs', 'debugfs', 'mkfs.xfs', 'sfdisk'];

/** Those of the commands a build uses that are neither on the PATH nor in sbin. */
function missingTools(): string[] {
  const tools = [...DISK_TOOLS, 'mmdebstrap', ...(process.geteuid?.() === 0 ? [] : ['newuidmap'])];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return tools.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
}
