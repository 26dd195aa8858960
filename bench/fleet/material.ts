// What a fleet is made of: the packages of this machine with their files as dpkg lists them, and the demo fleet's settings.
import { hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join, relative } from 'node:path';
import type { FileEntry, FileType, PackageEntry } from '../../schemas/entries.ts';
import { numberOf } from './random.ts';

/** A text of a single system's own: the path it lies at, and what it says in the demo fleet. */
export interface Setting {
  readonly path: string;
  readonly text: string;
}

export interface Material {
  /** Files as every system has them, by package. */
  readonly files: readonly FileEntry[];
  readonly packages: readonly PackageEntry[];
  readonly settings: readonly Setting[];
}

const DPKG = '/var/lib/dpkg';
const DEMO = join(import.meta.dirname, '../../deploy/demo');
/** What the crawler reads of a file unless it is told otherwise. */
const LARGEST_READ = 262_144;
/** Some packages have more files than all others of a system together: of each at most so many are taken, or this share. */
const MOST_OF_ONE_PACKAGE = 60;
const LARGEST_SHARE = 1 / 80;
/** Stands in the demo's trees where its setup plants a secret. */
const PLANTED = /@@[\w-]+@@/g;

/** Packages of this machine in the order that the seed gives them, until they have so many files; and all settings. */
export function readMaterial(files: number, seed: number): Material {
  const found: { files: FileEntry[]; packages: PackageEntry[] } = { files: [], packages: [] };
  const paths = new Set<string>();
  const mostOfOne = Math.max(MOST_OF_ONE_PACKAGE, files * LARGEST_SHARE);
  for (const installed of installedPackages(seed)) {
    if (found.files.length >= files) break;
    found.packages.push(installed.entry);
    const most = Math.min(files, found.files.length + mostOfOne);
    for (const path of installed.paths) {
      if (found.files.length >= most) break;
      if (paths.has(path)) continue;
      paths.add(path);
      const entry = fileEntry(path, installed.entry.name);
      if (entry !== null) found.files.push(entry);
    }
  }
  if (found.files.length < files) {
    throw new Error(
      `the packages of this machine have ${found.files.length} files only; ask for fewer with --files`,
    );
  }
  return { ...found, settings: settings() };
}

interface InstalledPackage {
  readonly entry: PackageEntry;
  readonly paths: readonly string[];
}

function* installedPackages(seed: number): Generator<InstalledPackage> {
  const stanzas = readFileSync(join(DPKG, 'status'), 'utf8').split('\n\n');
  const ordered = stanzas.map((stanza) => ({ stanza, rank: numberOf(seed, ...Buffer.from(nameIn(stanza))) }));
  for (const { stanza } of ordered.sort((a, b) => a.rank - b.rank)) {
    const entry = packageEntry(stanza);
    if (entry?.status === 'installed') yield { entry, paths: pathsOf(entry) };
  }
}

function nameIn(stanza: string): string {
  return field(stanza, 'Package') ?? '';
}

function field(stanza: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
}

function packageEntry(stanza: string): PackageEntry | null {
  const [name, version] = [field(stanza, 'Package'), field(stanza, 'Version')];
  if (name === undefined || version === undefined) return null;
  const architecture = field(stanza, 'Architecture');
  const description = field(stanza, 'Description');
  const maintainer = field(stanza, 'Maintainer');
  return {
    name,
    version,
    ...(architecture === undefined ? {} : { architecture }),
    type: 'deb',
    status: field(stanza, 'Status')?.split(' ')[2] ?? 'installed',
    ...(description === undefined ? {} : { description }),
    ...(maintainer === undefined ? {} : { maintainer }),
  };
}

function pathsOf({ name, architecture = '' }: PackageEntry): string[] {
  for (const stem of [name, `${name}:${architecture}`]) {
    try {
      return readFileSync(join(DPKG, `info/${stem}.list`), 'utf8')
        .split('\n')
        .filter((path) => path.length > 1 && path !== '/.');
    } catch {
      // Named the other way.
    }
  }
  return [];
}

function typeOf(stat: Stats): FileType | null {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'dir';
  return stat.isSymbolicLink() ? 'symlink' : null;
}

/** The file as a crawl would show it; null where it is none that packages have. */
function fileEntry(path: string, owner: string): FileEntry | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const type = stat === undefined ? null : typeOf(stat);
  if (stat === undefined || type === null) return null;
  return {
    path,
    type,
    size: stat.size,
    mode: (stat.mode & 0o7777).toString(8).padStart(4, '0'),
    uid: 0,
    gid: 0,
    owner: 'root',
    group: 'root',
    mtime: new Date(Math.floor(stat.mtimeMs / 1000) * 1000).toISOString(),
    ctime: '2025-12-01T00:00:00.000Z',
    inode: 0,
    ...(type === 'symlink' ? { target_path: readlinkSync(path) } : {}),
    ...(type === 'file' ? contentOf(path, stat.size) : {}),
    package: { name: owner },
  };
}

function contentOf(path: string, size: number): Partial<FileEntry> {
  if (size > LARGEST_READ) return { skipped: 'too-large' };
  const bytes = readFileSync(path);
  const sha256 = hash('sha256', bytes);
  if (bytes.includes(0)) return { skipped: 'binary', hash: { sha256 } };
  const text = bytes.toString('utf8');
  const content = { text, encoding: 'utf-8' as const };
  return { hash: { sha256 }, ...(Buffer.byteLength(text) === size ? { content } : { skipped: 'binary' }) };
}

function settings(): Setting[] {
  const systems = join(DEMO, 'systems');
  const trees = [
    join(DEMO, 'every-system'),
    ...readdirSync(systems)
      .sort()
      .map((name) => join(systems, name)),
  ];
  return trees.flatMap((tree) =>
    readdirSync(tree, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => join(tree, name))
      .filter((file) => lstatSync(file).isFile())
      .map((file) => ({
        path: `/${relative(tree, file)}`,
        text: readFileSync(file, 'utf8').replace(PLANTED, '********'),
      })),
  );
}
