// An index that was moved answers as before, and moves again to the same bytes.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import type { Index } from '../../indexer/engines/index-keeping.ts';
import { readFrame } from '../../indexer/frame-reader.ts';
import { exportedFrames, Import, ndjsonLine } from '../../indexer/transfer.ts';
import { file, installed, instant, os, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { findings } from '../conformance/search-engine/keeping-histories.ts';
import { Oracle } from '../conformance/search-engine/oracle.ts';
import { applyStep, situation } from '../conformance/search-engine/properties.ts';
import { apply, factsAt, NO_SIGNAL, withEngine } from '../conformance/search-engine/setting.ts';

const INSTANTS = [null, ...[0, 2, 4, 6, 8, 10, 12].map(instant)];

const withIndex = <T>(run: (index: Index) => Promise<T>) =>
  withEngine((folder) => openEmbedded(folder, 'write'), run);

/** The frames of an index as they travel. */
async function exported(index: Index): Promise<string[]> {
  const frames: string[] = [];
  for await (const { lines } of exportedFrames(index, () => undefined, NO_SIGNAL)) {
    let text = '';
    for await (const line of lines) text += ndjsonLine(line);
    frames.push(text);
  }
  return frames;
}

// eslint-disable-next-line @typescript-eslint/require-await -- frames are streams
async function* chunks(text: string): AsyncGenerator<string> {
  yield text;
}

async function importInto(index: Index, frames: readonly string[]): Promise<Import['done']> {
  const taking = new Import(index, NO_SIGNAL);
  for (const text of frames) await taking.take(readFrame(chunks(text)));
  return taking.done;
}

async function expectSameAnswers(moved: Index, index: Index): Promise<void> {
  for (const at of INSTANTS) {
    const systems = await index.systems(at, NO_SIGNAL);
    expect(await moved.systems(at, NO_SIGNAL)).toEqual(systems);
    for (const { system } of systems)
      expect(await factsAt(moved, system.id, at)).toEqual(await factsAt(index, system.id, at));
  }
}

test('a moved index answers as before at every instant, and its export is the same bytes', async () => {
  const retention = fc.record({
    before: fc.option(fc.integer({ min: 1, max: 12 }).map(instant), { nil: null }),
    frames: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
  });
  await fc.assert(
    fc.asyncProperty(situation, retention, fc.nat(9), async ([steps, { plans }], limits, when) => {
      await withIndex(async (index) => {
        const oracle = new Oracle();
        for (const [number, step] of steps.entries()) {
          await applyStep(step, [index], oracle);
          if (number === when) await index.retain(limits, NO_SIGNAL);
        }
        await withIndex(async (moved) => {
          const frames = await exported(index);
          const { applied } = await importInto(moved, frames);
          expect(applied).toBe(frames.length);
          await expectSameAnswers(moved, index);
          for (const plan of plans)
            expect(await moved.search(plan, NO_SIGNAL)).toEqual(await index.search(plan, NO_SIGNAL));
          expect(await exported(moved)).toEqual(frames);
          expect(await findings(moved)).toEqual([]);
        });
      });
    }),
    { numRuns: 25 },
  );
});

const HISTORY: FrameSketch[] = [1, 2, 3].flatMap((at) =>
  ['a', 'b'].map((system) => ({
    system,
    at,
    entries: [os('debian', `${at}`), installed('x'), file('/etc/a', `${system} ${at}`), file('/etc/b')],
  })),
);

async function withHistory(run: (frames: string[], index: Index) => Promise<void>): Promise<void> {
  await withIndex(async (index) => {
    for (const sketch of HISTORY) await apply(index, sketch);
    await run(await exported(index), index);
  });
}

test('only what changed travels after the first frame', async () => {
  await withHistory((frames) => {
    expect(frames.map((text) => text.trimEnd().split('\n').length)).toEqual([6, 4, 4, 6, 4, 4]);
    return Promise.resolve();
  });
});

test('an import that was interrupted goes on, and one that is done changes nothing', async () => {
  await withHistory(async (frames, index) => {
    await withIndex(async (moved) => {
      await importInto(moved, frames.slice(0, 4));
      expect(await importInto(moved, frames)).toEqual({ applied: 2, known: 4, older: 0, refused: [] });
      expect(await importInto(moved, frames)).toEqual({ applied: 0, known: 6, older: 0, refused: [] });
      await expectSameAnswers(moved, index);
    });
  });
});

test('a system of which the index knows another history is left as it is, the others come', async () => {
  await withHistory(async (frames) => {
    await withIndex(async (moved) => {
      await apply(moved, { system: 'a', at: 2, entries: [file('/other', 'other')] });
      const done = await importInto(moved, frames);
      expect(done).toMatchObject({
        applied: 3,
        known: 0,
        older: 2,
        refused: [{ system: 'rootfs:host1/srv/a', error: { code: 'UNFOLD_FRAME_BASE_MISSING' } }],
      });
      expect((await factsAt(moved, 'rootfs:host1/srv/a', null)).map(({ key }) => key)).toEqual(['/other']);
    });
  });
});

test('what is cut off or of another form is refused as any frame is', async () => {
  await withHistory(async ([first = ''], index) => {
    for (const [text, code] of [
      [first.slice(0, -30), 'UNFOLD_FRAME_CUT'],
      ['{}\n', 'UNFOLD_FRAME_INVALID'],
    ] as const)
      await expect(importInto(index, [text])).rejects.toMatchObject({ code });
  });
});
