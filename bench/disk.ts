// How long a disk takes to crawl, against the bare appliance and libguestfs's own tools in the same run: node bench/disk.ts
// The disk is the demo's virtual machine; it and the appliance are kept in $UNFOLD_BENCH_DIR where that is set.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl } from '../crawler/crawl.ts';
import { sourceOfTarget } from '../crawler/sources/registry.ts';
import { openSpool } from '../crawler/spool.ts';
import { provideFleet, readFleet } from '../deploy/demo/fleet.ts';
import { CrawlConfiguration } from '../schemas/configuration.ts';

const ROUNDS = 3;
/** Crawl workers let others go first; so do what they are compared with. */
const NICE = ['nice', '-n', '10'];
const BLOCKS = CrawlConfiguration.parse({}).maxFileBytes / 512;
const DEMO = join(import.meta.dirname, '../.unfold/fleet');
/** A disk with one file system in its first partition. */
const SYSTEM = 'app2';

/** Runs to the end and returns the seconds it took; its output goes nowhere. */
function timed(words: readonly string[], env: Record<string, string>): number {
  const start = performance.now();
  const [command = '', ...args] = [...NICE, ...words];
  const options = {
    stdio: ['ignore', 'ignore', 'pipe'] as ('ignore' | 'pipe')[],
    env: { ...process.env, ...env },
  };
  const { status, stderr } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${String(status)}: ${String(stderr)}`);
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function image(folder: string): Promise<string> {
  const say = (message: string): void => console.error(message);
  const fleet = (await readFleet(DEMO)) ?? (await provideFleet(join(folder, 'fleet'), say));
  const system = fleet.systems.find(({ name }) => name === SYSTEM);
  if (system === undefined) throw new Error(`the demo fleet has no ${SYSTEM} on this machine`);
  return system.path;
}

/** Seconds in all, and by phase. */
interface Crawl {
  readonly seconds: number;
  readonly phases: Readonly<Record<string, number>>;
  readonly entries: number;
}

/** A crawl as `unfold crawl` does it, process start included; its frame is thrown away. */
async function fullCrawl(disk: string, data: string): Promise<Crawl> {
  const start = performance.now();
  const source = await sourceOfTarget('disk:');
  const systems = await source.list({ target: `disk:${disk}`, labels: {} }, 'bench');
  const spool = openSpool(data);
  const crawler = { version: '0.0.0', host: 'bench' };
  for await (const frame of crawl(systems, { spool, crawl: CrawlConfiguration.parse({}), crawler })) {
    const seconds = (performance.now() - start) / 1000;
    spool.discard(frame.file);
    if (frame.end.status !== 'complete') throw new Error(`the crawl is ${frame.end.status}`);
    const entries = Object.values(frame.end.counts).reduce((sum, count) => sum + count, 0);
    return { seconds, phases: frame.phases, entries };
  }
  throw new Error('no frame');
}

/** What any crawl through an appliance has to do: start it, mount, list everything, copy what is small enough. */
function leastScript(folder: string, disk: string): string {
  const scratch = join(folder, 'least.raw');
  writeFileSync(scratch, '');
  truncateSync(scratch, 4 * 2 ** 30);
  const to =
    'dd of=/dev/disk/guestfs/scratch bs=1M iflag=fullblock oflag=direct conv=sync,notrunc 2>/dev/null';
  const list = String.raw`find . -printf '%y %m %U %G %s %T@ %C@ %i %P\\0%l\\0'`;
  const copy = `find . -type f -size -${BLOCKS + 1} -print0 | tar --no-recursion --hard-dereference -b 2048 --null -T - -cf -`;
  const script = join(folder, 'least.guestfish');
  writeFileSync(
    script,
    `set-autosync false
add-drive ${disk} readonly:true format:qcow2 label:guest
add-drive ${scratch} format:raw cachemode:unsafe label:scratch
run
mount-ro /dev/disk/guestfs/guest1 /
debug sh "cd /sysroot; ${list} | ${to}; ${copy} | ${to}"
`,
  );
  return script;
}

function line(name: string, value: string, goal = ''): void {
  console.log(`${name.padEnd(40)}${value.padEnd(38)}${goal}`);
}

/** Seconds. */
interface Round {
  readonly bare: number;
  readonly least: number;
  readonly crawl: Crawl;
  readonly inspector: number;
  readonly ls: number;
  readonly tar: number;
}

async function compare(folder: string): Promise<void> {
  const disk = await image(folder);
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  // The first crawl builds the appliance and finds out about KVM.
  const { entries } = await fullCrawl(disk, data);
  const tcg = readFileSync(join(data, 'appliance.json'), 'utf8').includes('tcg');
  const cache = join(folder, 'appliance');
  mkdirSync(cache, { recursive: true });
  const env = {
    LIBGUESTFS_BACKEND: 'direct',
    LIBGUESTFS_BACKEND_SETTINGS: tcg ? 'force_tcg' : '',
    LIBGUESTFS_CACHEDIR: cache,
    TMPDIR: folder,
  };
  const least = leastScript(folder, disk);
  const added = ['--format=qcow2', '-a', disk];
  timed(['guestfish', '--ro', ...added, 'run'], env);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      bare: timed(['guestfish', '--ro', ...added, 'run'], env),
      least: timed(['guestfish', '-f', least], env),
      crawl: await fullCrawl(disk, data),
      inspector: timed(['virt-inspector', ...added], env),
      ls: timed(['virt-ls', ...added, '-lR', '/'], env),
      tar: timed(['virt-tar-out', ...added, '/', '/dev/null'], env),
    });
    console.error(JSON.stringify(rounds.at(-1)));
  }
  const of = (value: (round: Round) => number): number => median(rounds.map(value));
  const seconds = (value: number): string => `${value.toFixed(1)} s`;
  const ratio = (name: string, one: number, other: number, goal: string): void =>
    line(name, `${seconds(one)} / ${seconds(other)} = ${(one / other).toFixed(2)}`, goal);
  line(`${entries} entries, ${tcg ? 'emulated' : 'KVM'}, medians of ${ROUNDS}`, '', 'goal');
  for (const phase of ['launch', 'inspect', 'metadata', 'contents']) {
    line(`  ${phase}`, seconds(of((round) => (round.crawl.phases[phase] ?? 0) / 1000)));
  }
  const ours = of((round) => round.crawl.seconds);
  line('  bare appliance launch', seconds(of((round) => round.bare)));
  ratio(
    'crawl / launch and reads alone',
    ours,
    of((round) => round.least),
    '<= 1.15',
  );
  const tools = of((round) => round.inspector + round.ls + round.tar);
  line('  virt-inspector', seconds(of((round) => round.inspector)));
  line('  virt-ls -lR', seconds(of((round) => round.ls)));
  line('  virt-tar-out', seconds(of((round) => round.tar)));
  ratio('the three tools / crawl', tools, ours, '>= 5');
}

const kept = process.env['UNFOLD_BENCH_DIR'];
const folder = kept ?? mkdtempSync(join(tmpdir(), 'unfold-bench-disk-'));
mkdirSync(folder, { recursive: true });
try {
  await compare(folder);
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true });
}
