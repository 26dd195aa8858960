// Killed at any moment, an indexer that takes deltas and removes what is old leaves a sound index, and ends where it would have.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { findings } from '../../conformance/search-engine/keeping-histories.ts';
import { everythingIn } from './small-history.ts';

const FRAMES = 18;
const KILLS = Number(process.env['UNFOLD_KILLS'] ?? 20);

/** Runs the indexer, and kills it within so many ms unless null; returns how many frames it was through with, and whether it was done. */
async function run(folder: string, longestMs: number | null): Promise<{ frames: number; done: boolean }> {
  const script = join(import.meta.dirname, 'keeping-child.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, folder, String(FRAMES)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exit]);
  if (longestMs !== null) {
    await Promise.race([setTimeout(Math.random() * longestMs), exit]);
    child.kill('SIGKILL');
  }
  const [code] = (await exit) as [number | null];
  return { frames: output.split('\n').length - 2, done: code === 0 };
}

async function findingsIn(folder: string): Promise<unknown[]> {
  const index = openEmbedded(folder, 'read');
  try {
    return await findings(index);
  } finally {
    await index.close();
  }
}

test(`${KILLS} kills while deltas come and frames go`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'unfold-kill-keeping-'));
  try {
    const undisturbed = join(root, 'undisturbed');
    const started = performance.now();
    expect(await run(undisturbed, null)).toEqual({ frames: FRAMES, done: true });
    const longestMs = performance.now() - started;
    const expected = await everythingIn(undisturbed);
    let [kills, finished] = [0, 0];
    let folder = join(root, '0');
    while (kills < KILLS || finished === 0) {
      // What has been done is quickly known: later kills hit later frames.
      const { done } = await run(folder, kills < KILLS ? longestMs / 3 : null);
      if (!done) {
        kills += 1;
        expect(await findingsIn(folder)).toEqual([]);
        continue;
      }
      expect(await everythingIn(folder)).toBe(expected);
      expect(await findingsIn(folder)).toEqual([]);
      finished += 1;
      folder = join(root, String(finished));
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}, 300_000);
