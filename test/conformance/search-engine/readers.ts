// Who reads while frames are applied sees each system as one frame left it.
import { expect, test } from '@jest/globals';
import { roundFrame, roundsSeen } from './rounds.ts';
import { apply, withEngine, type OpenEngine } from './setting.ts';

const ROUNDS = 5;
const FILES = 60;

export function readerConformance(open: OpenEngine): void {
  test('whoever asks all the time sees one frame or the next, never a part, never an earlier one again', async () => {
    await withEngine(open, async (engine, folder) => {
      const other = await open(folder);
      await apply(engine, roundFrame(1, FILES));
      const ended = new AbortController();
      const readers = [engine, other].map(async (reader) => {
        const seen: number[] = [];
        while (!ended.signal.aborted) seen.push(...(await roundsSeen(reader, FILES)));
        return seen;
      });
      try {
        for (let round = 2; round <= ROUNDS; round++) await apply(engine, roundFrame(round, FILES));
      } finally {
        ended.abort();
      }
      for (const seen of await Promise.all(readers)) expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(await roundsSeen(other, FILES)).toEqual([ROUNDS, ROUNDS, ROUNDS]);
      await other.close();
    });
  });
}
