// Killed at any moment, the index has whole frames only, and goes on to what it would have been.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { ALL_FACETS, apply, held, NO_SIGNAL, search, word } from '../../conformance/search-engine/setting.ts';
import { instant } from '../../conformance/search-engine/frames.ts';
import { frameSequence } from './frame-sequence.ts';

const FRAMES = 24;
const KILLS = 50;
const LONGEST_MS = 120;

/** Everything the index answers. */
async function contents(folder: string): Promise<unknown> {
  const engine = openEmbedded(folder, 'read');
  try {
    const states = await engine.systems(null, NO_SIGNAL);
    const facts: unknown[] = [];
    for (const { system } of states) {
      for (const at of [null, instant(4), instant(FRAMES / 2)])
        facts.push(await held(engine, system.name, at));
    }
    const where = { or: [word('version'), word('nginx'), word('3')] };
    return { states, facts, found: await search(engine, where, { facets: ALL_FACETS }) };
  } finally {
    await engine.close();
  }
}

/** Starts to apply the frames and kills the process; returns what it said, and whether it was done before. */
async function killed(folder: string): Promise<{ said: string[]; done: boolean }> {
  const script = join(import.meta.dirname, 'apply-frames.ts');
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, folder, String(FRAMES)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exit]);
  await Promise.race([setTimeout(Math.random() * LONGEST_MS), exit]);
  child.kill('SIGKILL');
  const [code] = (await exit) as [number | null];
  return { said: output.split('\n').slice(1, -1), done: code === 0 };
}

test(`${KILLS} kills leave an index of whole frames that ends as an undisturbed one`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'unfold-kill-'));
  try {
    const undisturbed = join(root, 'undisturbed');
    const engine = openEmbedded(undisturbed, 'write');
    for (const sketch of frameSequence(FRAMES)) await apply(engine, sketch);
    await engine.close();
    const expected = await contents(undisturbed);

    let [kills, finished, atLeast] = [0, 0, 0];
    let folder = join(root, '0');
    while (kills < KILLS || finished === 0) {
      const { said, done } = await killed(folder);
      if (!done) kills += 1;
      // What was reported as applied is known from then on; every frame comes once.
      expect(said.slice(0, atLeast)).toEqual(said.slice(0, atLeast).map(() => 'known'));
      atLeast = Math.max(atLeast, said.length);
      if (!done) continue;
      expect(said.length).toBe(FRAMES);
      expect(await contents(folder)).toEqual(expected);
      finished += 1;
      atLeast = 0;
      folder = join(root, String(finished));
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
