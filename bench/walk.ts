// How fast and how frugally a directory tree is crawled, against find and openssl in the same run: node bench/walk.ts
// The trees are copies of this machine's packages, kept in $UNFOLD_BENCH_DIR where that is set.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crawl } from '../crawler/crawl.ts';
import { inPrivateMounts } from '../crawler/process.ts';
import { sourceOfTarget } from '../crawler/sources/registry.ts';
import { openSpool } from '../crawler/spool.ts';
import { openTree } from '../crawler/views/tree/tree-view.ts';
import { CrawlConfiguration } from '../schemas/configuration.ts';
import type { Feature } from '../schemas/entries.ts';
import { ENTRIES, sampleTree, shell } from './sample-tree.ts';

const COPIES = 4;
const ROUNDS = 5;
const LARGEST_READ = 262_144;
/** Crawl workers let others go first; so do what they are compared with. */
const NICE = ['nice', '-n', '10'];

/** Runs to the end and returns the milliseconds it took; its output goes nowhere. */
function timed(words: readonly string[]): number {
  const start = performance.now();
  const [command = '', ...args] = words;
  const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}: ${String(stderr)}`);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The same tree several times, contents shared. */
function largeTree(folder: string, tree: string): string {
  const large = join(folder, `tree-${COPIES}x${ENTRIES}`);
  if (existsSync(large)) return large;
  const building = mkdtempSync(join(folder, 'building-'));
  for (let part = 0; part < COPIES; part += 1)
    shell('cp -al "$1" "$2"', tree, join(building, `part-${part}`));
  renameSync(building, large);
  return large;
}

/** Walks a tree without looking at any content; in a process of its own, whose start does not count. */
async function bareWalk(tree: string, privateMounts: boolean): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'unfold-bench-'));
  const { signal } = new AbortController();
  const report = { problem: () => undefined, leftOut: () => undefined };
  const notice = (): void => undefined;
  const dataFolder = scratch;
  const view = await openTree(tree, { scratch, dataFolder, report, signal, privateMounts, notice });
  let entries = 0;
  const start = performance.now();
  await view.walk({ want: () => 0, found: () => (entries += 1) }, signal);
  const ms = performance.now() - start;
  await view.close();
  rmSync(scratch, { recursive: true });
  console.log(JSON.stringify({ ms, entries }));
}

function walkInChild(tree: string): { ms: number; entries: number } {
  const mounts = inPrivateMounts();
  const words = [
    ...NICE,
    ...mounts,
    process.execPath,
    import.meta.filename,
    '--walk',
    tree,
    String(mounts.length > 0),
  ];
  const [command = '', ...args] = words;
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as { ms: number; entries: number };
}

/** A crawl as `unfold crawl` does it, process start included; its frame is thrown away. */
async function fullCrawl(
  tree: string,
  features: Feature[],
  data: string,
): Promise<{ ms: number; rss: number; entries: number }> {
  const start = performance.now();
  const source = await sourceOfTarget('rootfs:');
  const systems = await source.list({ target: `rootfs:${tree}`, labels: {} }, 'bench');
  const spool = openSpool(data);
  const configuration = CrawlConfiguration.parse({ features });
  const crawler = { version: '0.0.0', host: 'bench' };
  for await (const frame of crawl(systems, { spool, crawl: configuration, crawler })) {
    const ms = performance.now() - start;
    spool.discard(frame.file);
    if (frame.end.status === 'failed') throw new Error('the crawl failed');
    const entries = Object.values(frame.end.counts).reduce((sum, count) => sum + count, 0);
    return { ms, rss: frame.peakRssBytes ?? Number.NaN, entries };
  }
  throw new Error('no frame');
}

function line(name: string, value: string, goal: string): void {
  console.log(`${name.padEnd(46)}${value.padEnd(34)}${goal}`);
}

const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;
const ALL: Feature[] = ['os', 'package', 'file'];

/** Milliseconds. */
interface Round {
  readonly find: number;
  readonly walk: number;
  readonly openssl: number;
  readonly full: number;
  readonly known: number;
}

async function compare(folder: string): Promise<void> {
  const tree = sampleTree(folder);
  const data = mkdtempSync(join(folder, 'data-'));
  const list = join(data, 'files');
  writeFileSync(list, shell('find "$1" -type f -size -"$2"c -print0', tree, String(LARGEST_READ + 1)));
  const find = [...NICE, 'find', tree, '-printf', '%p %y %s %m %U %G %T@ %C@ %i %l\\n'];
  const openssl = [...NICE, 'xargs', '-0', '-a', list, 'openssl', 'sha256'];
  timed(openssl);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      find: timed(find),
      walk: walkInChild(tree).ms,
      openssl: timed(openssl),
      full: (await fullCrawl(tree, ALL, data)).ms,
      known: (await fullCrawl(tree, ['os', 'package'], data)).ms,
    });
  }
  const ms = (name: keyof Round): number => median(rounds.map((round) => round[name]));
  const ratio = (name: keyof Round, to: keyof Round, goal: string): void =>
    line(
      `${name} / ${to}`,
      `${ms(name).toFixed(0)} ms / ${ms(to).toFixed(0)} ms = ${(ms(name) / ms(to)).toFixed(2)}`,
      goal,
    );
  line(`${walkInChild(tree).entries} entries, medians of ${ROUNDS}`, '', 'goal');
  ratio('walk', 'find', '<= 1.2');
  ratio('full', 'openssl', '<= 2');
  ratio('known', 'full', '<= 0.05');
  const small = await fullCrawl(tree, ALL, data);
  const large = await fullCrawl(largeTree(folder, tree), ALL, data);
  line(`peak memory at ${small.entries} entries`, mb(small.rss), '<= 350 MB');
  line(`peak memory at ${large.entries} entries`, mb(large.rss), 'the same');
  rmSync(data, { recursive: true });
}

const [mode, tree = '', mounts] = process.argv.slice(2);
const kept = process.env['UNFOLD_BENCH_DIR'];
if (mode === '--walk') {
  await bareWalk(tree, mounts === 'true');
} else if (kept === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-walk-'));
  try {
    await compare(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  mkdirSync(kept, { recursive: true });
  await compare(kept);
}
