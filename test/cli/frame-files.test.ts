// A stream of several frames is cut where the next begins, however the bytes arrive.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitFrames } from '../../cli/frame-files.ts';

const FRAMES = [
  '{"_frame":1}\n{"entry":"\\n{\\"_frame\\""}\n{"_end":1}\n',
  '{"_frame":2}\n',
  '{"_frame":3}\n{"_end":3}',
];

// eslint-disable-next-line @typescript-eslint/require-await -- streams are asynchronous
async function* chunks(text: string, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts.map((at) => at % bytes.length), bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
}

test('whole frames come out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 40 }), async (cuts) => {
      const frames: string[] = [];
      for await (const frame of splitFrames(chunks(FRAMES.join(''), cuts))) {
        const parts: Buffer[] = [];
        for await (const part of frame) parts.push(part);
        frames.push(Buffer.concat(parts).toString());
      }
      expect(frames).toEqual(FRAMES);
    }),
  );
});

test('a frame that is given up does not spoil the next', async () => {
  const begun: string[] = [];
  for await (const frame of splitFrames(chunks(FRAMES.join(''), [5, 30, 60])))
    for await (const part of frame) {
      begun.push(part.toString());
      break;
    }
  expect(begun.map((start, index) => FRAMES[index]?.startsWith(start))).toEqual([true, true, true]);
});

test('nothing yields nothing', async () => {
  const frames: unknown[] = [];
  for await (const frame of splitFrames(chunks('', []))) frames.push(frame);
  expect(frames).toEqual([]);
});
