// What crawling and indexing a system again costs, against the first time, as `unfold crawl` does it: node bench/recrawl.ts
// The tree is a copy of this machine's packages, kept in $UNFOLD_BENCH_DIR where that is set; its files are changed.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sampleTree, shell } from './sample-tree.ts';

const ROUNDS = 3;
const MAIN = join(import.meta.dirname, '../cli/main.ts');
/** What changed later than that before a crawl is read once more by the next: not what is measured here. */
const SETTLE_MS = 2500;
/** Larger files are not read. */
const LARGEST = 200_000;

interface Crawled {
  readonly counts: Record<string, number>;
  readonly kept?: Record<string, number>;
}

/** Milliseconds of the whole process, and entries written. */
function crawl(tree: string, data: string): { ms: number; written: number; isDelta: boolean } {
  const start = performance.now();
  const words = [MAIN, 'crawl', `rootfs:${tree}`, '--features', 'os,package,file', '--json', '--data', data];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  const ms = performance.now() - start;
  if (status !== 0 && status !== 3) throw new Error(stderr);
  const { counts, kept } = JSON.parse(stdout) as Crawled;
  const written = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { ms, written, isDelta: kept !== undefined };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Crawls again some times, each time after a change. */
async function again(
  tree: string,
  data: string,
  change: (round: number) => void,
): Promise<{ ms: number; written: number }> {
  const rounds: ReturnType<typeof crawl>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    change(round);
    await setTimeout(SETTLE_MS);
    rounds.push(crawl(tree, data));
  }
  if (!rounds.every(({ isDelta }) => isDelta)) throw new Error('a crawl was whole');
  return { ms: median(rounds.map(({ ms }) => ms)), written: median(rounds.map(({ written }) => written)) };
}

async function compare(folder: string): Promise<void> {
  const tree = sampleTree(folder);
  const data = mkdtempSync(join(folder, 'data-'));
  try {
    const files = shell('find "$1" -type f -size -"$2"c -print0', tree, String(LARGEST))
      .split('\0')
      .slice(0, -1);
    await setTimeout(SETTLE_MS);
    const cold = crawl(tree, data);
    console.log(`first crawl and index: ${cold.written} entries, ${(cold.ms / 1000).toFixed(1)} s`);
    const line = (name: string, { ms, written }: { ms: number; written: number }, goal: string): void =>
      console.log(
        `${name.padEnd(14)}${(ms / 1000).toFixed(2)} s / ${(cold.ms / 1000).toFixed(1)} s = ${((100 * ms) / cold.ms).toFixed(2)} %   ${written} entries written   goal ${goal}`,
      );
    line('0 % changed', await again(tree, data, () => undefined), '<= 1 %');
    const changeSome = (round: number): void => {
      for (let at = round; at < files.length; at += 100)
        appendFileSync(files[at] ?? '', `changed ${Date.now()} 10.1.2.3\n`);
    };
    line('1 % changed', await again(tree, data, changeSome), '<= 5 %');
  } finally {
    rmSync(data, { recursive: true });
  }
}

const kept = process.env['UNFOLD_BENCH_DIR'];
if (kept !== undefined) mkdirSync(kept, { recursive: true });
const folder = kept ?? mkdtempSync(join(tmpdir(), 'unfold-bench-recrawl-'));
try {
  await compare(folder);
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true });
}
