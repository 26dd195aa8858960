// What looking after an index must do and must not: part of every engine's conformance suite.
import { expect, test } from '@jest/globals';
import type { FrameRecord, Index, Retention } from '../../indexer/engines/index-keeping.ts';
import { applyLines, deltaLines } from './search-engine/delta-frames.ts';
import { file, installed, instant, os, type FrameSketch } from './search-engine/frames.ts';
import { apply, held, names, NO_SIGNAL, withEngine, word, type OpenEngine } from './search-engine/setting.ts';
import { findings, keepingHistoryConformance } from './search-engine/keeping-histories.ts';

const id = (system: string) => `rootfs:host1/srv/${system}`;

async function framesOf(index: Index, system: string): Promise<FrameRecord[]> {
  const frames: FrameRecord[] = [];
  for await (const frame of index.frames(id(system), NO_SIGNAL)) frames.push(frame);
  return frames;
}

/** Days of the frames that the index has of a system, the newest first. */
async function daysOf(index: Index, system: string): Promise<number[]> {
  return (await framesOf(index, system)).map(({ header }) => new Date(header.at).getUTCDate());
}

const FAILED: Omit<FrameSketch, 'at'> = {
  system: 's',
  status: 'failed',
  problems: [{ code: 'UNFOLD_DISK_UNREADABLE', extractor: 'disk', message: 'no image' }],
};

export function indexKeepingConformance(open: OpenEngine, histories: number): void {
  statusConformance(open);
  retentionConformance(open);
  forgettingConformance(open);
  keepingHistoryConformance(open, histories);
}

function statusConformance(open: OpenEngine): void {
  test('says what is in an index', async () => {
    await withEngine(open, async (index) => {
      expect(await index.status(NO_SIGNAL)).toMatchObject({
        systems: 0,
        frames: 0,
        facts: { current: 0, past: 0 },
        contents: { count: 0, bytes: 0 },
        oldest: null,
        newest: null,
      });
      await apply(index, {
        system: 's',
        at: 1,
        entries: [os('debian'), file('/a', 'größe'), file('/b', 'pear')],
      });
      await apply(index, { system: 's', at: 2, entries: [os('debian'), file('/a', 'größe')] });
      await apply(index, { system: 't', at: 3, entries: [file('/c', 'größe')] });
      await apply(index, { ...FAILED, at: 4 });
      const status = await index.status(NO_SIGNAL);
      expect(status).toMatchObject({
        systems: 2,
        frames: 4,
        facts: { current: 3, past: 1 },
        contents: { count: 2, bytes: 7 + 4 },
        oldest: instant(1),
        newest: instant(4),
      });
      expect(status.bytes).toBeGreaterThan(0);
      expect(status.format).toBeGreaterThan(0);
    });
  });

  test('remembers what each frame changed, the newest first', async () => {
    await withEngine(open, async (index) => {
      const entries = [os('debian'), file('/a', 'apple'), file('/b', 'pear')];
      const first: FrameSketch = { system: 's', at: 1, entries };
      const third: FrameSketch = { system: 's', at: 3, entries: [...entries.slice(0, 2), installed('x')] };
      await apply(index, first);
      await apply(index, { ...FAILED, at: 2 });
      await applyLines(index, deltaLines(third, first));
      const frames = await framesOf(index, 's');
      expect(
        frames.map(({ header, end, opened, closed, kept }) => [header.at, end.status, opened, closed, kept]),
      ).toEqual([
        [instant(3), 'complete', 1, 1, 2],
        [instant(2), 'failed', 0, 0, 0],
        [instant(1), 'complete', 3, 0, 0],
      ]);
      expect(frames[0]!.end.counts).toEqual({ os: 1, package: 1, file: 1 });
      expect(frames[0]!.header).not.toHaveProperty('base');
      expect(frames[1]).toMatchObject({ problems: FAILED.problems, end: { problems: 1 } });
      await expect(framesOf(index, 'nobody')).rejects.toMatchObject({ code: 'UNFOLD_SYSTEM_UNKNOWN' });
    });
  });

  test('a sound index is found sound, and progress is told', async () => {
    await withEngine(open, async (index) => {
      await apply(index, { system: 's', at: 1, entries: [file('/a', '10.1.2.3 apple'), installed('x')] });
      let last: number[] = [];
      for await (const finding of index.verify((done, total) => (last = [done, total]), NO_SIGNAL))
        expect(finding).toBeNull();
      expect(last[0]).toBe(last[1]);
      expect(last[1]).toBeGreaterThan(0);
    });
  });
}

