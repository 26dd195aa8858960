// Builds the directory trees of the demo systems: Debian packages by mmdebstrap, then the files of `systems/NAME/`.
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { PLANTED_SECRETS, plantSecrets } from './planted-secrets.ts';
import { BASE_PACKAGES, type DemoSystem, RELEASE } from './systems.ts';

/** Every file of the demo has this time, so that a fleet is the same whenever it is built. */
const FILE_TIME = new Date('2026-01-15T08:00:00Z');

/** Kept small: no manual pages, translations or documentation except licences. */
const DPKG_OPTIONS = [
  'force-unsafe-io',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/locale/*',
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
];

const APT_GET = 'chroot "$1" apt-get -qq -y --no-install-recommends';

/** Only root can make devices; for everybody else mmdebstrap lends those of the machine while packages install. */
const NO_DEVICES = ',output/dev';

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** This machine's own package archives of the release, a mirror among them; without any, mmdebstrap knows Debian's. */
async function archives(): Promise<string[]> {
  const format = 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout, failed } = await execa(
    'apt-get',
    ['indextargets', '--format', format, 'Created-By: Packages', 'Origin: Debian'],
    { reject: false, stdin: 'ignore' },
  );
  if (failed) return [];
  const ours = stdout.split('\n').filter((line) => line.split(' ')[2]?.startsWith(RELEASE) === true);
  return [...new Set(ours)];
}

/** Runs mmdebstrap in the folder, with a file of it (or /dev/null) on its stdin. */
async function mmdebstrap(
  folder: string,
  stdin: string,
  options: readonly string[],
  target: string,
  mirrors: readonly string[],
): Promise<void> {
  const mode = isRoot() ? 'root' : 'unshare';
  const general = ['--quiet', `--mode=${mode}`, '--architectures', await architecture()];
  const command = ['-c', 'exec mmdebstrap "$@" <"$0"', stdin];
  await execa('sh', [...command, ...general, ...options, RELEASE, target, ...mirrors], { cwd: folder });
}

async function architecture(): Promise<string> {
  return (await execa('dpkg', ['--print-architecture'])).stdout;
}

/** Writes `base.tar` into the folder: a minimal system, with the packages of all `systems` downloaded into its cache. */
export async function buildBase(folder: string, systems: readonly DemoSystem[]): Promise<void> {
  const packages = systems.flatMap((system) => system.packages).join(' ');
  await mmdebstrap(
    folder,
    '/dev/null',
    [
      '--variant=minbase',
      `--include=${BASE_PACKAGES.join(',')}`,
      `--skip=cleanup/apt${isRoot() ? '' : NO_DEVICES}`,
      ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
      '--customize-hook=chroot "$1" apt-get clean',
      `--customize-hook=${APT_GET} install --download-only ${packages}`,
    ],
    'base.tar',
    await archives(),
  );
}

/** Installs the packages of one system, from `base.tar` alone, into the directory `tree` of the folder. */
export async function buildTree(folder: string, tree: string, system: DemoSystem): Promise<void> {
  const hooks = [
    // On stdin, as a file: mmdebstrap's own tar-in copies through a pipe, and fails if tar stops before its padding.
    '--setup-hook=tar -C "$1" -x',
    '--setup-hook=mkdir -p "$1/dev"',
    `--customize-hook=${APT_GET} install --no-download ${system.packages.join(' ')}`,
    `--customize-hook=echo 'root:${PLANTED_SECRETS.get('root-password-hash') ?? ''}' | chroot "$1" chpasswd -e`,
    '--customize-hook=chroot "$1" apt-get clean',
    '--customize-hook=cd "$1" && rm -rf var/lib/apt/lists/* var/cache/ldconfig/* usr/sbin/policy-rc.d tmp/*',
  ];
  const options = [
    '--variant=custom',
    `--skip=check/empty,setup,update,cleanup${isRoot() ? '' : NO_DEVICES}`,
    ...hooks,
  ];
  await mkdir(join(folder, tree), { recursive: true });
  const tar = `${tree.replaceAll('/', '-')}.tar`;
  await mmdebstrap(folder, 'base.tar', options, isRoot() ? tree : tar, []);
  if (!isRoot()) {
    await execa('tar', ['-C', tree, '--no-same-owner', '-xf', tar], { cwd: folder });
    await rm(join(folder, tar));
  }
  await rm(join(folder, tree, 'dev'), { recursive: true, force: true });
  await mkdir(join(folder, tree, 'dev'));
}

/** What tells a system's kind, where no packages could be installed. */
export async function buildBareTree(tree: string): Promise<void> {
  for (const folder of ['bin', 'etc', 'usr/bin', 'var/lib/dpkg'])
    await mkdir(join(tree, folder), { recursive: true });
  await writeFile(
    join(tree, 'etc/os-release'),
    `PRETTY_NAME="Debian GNU/Linux 12 (${RELEASE})"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n`,
  );
}

/** The folder with `systems/` and `every-system/`: beside this file, or in the package whose `dist/` this file is in. */
function filesFolder(): string {
  const beside = join(import.meta.dirname, 'systems');
  return existsSync(beside) ? import.meta.dirname : join(import.meta.dirname, '../../../deploy/demo');
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** Every file that is added to some system. */
export async function ownFiles(): Promise<string[]> {
  const folders = ['every-system', 'systems'].map((name) => join(filesFolder(), name));
  return (await Promise.all(folders.map(filesBelow))).flat();
}

/** Adds a system's own files to a tree, secrets and encodings filled in, and returns their paths in the tree. */
export async function addOwnFiles(tree: string, system: DemoSystem): Promise<string[]> {
  const paths: string[] = [];
  for (const source of ['every-system', `systems/${system.name}`]) {
    const folder = join(filesFolder(), source);
    for (const file of await filesBelow(folder)) {
      paths.push(await addFile(tree, file, relative(folder, file), system));
    }
  }
  return paths;
}

async function addFile(tree: string, from: string, path: string, system: DemoSystem): Promise<string> {
  const text = plantSecrets(await readFile(from, 'utf8'));
  const target = system.gzip?.includes(path) === true ? `${path}.gz` : path;
  const file = join(tree, target);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await cp(from, file);
  await writeFile(file, encoded(text, path, system));
  if (system.restricted?.includes(path) === true) await chmod(file, 0o600);
  await utimes(file, FILE_TIME, FILE_TIME);
  return target;
}

function encoded(text: string, path: string, system: DemoSystem): string | Buffer {
  if (system.gzip?.includes(path) === true) return gzipSync(text);
  if (system.utf16?.includes(path) === true) return Buffer.from(`\uFEFF${text}`, 'utf16le');
  return text;
}
