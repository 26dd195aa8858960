// How long `unfold search` takes as a whole process on a small index, beside a Node that does nothing.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../indexer/engines/embedded/engine.ts';
import { file, frameLines, installed, os, stream } from '../test/conformance/search-engine/frames.ts';

const ROUNDS = 5;
const RUNS_PER_ROUND = 4;
const GOAL_MS = 150;
const SYSTEMS = 7;
const FILES = 500;

const unfold = join(import.meta.dirname, '../cli/unfold');
const folder = mkdtempSync(join(tmpdir(), 'unfold-bench-'));

async function fill(): Promise<void> {
  const engine = openEmbedded(folder, 'write');
  for (let system = 0; system < SYSTEMS; system++) {
    const files = Array.from({ length: FILES }, (_, index) =>
      file(`/etc/app${index}.conf`, `db = 10.20.${system}.${index % 250}\nname = app ${index}\n`),
    );
    const entries = [os('debian'), installed('nginx'), ...files];
    const frame = frameLines({ system: `bench${system}`, at: new Date().toISOString(), entries });
    await engine.apply(stream(frame), new AbortController().signal);
  }
  await engine.close();
}

/** Milliseconds of the fastest of a few runs: what other processes take is not ours. */
function fastest(command: string, args: readonly string[]): number {
  const times = Array.from({ length: RUNS_PER_ROUND }, () => {
    const started = performance.now();
    const { status, stderr } = spawnSync(command, args, { env: { ...process.env, UNFOLD_DATA: folder } });
    if (status !== 0) throw new Error(String(stderr));
    return performance.now() - started;
  });
  return Math.min(...times);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

try {
  await fill();
  fastest(unfold, ['search', '10.20.3.4']);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    node: fastest(process.execPath, ['-e', '0']),
    search: fastest(unfold, ['search', '10.20.3.4']),
    lookup: fastest(unfold, ['lookup', '10.20.3.0/24']),
  }));
  const node = median(rounds.map((round) => round.node));
  console.log(`node -e 0       ${node.toFixed(0)} ms`);
  for (const command of ['search', 'lookup'] as const) {
    const took = median(rounds.map((round) => round[command]));
    const ratio = median(rounds.map((round) => round[command] / round.node));
    console.log(`unfold ${command}   ${took.toFixed(0)} ms, ${ratio.toFixed(1)}x node (goal: ${GOAL_MS} ms)`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
