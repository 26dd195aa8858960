// Kills an indexer at a random moment, again and again: what it said is known, and in the end all of it is there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { IndexChoice } from '../../../cli/index-choice.ts';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { instant } from '../../conformance/search-engine/frames.ts';
import { ALL_FACETS, held, NO_SIGNAL, search, word } from '../../conformance/search-engine/setting.ts';

/** Everything that an index answers after so many frames of the sequence. */
export async function everything(engine: SearchEngine, frames: number): Promise<unknown> {
  const states = await engine.systems(null, NO_SIGNAL);
  const facts: unknown[] = [];
  for (const { system } of states) {
    for (const at of [null, instant(4), instant(frames / 2)]) facts.push(await held(engine, system.name, at));
  }
  const where = { or: [word('version'), word('nginx'), word('3')] };
  return { states, facts, found: await search(engine, where, { facets: ALL_FACETS }) };
}

/** Starts to apply the frames and kills the process within so many ms; returns what it said, and whether it was done before. */
export async function killed(
  choice: IndexChoice,
  frames: number,
  longestMs: number,
): Promise<{ said: string[]; done: boolean }> {
  const script = join(import.meta.dirname, 'apply-frames.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, JSON.stringify(choice), String(frames)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exit]);
  await Promise.race([setTimeout(Math.random() * longestMs), exit]);
  child.kill('SIGKILL');
  const [code] = (await exit) as [number | null];
  return { said: output.split('\n').slice(1, -1), done: code === 0 };
}

/**
 * Kills so many times, each time going on with what the last one left; when all frames are applied, `finished` looks at
 * the index and names another.
 */
export async function killAgainAndAgain(
  first: IndexChoice,
  { kills, frames, longestMs }: { kills: number; frames: number; longestMs: number },
  finished: (choice: IndexChoice) => Promise<IndexChoice>,
): Promise<void> {
  let choice = first;
  let [count, done, atLeast] = [0, 0, 0];
  while (count < kills || done === 0) {
    const attempt = await killed(choice, frames, longestMs);
    if (!attempt.done) count += 1;
    // What was reported as applied is known from then on; every frame comes once.
    const { said } = attempt;
    expect(said.slice(0, atLeast)).toEqual(said.slice(0, atLeast).map(() => 'known'));
    atLeast = Math.max(atLeast, said.length);
    if (!attempt.done) continue;
    expect(said.length).toBe(frames);
    choice = await finished(choice);
    done += 1;
    atLeast = 0;
  }
}
