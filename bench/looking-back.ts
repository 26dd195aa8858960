// How long `unfold diff`, `unfold log` and a search for changes take as whole processes, beside a Node that does nothing.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../indexer/engines/embedded/engine.ts';
import { stream } from './fleet/engine.ts';
import { median, report } from './fleet/figures.ts';
import { Fleet } from './fleet/fleet.ts';

const ROUNDS = 7;
const CRAWLS = 10;
const FILES = 5000;

const unfold = join(import.meta.dirname, '../cli/unfold');
const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-'));
// One entry in a hundred changes with each crawl.
const fleet = new Fleet({ systems: 2, files: FILES, unique: 0.01, mutation: 0.01, seed: 1 });

async function fill(): Promise<void> {
  const engine = openEmbedded(folder, 'write');
  for (let crawl = 0; crawl < CRAWLS; crawl++) {
    for (const system of [0, 1])
      await engine.apply(stream(fleet.frame(system, crawl)), new AbortController().signal);
  }
  await engine.close();
}

/** Milliseconds of one run, and how many lines it printed. */
function run(command: string, args: readonly string[]): { took: number; lines: number } {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    env: { ...process.env, UNFOLD_DATA: folder },
    maxBuffer: 2 ** 30,
  });
  const took = performance.now() - started;
  if (status === null || status === 2) throw new Error(String(stderr));
  return { took, lines: stdout.toString().split('\n').length };
}

const first = fleet.at(0, 0);
const QUESTIONS: [name: string, args: string[], goal: string][] = [
  ['diff of the last two frames', ['diff', 'node0'], '300 ms'],
  ['diff of the first and the last frame', ['diff', 'node0', '--from', first], '300 ms'],
  ['diff of two systems', ['diff', 'node0', 'node1'], ''],
  ['log', ['log', 'node0'], '150 ms'],
  ['search for changes', ['search', `changed:>${fleet.at(1, CRAWLS - 2)}`], '150 ms'],
];

try {
  await fill();
  for (const [, args] of QUESTIONS) run(unfold, args);
  const node = median(Array.from({ length: ROUNDS }, () => run(process.execPath, ['-e', '0']).took));
  report('node -e 0', `${node.toFixed(0)} ms`);
  for (const [name, args, goal] of QUESTIONS) {
    const runs = Array.from({ length: ROUNDS }, () => ({
      node: run(process.execPath, ['-e', '0']).took,
      ...run(unfold, args),
    }));
    const took = median(runs.map((one) => one.took));
    const ratio = median(runs.map((one) => one.took / one.node));
    const figure = `${took.toFixed(0)} ms, ${ratio.toFixed(1)}x node, ${runs[0]?.lines ?? 0} lines`;
    report(name, figure, goal === '' ? undefined : goal);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
