// The history of a system: what each crawl brought, what went wrong, and where crawls are missing.
import { expect, test } from '@jest/globals';
import { history } from '../../query/history.ts';
import { LogEntry } from '../../schemas/comparison.ts';
import { file, installed, instant, os, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { NO_SIGNAL } from '../conformance/search-engine/setting.ts';
import { withFleet } from './setting.ts';

const unreadable = (path: string) => ({
  code: 'UNFOLD_UNREADABLE',
  extractor: 'file',
  path,
  message: 'denied',
});
const FRAMES: readonly FrameSketch[] = [
  { system: 's', at: 1, entries: [os('debian'), installed('nginx'), file('/etc/a'), file('/etc/b')] },
  {
    system: 's',
    at: 2,
    entries: [os('debian'), installed('nginx'), file('/etc/a')],
    problems: [unreadable('/srv/private'), unreadable('/etc/b')],
  },
  {
    system: 's',
    at: 3,
    status: 'failed',
    problems: [{ code: 'UNFOLD_PATH_MISSING', extractor: 'rootfs', message: 'gone' }],
  },
  { system: 's', at: 20, entries: [os('debian')], features: ['os', 'file'] },
];

const SYSTEM = 'rootfs:host1/srv/s';
const OPTIONS = { limit: null, staleAfterHours: 168, signal: NO_SIGNAL };

test('frames, newest first, each with what it brought and what went wrong', async () => {
  await withFleet(FRAMES, async (index) => {
    const { frames, more } = await history(index, SYSTEM, OPTIONS);
    for (const frame of frames) expect(LogEntry.parse(frame)).toEqual(frame);
    expect(more).toBe(false);
    expect(frames.map(({ at, status, facts }) => [at, status, facts])).toEqual([
      [instant(20), 'complete', { opened: 0, closed: 2, kept: 1 }],
      [instant(3), 'failed', { opened: 0, closed: 0, kept: 0 }],
      [instant(2), 'partial', { opened: 0, closed: 0, kept: 3 }],
      [instant(1), 'complete', { opened: 4, closed: 0, kept: 0 }],
    ]);
    const [, failed, partial] = frames;
    expect(failed?.problems).toEqual([
      { code: 'UNFOLD_PATH_MISSING', count: 1, first: expect.objectContaining({ message: 'gone' }) },
    ]);
    expect(partial?.problems).toEqual([
      { code: 'UNFOLD_UNREADABLE', count: 2, first: expect.objectContaining({ path: '/srv/private' }) },
    ]);
  });
});

test('counts are compared with the frame with entries before, of features that both read', async () => {
  await withFleet(FRAMES, async (index) => {
    const { frames } = await history(index, SYSTEM, OPTIONS);
    expect(frames.map(({ grown }) => grown)).toEqual([{ file: -1 }, undefined, { file: -1 }, undefined]);
  });
});

test('a long time without a frame is a gap, whatever failed in it', async () => {
  await withFleet(FRAMES, async (index) => {
    const { frames } = await history(index, SYSTEM, OPTIONS);
    expect(frames.map(({ gapHours }) => gapHours)).toEqual([18 * 24, undefined, undefined, undefined]);
    const patient = await history(index, SYSTEM, { ...OPTIONS, staleAfterHours: 500 });
    expect(patient.frames[0]).not.toHaveProperty('gapHours');
  });
});

test('as many as are wanted; the last of them knows the one before', async () => {
  await withFleet(FRAMES, async (index) => {
    const first = await history(index, SYSTEM, { ...OPTIONS, limit: 1 });
    expect(first).toMatchObject({ more: true, frames: [{ at: instant(20), grown: { file: -1 } }] });
    const all = await history(index, SYSTEM, { ...OPTIONS, limit: 4 });
    expect([all.more, all.frames.length]).toEqual([false, 4]);
  });
});

test('a system that is not known', async () => {
  await withFleet(FRAMES, async (index) => {
    await expect(history(index, 'rootfs:x', OPTIONS)).rejects.toMatchObject({
      code: 'UNFOLD_SYSTEM_UNKNOWN',
    });
  });
});
