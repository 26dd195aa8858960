// The machine that runs the tests: crawled as host:, indexed, and asked for the addresses of real services.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { host } from '../../../crawler/sources/host.ts';
import { lookup } from '../../../query/lookup/lookup.ts';
import { search } from '../../../query/search.ts';
import { readFrame } from '../../../indexer/frame-reader.ts';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { crawlTargets, type Frame } from '../frames.ts';
import { startServices, testWithNamespaces, type Running } from '../views/live-setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-host-'));
const LIVE = ['process', 'connection', 'interface'] as const;
afterAll(() => rmSync(folder, { recursive: true }));

test('is one system, which shows files and what runs', async () => {
  for (const place of ['', '/']) {
    expect(await host.list({ target: `host:${place}`, labels: { a: 'b' } }, 'host1')).toMatchObject([
      {
        ref: { id: 'host:host1', kind: 'host', name: 'host1', labels: { a: 'b' } },
        place: '/',
        features: ['os', 'package', 'file', 'process', 'connection', 'interface'],
      },
    ]);
  }
});

test('a place that is no machine fails, and says so', async () => {
  mkdirSync(join(folder, 'empty'));
  const codes: unknown[] = [];
  for (const place of ['empty', 'missing']) {
    const { frames } = await crawlTargets(join(folder, 'data'), [`host:${join(folder, place)}`], {
      features: [...LIVE],
    });
    codes.push(frames[0]?.end.status, frames[0]?.problems[0]?.code);
  }
  expect(codes).toEqual(['failed', 'UNFOLD_UNREADABLE', 'failed', 'UNFOLD_PATH_MISSING']);
});

describe('services of a machine', () => {
  let services: Running | undefined;
  let frame: Frame;

  beforeAll(async () => {
    const network = 'ip link set lo up; ip addr add 10.77.9.1/24 dev lo; ip addr add 10.77.9.2/24 dev lo';
    services = await startServices(
      { tcp: [['10.77.9.1', 5432]], connect: [['10.77.9.1', 5432]] },
      network,
    ).catch(() => undefined);
    const { frames } = await crawlTargets(join(folder, 'data'), ['host:'], { features: ['os', ...LIVE] });
    frame = frames[0]!;
  });
  afterAll(() => services?.end());

  test('are in the frame with what runs, and nothing of files is', () => {
    expect(frame.header).toMatchObject({ system: { id: 'host:testhost' }, features: ['os', ...LIVE] });
    expect(frame.entries.process?.size).toBeGreaterThan(3);
    const self = [...(frame.entries.process?.values() ?? [])].find(({ pid }) => pid === process.pid);
    expect(self).toMatchObject({ executable: process.execPath });
    expect(frame.entries.file).toBeUndefined();
    expect(frame.problems.filter(({ extractor }) => extractor !== 'live-detail')).toEqual([]);
  });

  testWithNamespaces(
    'are found by address: what listens, what connects, what owns, with process and socket',
    async () => {
      const index = join(folder, 'index');
      mkdirSync(index);
      const engine = openEmbedded(index, 'write');
      try {
        await engine.apply(readFrame(Readable.from([frame.text])), NO_SIGNAL);
        const options = { at: null, evidence: null, staleAfterHours: 1, signal: NO_SIGNAL };
        const { lookups } = await lookup(engine, ['10.77.9.1'], options);
        const evidence = lookups[0]?.systems[0]?.evidence ?? [];
        const told = evidence.map(({ feature, role, relation, snippet }) =>
          [feature, role, relation, snippet].join(' | '),
        );
        expect(told).toContainEqual(
          expect.stringMatching(/^connection \| listens \| exact \| 10\.77\.9\.1:5432 · \S+ \d+$/),
        );
        expect(told).toContainEqual(
          expect.stringMatching(
            /^connection \| connects-to \| exact \| 10\.77\.9\.\d:\d+ → 10\.77\.9\.1:5432 · \S+ \d+$/,
          ),
        );
        expect(told).toContainEqual(
          expect.stringMatching(/^interface \| owns \| exact \| lo · .*10\.77\.9\.1\/24/),
        );
        expect(told).toContainEqual(
          expect.stringMatching(/^process \| references \| exact \| .*services-child.*10\.77\.9\.1/),
        );
        const asked = await search(engine, 'port:5432 state:listening process:* interface:lo', {
          ...options,
          limit: null,
          cursor: null,
          facets: [],
        });
        expect(asked.systems.map(({ system }) => system.id)).toEqual(['host:testhost']);
      } finally {
        await engine.close();
      }
    },
  );
});
