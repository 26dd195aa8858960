// Killed at any moment, the index has whole frames only, and goes on to what it would have been.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { IndexChoice } from '../../../cli/index-choice.ts';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { apply } from '../../conformance/search-engine/setting.ts';
import { frameSequence } from './frame-sequence.ts';
import { everything, killAgainAndAgain } from './killed-indexer.ts';

const FRAMES = 24;
const KILLS = Number(process.env['UNFOLD_KILLS'] ?? 50);

test(`${KILLS} kills leave an index of whole frames that ends as an undisturbed one`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'unfold-kill-'));
  const choice = (name: string) => ({ engine: 'embedded' as const, dataFolder: join(root, name) });
  async function contents(dataFolder: string): Promise<unknown> {
    const engine = openEmbedded(dataFolder, 'read');
    try {
      return await everything(engine, FRAMES);
    } finally {
      await engine.close();
    }
  }
  try {
    const undisturbed = join(root, 'undisturbed');
    const engine = openEmbedded(undisturbed, 'write');
    for (const sketch of frameSequence(FRAMES)) await apply(engine, sketch);
    await engine.close();
    const expected = await contents(undisturbed);

    let finished = 0;
    const limits = { kills: KILLS, frames: FRAMES, longestMs: 120 };
    await killAgainAndAgain(choice('0'), limits, async (done: IndexChoice) => {
      if (done.engine === 'embedded') expect(await contents(done.dataFolder)).toEqual(expected);
      finished += 1;
      return choice(String(finished));
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
