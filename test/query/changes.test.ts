// `changed:` in answers: since when, until when, and of which systems it is not known.
import { expect, test } from '@jest/globals';
import { file, installed, instant, os, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { ask, withFleet } from './setting.ts';

/** `web` is upgraded on the third of January 2026, `idle` stays as it is, `lost` is not crawled again, `new` comes later. */
const FRAMES: readonly FrameSketch[] = [
  { system: 'web', at: 1, entries: [os('debian'), installed('nginx', '1'), file('/etc/app', 'port 80\n')] },
  { system: 'idle', at: 1, entries: [os('debian'), file('/etc/app', 'port 80\n')] },
  { system: 'lost', at: 1, entries: [os('debian')] },
  { system: 'web', at: 3, entries: [os('debian'), installed('nginx', '2'), file('/etc/app', 'port 8080\n')] },
  { system: 'idle', at: 3, entries: [os('debian'), file('/etc/app', 'port 80\n')] },
  { system: 'new', at: 3, entries: [os('debian')] },
];

test('evidence says which end of a fact was asked for, and from when to when it held', async () => {
  await withFleet(FRAMES, async (engine) => {
    const { systems } = await ask(engine, 'changed:2026-01-03');
    expect(systems.map(({ system }) => system.name)).toEqual(['web']);
    const told = systems[0]?.evidence.map(({ key, snippet, change, validFrom, validTo }) => [
      key,
      snippet,
      change,
      validFrom,
      validTo,
    ]);
    expect(told).toEqual([
      ['/etc/app', '/etc/app', 'ended', instant(1), instant(3)],
      ['/etc/app', '/etc/app', 'began', instant(3), null],
      ['deb:nginx:amd64', 'nginx (= 1)', 'ended', instant(1), instant(3)],
      ['deb:nginx:amd64', 'nginx (= 2)', 'began', instant(3), null],
    ]);
  });
});

test('a changed fact with a matching text is shown at its line', async () => {
  await withFleet(FRAMES, async (engine) => {
    const { systems } = await ask(engine, '8080 changed.file:2026-01-03');
    expect(systems[0]?.evidence).toEqual([
      expect.objectContaining({ snippet: 'port 8080', line: 1, change: 'began' }),
      expect.objectContaining({ path: '/etc/app', change: 'ended' }),
    ]);
  });
});

test('evidence for anything else has no change; a past instant shows how long it held', async () => {
  await withFleet(FRAMES, async (engine) => {
    const { systems } = await ask(engine, 'package:nginx at:2026-01-02');
    expect(systems[0]?.evidence).toEqual([
      {
        feature: 'package',
        key: 'deb:nginx:amd64',
        snippet: 'nginx (= 1)',
        marks: [[0, 5]],
        validFrom: instant(1),
        validTo: instant(3),
      },
    ]);
  });
});

test('a fact that began in the time and ended after the instant of the answer has begun', async () => {
  const frames: FrameSketch[] = [1, 2, 4].map((at) => ({ system: 's', at, entries: [os(`release ${at}`)] }));
  await withFleet(frames, async (engine) => {
    const { systems } = await ask(engine, 'changed:>2026-01-01 at:2026-01-03');
    expect(systems[0]?.evidence.map(({ change, validTo }) => [change, validTo])).toEqual([
      ['ended', instant(2)],
      ['began', instant(4)],
    ]);
  });
});

test('coverage names the systems of which changes are not known', async () => {
  await withFleet(FRAMES, async (engine) => {
    const gapsOf = async (query: string) => {
      const { coverage } = await ask(engine, query);
      return coverage.gaps.map(({ system, status }) => `${system.split('/').at(-1)} ${status}`);
    };
    expect(await gapsOf('changed:>2026-01-02')).toEqual(['lost stale', 'new partial']);
    expect(await gapsOf('-changed.package:>=2026-01-02')).toEqual(['lost stale', 'new partial']);
    expect(await gapsOf('changed:2026-01-02')).toEqual([
      'idle stale',
      'lost stale',
      'new partial',
      'web stale',
    ]);
    expect(await gapsOf('changed:*')).toEqual([]);
    expect(await gapsOf('changed:<2026-01-02')).toEqual(['new partial']);
    expect(await gapsOf('changed:>2026-01-02 at:2026-01-02')).toEqual([
      'idle stale',
      'lost stale',
      'web stale',
    ]);
    expect(await gapsOf('nginx')).toEqual([]);
  });
});

test('changes in a feature that the last crawl did not read are not known', async () => {
  const frames: FrameSketch[] = [
    { system: 's', at: 1, entries: [os('debian'), installed('x')] },
    { system: 's', at: 2, entries: [os('debian')], features: ['os'] },
  ];
  await withFleet(frames, async (engine) => {
    const { coverage } = await ask(engine, 'changed.package:>2026-01-01');
    expect(coverage.gaps).toEqual([
      expect.objectContaining({ status: 'partial', reason: 'the last crawl read os, not package' }),
    ]);
    expect((await ask(engine, 'changed:>2026-01-01')).coverage.complete).toBe(true);
  });
});