function retentionConformance(open: OpenEngine): void {
  const none: Retention = { before: null, frames: null };

  test.each<[string, Partial<Retention>, number[]]>([
    ['nothing without a limit', {}, [9, 7, 5, 3, 1]],
    ['what is older than an instant', { before: instant(5) }, [9, 7, 5]],
    ['all but the newest', { before: instant(20) }, [9]],
    ['all but so many', { frames: 2 }, [9, 7]],
    ['what either limit forbids', { frames: 4, before: instant(7) }, [9, 7]],
    ['what either limit forbids, the other way', { frames: 2, before: instant(3) }, [9, 7]],
  ])('retention removes %s', async (_, limits, days) => {
    await withEngine(open, async (index) => {
      for (const at of [1, 3, 5, 7, 9])
        await apply(index, { system: 's', at, entries: [file('/always', 'always'), file('/a', `day${at}`)] });
      const removed = await index.retain({ ...none, ...limits }, NO_SIGNAL);
      const gone = 5 - days.length;
      expect(removed).toEqual({ systems: 0, frames: gone, facts: gone, contents: gone });
      expect(await daysOf(index, 's')).toEqual(days);
      expect(await index.retain({ ...none, ...limits }, NO_SIGNAL)).toEqual({
        systems: 0,
        frames: 0,
        facts: 0,
        contents: 0,
      });
      for (const day of [1, 3, 5, 7, 9]) {
        const expected = days.includes(day) ? ['s'] : [];
        expect(await names(index, word(`day${day}`), { at: instant(day) })).toEqual(expected);
      }
      expect((await held(index, 's', instant(days.at(-1)!))).map(({ validFrom }) => validFrom)).toEqual([
        instant(days.at(-1)!),
        instant(1),
      ]);
      expect(await index.status(NO_SIGNAL)).toMatchObject({
        frames: days.length,
        facts: { current: 2, past: days.length - 1 },
        contents: { count: days.length + 1 },
      });
      expect(await findings(index)).toEqual([]);
    });
  });

  test('retention keeps what the newest frame with entries and later failures say', async () => {
    await withEngine(open, async (index) => {
      await apply(index, { ...FAILED, at: 1 });
      await apply(index, { system: 's', at: 2, entries: [file('/a', 'apple')] });
      for (const at of [3, 4]) await apply(index, { ...FAILED, at });
      await apply(index, { ...FAILED, system: 'never', at: 2 });
      await apply(index, { ...FAILED, system: 'never', at: 5 });
      const before = await index.systems(null, NO_SIGNAL);
      await index.retain({ before: instant(20), frames: 1 }, NO_SIGNAL);
      expect(await index.systems(null, NO_SIGNAL)).toEqual(before);
      expect(await daysOf(index, 's')).toEqual([4, 3, 2]);
      expect(await daysOf(index, 'never')).toEqual([5]);
    });
  });

  test('an entry that was removed can come back', async () => {
    await withEngine(open, async (index) => {
      const [apple, pear] = [file('/a', 'apple 10.1.2.3'), file('/a', 'pear')];
      for (const [at, entry] of [apple, pear, apple, pear, apple].entries()) {
        await apply(index, { system: 's', at: at + 1, entries: [entry] });
        await index.retain({ before: null, frames: 1 }, NO_SIGNAL);
        expect(await names(index, word('apple'))).toEqual(entry === apple ? ['s'] : []);
      }
      expect(await index.status(NO_SIGNAL)).toMatchObject({
        contents: { count: 1 },
        facts: { current: 1, past: 0 },
      });
      expect(await findings(index)).toEqual([]);
    });
  });
}

function forgettingConformance(open: OpenEngine): void {
  test('a system that is forgotten is as if it had never been', async () => {
    await withEngine(open, async (index) => {
      const frames: FrameSketch[] = [1, 2].map((at) => ({
        system: 's',
        at,
        entries: [file('/same', 'apple'), file('/own', `pear ${at}`), installed('x')],
      }));
      await apply(index, { system: 't', at: 1, entries: [file('/same', 'apple')] });
      for (const sketch of frames) await apply(index, sketch);
      await apply(index, { ...FAILED, at: 3 });
      expect(await index.forget(id('s'), NO_SIGNAL)).toEqual({
        systems: 1,
        frames: 3,
        facts: 4,
        contents: 2,
      });
      expect((await index.systems(null, NO_SIGNAL)).map(({ system }) => system.name)).toEqual(['t']);
      expect(await index.systems(instant(1), NO_SIGNAL)).toHaveLength(1);
      expect(await names(index, word('pear'), { at: instant(2) })).toEqual([]);
      expect(await names(index, word('apple'))).toEqual(['t']);
      await expect(held(index, 's')).rejects.toMatchObject({ code: 'UNFOLD_SYSTEM_UNKNOWN' });
      await expect(index.forget(id('s'), NO_SIGNAL)).rejects.toMatchObject({ code: 'UNFOLD_SYSTEM_UNKNOWN' });
      expect(await findings(index)).toEqual([]);
      expect(await apply(index, frames[0]!)).toMatchObject({ outcome: 'applied', opened: 3 });
      expect(await names(index, word('pear'))).toEqual(['s']);
    });
  });
}
