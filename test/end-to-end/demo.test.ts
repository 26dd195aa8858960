// The demo fleet as a user meets it: built, crawled from outside, asked, and compared with a scan of what it is made of.
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { execa } from 'execa';
import { type Fleet, provideFleet } from '../../deploy/demo/fleet.ts';
import { PLANTED_SECRETS } from '../../deploy/demo/planted-secrets.ts';
import type { FileEntry } from '../../schemas/entries.ts';
import { LookupAnswer } from '../../schemas/answer.ts';
import { requirement } from '../requirements.ts';
import { type ComparedPath, covers, pathsOf, textsOf, writes, writesOneOf } from './demo-oracle.ts';

const ADDRESS = '10.20.30.40';
const SPELLINGS = ['fd00:20:30::40', 'fd00:0020:0030:0000:0000:0000:0000:0040'];
/** Kept without their text, because it is nothing but credentials. */
const CREDENTIAL_FILES = ['jump1:/home/backup/.pgpass'];

const TOOLS = ['guestfish', 'qemu-img', 'mmdebstrap', 'mke2fs', 'debugfs', 'sfdisk', 'mkfs.xfs'];
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
const missing = TOOLS.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
const root = process.geteuid?.() === 0;
const met = missing.length === 0 && root;
const test = requirement('the demo fleet', met, root ? `${missing.join(', ')} missing` : 'built by root');

const checkout = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'unfold-demo-'));
const data = join(folder, 'data');
let fleet: Fleet;
let digests: Map<string, string>;
let secrets: Map<string, string>;
let firstRun: { all: string; exitCode: number };

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function diskDigests(): Promise<Map<string, string>> {
  const systems = join(checkout, '.unfold/fleet/systems');
  const disks = readdirSync(systems).filter((name) => name.endsWith('.qcow2'));
  const entries = disks.map(async (name) => [name, await digest(join(systems, name))] as const);
  return new Map(await Promise.all(entries));
}

async function runDemo(): Promise<{ all: string; exitCode: number }> {
  const { all, exitCode } = await execa(process.execPath, ['deploy/demo/start.ts', '--no-serve', folder], {
    cwd: checkout,
    all: true,
    reject: false,
  });
  return { all, exitCode: exitCode ?? -1 };
}

async function unfold(...args: string[]): Promise<string> {
  const { stdout } = await execa('cli/unfold', ['--data', data, ...args], { cwd: checkout });
  return stdout;
}

/** `SYSTEM:PATH` of every evidence of a file with such a relation. */
async function lookedUp(address: string, relation: 'exact' | 'containing'): Promise<string[]> {
  const answer = LookupAnswer.parse(
    JSON.parse(await unfold('lookup', address, '--evidence', 'all', '--json')),
  );
  const hits = answer.lookups.flatMap(({ systems }) => systems);
  const found = hits.flatMap(({ system, evidence }) =>
    evidence
      .filter((each) => each.feature === 'file' && each.relation === relation)
      .map(({ path }) => `${system.name}:${path ?? ''}`),
  );
  return [...new Set(found)].sort();
}

/** A frame leaves out the hash of a large file, and of one in which a secret was masked. */
function agrees(entry: FileEntry, { type, uid, gid, size, sha256, target }: ComparedPath): boolean {
  return (
    entry.type === type &&
    entry.uid === uid &&
    entry.gid === gid &&
    entry.target_path === target &&
    (type !== 'file' || entry.size === size) &&
    (entry.hash === undefined || entry.hash.sha256 === sha256)
  );
}

/** What a scan of a file finds. */
interface Scanned {
  readonly file: string;
  readonly exact: boolean;
  readonly covered: boolean;
  readonly exactIpv6: boolean;
  /** The planted secrets in it by name, and the lines of private keys that packages made. */
  readonly secrets: ReadonlyMap<string, string>;
}
let scan: readonly Scanned[];

/** The values of a text that must be nowhere; `publicKey` is that of its private key, which holds it too. */
function secretsOf(file: string, text: string, publicKey: string): Map<string, string> {
  const values = new Map([...PLANTED_SECRETS].filter(([, value]) => text.includes(value)));
  const body = /-----BEGIN [A-Z ]*PRIVATE KEY-----\n([^-]+)/.exec(text)?.[1] ?? '';
  body.split('\n').forEach((line, number) => {
    if (line.length > 40 && !publicKey.includes(line)) values.set(`${file} line ${number + 1}`, line);
  });
  values.delete('private-key');
  return values;
}

function publicKeyOf(file: string): string {
  return existsSync(`${file}.pub`) ? readFileSync(`${file}.pub`, 'utf8') : '';
}

function scanFleet(): Scanned[] {
  return fleet.systems.flatMap(({ name, tree }) =>
    [...textsOf(tree)].map(([path, text]) => ({
      file: `${name}:${path}`,
      exact: writes(text, ADDRESS),
      covered: covers(text, ADDRESS),
      exactIpv6: writesOneOf(text, SPELLINGS),
      secrets: secretsOf(`${name}:${path}`, text, publicKeyOf(join(tree, path))),
    })),
  );
}

/** The files of which the scan says so, without those that are kept without their text. */
function scanned(what: 'exact' | 'covered' | 'exactIpv6'): string[] {
  const found = scan.filter((each) => each[what]).map(({ file }) => file);
  return found.filter((file) => !CREDENTIAL_FILES.includes(file)).sort();
}

