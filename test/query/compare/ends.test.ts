// Which frames the ends of a comparison stand for, and how far they can be relied on.
import { expect, test } from '@jest/globals';
import { file, instant, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { withFleet } from '../setting.ts';
import { comparison } from './comparing.ts';

const motd = (text: string) => [os('debian'), file('/etc/motd', text)];
const problems = [{ code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/srv/private', message: 'denied' }];
const FRAMES: FrameSketch[] = [
  { system: 's', at: 1, entries: motd('one\n') },
  { system: 's', at: 2, entries: motd('two\n'), problems },
  { system: 's', at: 3, status: 'failed' },
  { system: 's', at: 4, entries: [os('debian')], features: ['os'] },
  { system: 't', at: 4, entries: motd('two\n') },
];
const at = (day: number) => new Date(instant(day));

test('by default the last two frames, with the reasons why they may not be all', async () => {
  await withFleet(FRAMES.slice(0, 3), async (engine) => {
    const { from, to, complete, same } = await comparison(engine);
    expect([from.frame.at, to.frame.at]).toEqual([instant(1), instant(2)]);
    expect(from.gaps).toEqual([]);
    expect(to.gaps.map(({ status }) => status).sort()).toEqual(['failed', 'partial']);
    expect([complete, same]).toEqual([false, false]);
  });
});

test('any instant stands for the frame before it', async () => {
  await withFleet(FRAMES, async (engine) => {
    const asked = {
      from: { system: 's', at: at(1) },
      to: { system: 's', at: new Date('2026-01-03T18:00:00Z') },
    };
    const { from, to, changes } = await comparison(engine, {}, asked);
    expect([from.at, from.frame.at]).toEqual([instant(1), instant(1)]);
    expect([to.at, to.frame.at]).toEqual(['2026-01-03T18:00:00.000Z', instant(2)]);
    expect(changes.map(({ key }) => key)).toEqual(['/etc/motd']);
  });
});

test('what was read at one end only is not compared, and named', async () => {
  await withFleet(FRAMES, async (engine) => {
    const asked = { from: { system: 't', at: null }, to: { system: 's', at: null } };
    // The files of an earlier frame still hold.
    const { features, to } = await comparison(engine, {}, asked);
    expect(features).toEqual(['os', 'file']);
    expect(to.gaps.map(({ reason }) => reason)).toEqual([
      'the frame did not read file: what an earlier one read is compared',
    ]);
    const thin: FrameSketch = { system: 'thin', at: 4, entries: [os('debian')], features: ['os'] };
    await withFleet([...FRAMES, thin], async (other) => {
      const { notCompared, complete, same } = await comparison(
        other,
        {},
        {
          from: { system: 't', at: null },
          to: { system: 'thin', at: null },
        },
      );
      expect(notCompared.map(({ feature }) => feature)).toEqual(['package', 'file']);
      expect([complete, same]).toEqual([false, true]);
    });
  });
});

test('a system that is not known, or was not then', async () => {
  await withFleet(FRAMES, async (engine) => {
    const ends = (system: string, from: Date | 'before', to: Date | null = null) =>
      comparison(engine, {}, { from: { system, at: from }, to: { system, at: to } });
    await expect(ends('x', 'before')).rejects.toMatchObject({ code: 'UNFOLD_SYSTEM_UNKNOWN' });
    await expect(ends('t', 'before')).rejects.toThrow('no frame of rootfs:host1/srv/t is older');
    await expect(ends('t', at(1))).rejects.toThrow('no crawl of rootfs:host1/srv/t had succeeded by');
  });
});