beforeAll(async () => {
  if (!met) return;
  const built = join(checkout, '.unfold/fleet');
  await provideFleet(built, () => undefined);
  symlinkSync(built, join(folder, 'fleet'));
  fleet = await provideFleet(join(folder, 'fleet'), () => undefined);
  digests = await diskDigests();
  firstRun = await runDemo();
  scan = scanFleet();
  secrets = new Map(scan.flatMap(({ secrets: found }) => [...found]));
}, 900_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo fleet', () => {
  test('is complete, and every system of it is crawled completely', async () => {
    expect(fleet.skipped).toEqual([]);
    const { systems, coverage } = JSON.parse(await unfold('systems', '--json')) as {
      systems: { system: { name: string }; frame: { status: string } | null }[];
      coverage: { complete: boolean };
    };
    const expected = ['app1', 'app2', 'cache1', 'db1', 'fw1', 'jump1', 'web1'];
    expect(systems.map(({ system }) => system.name).sort()).toEqual(expected);
    expect(systems.map(({ frame }) => frame?.status)).toEqual(expected.map(() => 'complete'));
    expect(coverage.complete).toBe(true);
  });

  test('answers the question with every kind of file that writes the address', () => {
    expect(firstRun.exitCode).toBe(0);
    for (const name of ['db1', 'app1', 'app2', 'web1', 'fw1', 'jump1']) {
      expect(firstRun.all).toMatch(new RegExp(`^\\d+\\. ${name}\\b`, 'm'));
    }
  });

  test('is not crawled again while it is the same', async () => {
    const again = await runDemo();
    expect(again.exitCode).toBe(0);
    expect(again.all).toContain('7 of 7 systems are indexed');
    expect(again.all).not.toContain('crawling');
  });

  test('gives exactly the files that a scan finds for an IPv4 address', async () => {
    const exact = scanned('exact');
    expect(exact).toContain('app2:/srv/shop/deploy.sh');
    expect(await lookedUp(ADDRESS, 'exact')).toEqual(exact);
  });

  test('gives exactly the files with a network that covers it', async () => {
    const containing = scanned('covered');
    expect(containing).toContain('fw1:/etc/nftables.conf');
    expect(await lookedUp(ADDRESS, 'containing')).toEqual(containing);
  });

  test('gives exactly the files that write its IPv6 address, in either spelling', async () => {
    const exact = scanned('exactIpv6');
    expect(exact).toHaveLength(5);
    for (const spelling of SPELLINGS) expect(await lookedUp(spelling, 'exact')).toEqual(exact);
    expect(await lookedUp('fd00:20:30::40', 'containing')).toContain('fw1:/etc/nftables.conf');
  });

  test('is seen on its disks as it was written to them, through qcow2, LVM, XFS and ext4', async () => {
    for (const { name, tree } of fleet.systems.filter(({ scheme }) => scheme === 'disk')) {
      const document = JSON.parse(await unfold('frame', 'show', name)) as { file: Record<string, FileEntry> };
      // mke2fs makes lost+found; the root is no name in its tree.
      const paths = Object.keys(document.file).filter((path) => !/^\/$|\/lost\+found$/.test(path));
      const truth = new Map(pathsOf(tree));
      expect([name, paths.sort()]).toEqual([name, [...truth.keys()].sort()]);
      const differing = [...truth].filter(([path, each]) => !agrees(document.file[path]!, each));
      expect([name, differing.map(([path]) => path)]).toEqual([name, []]);
    }
  });

  test('leaves its disks as they were', async () => {
    expect(digests.size).toBe(3);
    expect(await diskDigests()).toEqual(digests);
  });
});

describe('the secrets of the demo fleet', () => {
  function namesIn(bytes: Buffer): string[] {
    return [...secrets].filter(([, value]) => bytes.includes(value)).map(([name]) => name);
  }

  test('are in what it is made of', () => {
    for (const name of PLANTED_SECRETS.keys()) {
      if (name !== 'private-key') expect([...secrets.keys()]).toContain(name);
    }
    expect([...secrets.keys()]).toContain('jump1:/home/backup/.ssh/id_ed25519 line 2');
    expect([...secrets.keys()]).toContain('db1:/etc/ssh/ssh_host_ed25519_key line 2');
  });

  test('are in no frame, and the frame says that something was masked', async () => {
    const masked: Record<string, number> = {};
    for (const { name } of fleet.systems) {
      const document = await unfold('frame', 'show', name);
      expect([name, namesIn(Buffer.from(document))]).toEqual([name, []]);
      const { _frame } = JSON.parse(document) as { _frame: { masked?: Record<string, number> } };
      masked[name] = Object.values(_frame.masked ?? {}).reduce((sum, count) => sum + count, 0);
    }
    for (const name of ['app1', 'app2', 'jump1', 'db1']) expect(masked[name]).toBeGreaterThan(0);
  });

  test('are in no file of the data folder and in nothing that was printed', () => {
    // The appliance is built of this machine's own packages, before a disk is opened.
    const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter(
      (file) => file.isFile() && !file.parentPath.startsWith(join(data, 'appliance')),
    );
    expect(files.map(({ name }) => name)).toContain('index.sqlite');
    for (const { parentPath, name } of files) {
      expect([name, namesIn(readFileSync(join(parentPath, name)))]).toEqual([name, []]);
    }
    expect(namesIn(Buffer.from(firstRun.all))).toEqual([]);
  });
});
