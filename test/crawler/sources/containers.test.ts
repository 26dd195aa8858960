// Containers of real engines, running and stopped: listed from the engines' own files, crawled, indexed and asked for.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { docker } from '../../../crawler/sources/docker.ts';
import { podman } from '../../../crawler/sources/podman.ts';
import type { FoundSystem } from '../../../crawler/sources/source.ts';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { readFrame } from '../../../indexer/frame-reader.ts';
import { lookup } from '../../../query/lookup/lookup.ts';
import { CrawlConfiguration } from '../../../schemas/configuration.ts';
import type { TreeVisitor } from '../../../crawler/views/view.ts';
import { RecordedReport } from '../../conformance/system-view.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { startEngines, testWithDocker, testWithPodman } from '../containers/engines.ts';
import { confinedCrawl } from '../containers/confined-crawl.ts';
import { crawlTargets, type Frame } from '../frames.ts';
import type { Running } from '../views/live-setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-containers-'));
const data = join(folder, 'data');
/** The data folder of an ordinary user. */
const own = mkdtempSync(join(tmpdir(), 'unfold-own-'));
const engines = join(folder, 'engines');
const target = { podman: `podman:${engines}/podman`, docker: `docker:${engines}/docker` };
let running: Running | null = null;
const frames = new Map<string, Frame>();
let found: readonly FoundSystem[] = [];

beforeAll(async () => {
  mkdirSync(engines);
  running = await startEngines(engines);
  if (running === null) return;
  const crawled = await crawlTargets(data, [target.podman, target.docker], { concurrency: 2 });
  for (const frame of crawled.frames) frames.set(frame.header.system.name, frame);
  found = await podman.list({ target: target.podman, labels: { fleet: 'test' } }, 'testhost');
}, 120_000);
afterAll(async () => {
  await running?.end();
  for (const each of [folder, own]) rmSync(each, { recursive: true, force: true });
});

const named = (name: string): FoundSystem | undefined => found.find(({ ref }) => ref.name === name);
const textOf = (name: string, path: string): unknown =>
  frames.get(name)?.entries.file?.get(path)?.['content'];
const liveOf = (name: string, feature: 'process' | 'connection' | 'interface'): Record<string, unknown>[] => [
  ...(frames.get(name)?.entries[feature]?.values() ?? []),
];

describe('podman', () => {
  testWithPodman('lists containers, running and stopped, with what it knows of them', () => {
    expect(found.map(({ ref }) => `${ref.name} ${ref.container?.state ?? ''}`).sort()).toEqual([
      'app1 running',
      'app2 running',
      'db running',
      'hostile running',
      'stopped stopped',
    ]);
    const image = {
      name: 'localhost/tiny:1',
      id: expect.stringMatching(/^sha256:\w{64}$/),
      digest: expect.stringMatching(/^sha256:\w{64}$/),
    };
    expect(named('db')?.ref).toMatchObject({
      id: expect.stringMatching(/^podman:testhost\/\w{64}$/),
      kind: 'container',
      labels: { tier: 'data', fleet: 'test' },
      container: {
        engine: { name: 'podman', root: join(engines, 'podman') },
        image,
        ip: ['10.99.0.5/24'],
        mounts: [],
      },
    });
    expect(named('app1')?.ref.container?.mounts).toEqual([
      { path: '/srv/volume', source: join(engines, 'volume') },
    ]);
    expect(named('db')?.features).toEqual(['os', 'package', 'file', 'process', 'connection', 'interface']);
    expect(named('stopped')).toMatchObject({ features: named('db')?.features });
    expect(named('stopped')?.run).toBeUndefined();
  });

  testWithPodman('shows a running container as its processes see it, without what is mounted into it', () => {
    const frame = frames.get('app1')!;
    expect(frame.problems).toEqual([]);
    expect(textOf('app1', '/etc/app.conf')).toMatchObject({ text: 'db = 10.99.0.5:5432\n' });
    expect(textOf('app1', '/etc/upstream.conf')).toMatchObject({ text: 'upstream = 10.99.7.9\n' });
    expect(frame.entries.file?.has('/etc/obsolete')).toBe(false);
    expect(frame.entries.os?.get('os')).toMatchObject({ platform: 'tiny' });
    expect(frame.end.leftOut.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/proc', '/srv/volume', '/etc/hosts']),
    );
    expect(frame.text).not.toContain('never of a container');
  });

  testWithPodman('shows what runs in it: processes, sockets with their owner, addresses', () => {
    const [first] = liveOf('app1', 'process').filter(({ vpid }) => vpid === 1);
    expect(first).toMatchObject({ name: 'sh', user: { id: '0', name: 'root' } });
    expect(
      liveOf('app1', 'process')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['nc', 'sh', 'sleep']);
    expect(liveOf('app1', 'connection')).toMatchObject([
      {
        transport: 'tcp',
        state: 'established',
        remote: { ip: '10.99.0.5', port: 5432 },
        process: { name: 'nc' },
      },
    ]);
    expect(liveOf('db', 'connection').filter(({ state }) => state === 'listening')).toMatchObject([
      { local: { port: 5432 }, process: { name: 'httpd' } },
    ]);
    const [own] = liveOf('db', 'interface').filter(({ name }) => name === 'eth0');
    expect(own?.['ip']).toContain('10.99.0.5/24');
  });

  testWithPodman('shows a stopped container from its layers: whiteouts and opaque directories hide', () => {
    const frame = frames.get('stopped')!;
    expect(frame.problems).toEqual([]);
    expect(frame.end.counts).toMatchObject({ process: 0, connection: 0, interface: 0 });
    expect(textOf('stopped', '/etc/upstream.conf')).toMatchObject({ text: 'changed\n' });
    expect(frame.entries.file?.has('/etc/obsolete')).toBe(false);
    expect(frame.entries.os?.get('os')).toEqual({ platform: 'changed', family: 'changed' });
    expect(textOf('stopped', '/etc/passwd')).toBeDefined();
  });

  testWithPodman('leaks no byte of the host, whatever a container swaps while it is read', async () => {
    const report = new RecordedReport();
    const view = await podman.open(named('hostile')!, {
      crawl: CrawlConfiguration.parse({}),
      scratch: folder,
      dataFolder: data,
      report,
      signal: NO_SIGNAL,
      privateMounts: false,
      notice: () => undefined,
      phase: () => undefined,
    });
    const texts = new Map<string, number>();
    const found: TreeVisitor = {
      want: ({ path }) => (path.startsWith('/srv/') ? 100 : 0),
      found(_, content) {
        const text = content !== null && 'bytes' in content ? content.bytes.toString() : '';
        if (text !== '') texts.set(text, (texts.get(text) ?? 0) + 1);
      },
    };
    const reads = ['/srv/x/a/canary', '/srv/link/canary', '/srv/x/*'].map((pattern) => ({
      pattern,
      maxBytes: 100,
    }));
    try {
      for (let round = 0; round < 100; round++) {
        await view.walk(found, NO_SIGNAL);
        for (let times = 0; times < 100; times++)
          await view.read(reads, ({ entry, content }) => found.found(entry, content), NO_SIGNAL);
      }
    } finally {
      await view.close();
    }
    expect([...texts.keys()]).toEqual(['own\n']);
    // Many rounds found the directory, and many something else in its place.
    expect(texts.get('own\n')).toBeGreaterThan(50);
    expect(texts.get('own\n')).toBeLessThan(10_100);
  });

  testWithPodman(
    'is crawled by an ordinary user with the capabilities that its systemd unit gives, and no others',
    () => {
      const { status, stderr, frames: met } = confinedCrawl('unfold-crawl.service', target.podman, own);
      expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringMatching(/^(notice: .*\n)*$/) });
      for (const name of ['app1', 'app2', 'db']) {
        const frame = met.get(name)!;
        expect(frame.problems).toEqual([]);
        expect(frame.entries.file).toEqual(frames.get(name)?.entries.file);
        for (const feature of ['process', 'connection', 'interface'] as const)
          expect([...(frame.entries[feature]?.keys() ?? [])].sort()).toEqual(
            [...(frames.get(name)?.entries[feature]?.keys() ?? [])].sort(),
          );
      }
      // Marks of its layers are for those with CAP_SYS_ADMIN.
      expect(met.get('stopped')?.problems).toMatchObject([{ code: 'UNFOLD_UNREADABLE', extractor: 'tree' }]);
    },
  );

  testWithPodman('fails, and says so, where a container is gone by then', async () => {
    const db = named('db')!;
    const gone = { ...db, ref: { ...db.ref, container: { ...db.ref.container!, id: 'f'.repeat(64) } } };
    await expect(
      podman.open(gone, { phase: () => undefined } as unknown as Parameters<typeof podman.open>[1]),
    ).rejects.toMatchObject({
      code: 'UNFOLD_CONTAINER_GONE',
    });
  });

  testWithPodman(
    'misses its containers where its folder cannot be read any more, and none that were removed',
    () => {
      const known = found.map(({ ref }) => ref);
      const asked = { target: target.podman, labels: {} };
      // What ran has ended, and that is recorded.
      expect(
        podman.lost(asked, 'testhost', known, []).map(({ ref, features }) => [ref.name, features]),
      ).toEqual(
        found
          .filter(({ run }) => run !== undefined)
          .map(({ ref }) => [ref.name, ['process', 'connection', 'interface']]),
      );
      expect(podman.lost(asked, 'testhost', known, found)).toEqual([]);
      expect(
        podman
          .lost(asked, 'testhost', known, null)
          .map(({ ref }) => ref.name)
          .sort(),
      ).toEqual(found.map(({ ref }) => ref.name).sort());
      expect(podman.lost({ target: 'podman:/elsewhere', labels: {} }, 'testhost', known, null)).toEqual([]);
    },
  );
});

describe('docker', () => {
  testWithDocker('lists and shows its containers alike', () => {
    expect(frames.get('web')?.header.system).toMatchObject({
      id: expect.stringMatching(/^docker:testhost\/\w{64}$/),
      kind: 'container',
      labels: { tier: 'web' },
      container: {
        state: 'running',
        image: { name: 'tiny:1', id: expect.stringMatching(/^sha256:/) },
        ip: [],
      },
    });
    expect(frames.get('web')?.problems).toEqual([]);
    expect(textOf('web', '/etc/web.conf')).toMatchObject({ text: 'upstream = 10.99.0.5\n' });
    expect(liveOf('web', 'process').map(({ name }) => name)).toContain('httpd');
    expect(frames.get('done')?.header.system.container?.state).toBe('stopped');
    expect(frames.get('done')?.problems).toEqual([]);
    expect(textOf('done', '/etc/over')).toMatchObject({ text: 'over\n' });
    expect(textOf('done', '/etc/obsolete')).toMatchObject({ text: 'obsolete\n' });
  });
});

testWithPodman(
  'the lookup of a service names those who talk to it: process, socket and configuration line',
  async () => {
    const index = join(folder, 'index');
    mkdirSync(index);
    const engine = openEmbedded(index, 'write');
    try {
      for (const { text } of frames.values()) await engine.apply(readFrame(Readable.from([text])), NO_SIGNAL);
      const options = { at: null, evidence: null, staleAfterHours: 1, signal: NO_SIGNAL };
      const { lookups } = await lookup(engine, ['10.99.0.5'], options);
      const told = new Map(
        lookups[0]?.systems.map(({ system, evidence }) => [
          system.name,
          evidence.map(({ feature, role, path, snippet }) =>
            [feature, role, path ?? '', snippet].join(' | '),
          ),
        ]),
      );
      for (const app of ['app1', 'app2']) {
        expect(told.get(app)).toContainEqual(
          expect.stringMatching(
            /^connection \| connects-to \| {2}\| 10\.99\.0\.\d+:\d+ → 10\.99\.0\.5:5432 · nc \d+$/,
          ),
        );
        expect(told.get(app)).toContainEqual('file | references | /etc/app.conf | db = 10.99.0.5:5432');
        expect(told.get(app)).toContainEqual(
          expect.stringMatching(/^process \| references \| {2}\| nc · nc 10\.99\.0\.5 5432/),
        );
      }
      expect(told.get('db')).toContainEqual(
        expect.stringMatching(/^interface \| owns \| {2}\| eth0 · .*10\.99\.0\.5\/24/),
      );
      expect(told.get('stopped')).toBeUndefined();
    } finally {
      await engine.close();
    }
  },
);

test('a folder that is no engine’s is named', async () => {
  for (const source of [podman, docker])
    await expect(
      source.list({ target: `${source.scheme}:${folder}`, labels: {} }, 'h'),
    ).rejects.toMatchObject({
      code: 'UNFOLD_CONTAINERS_UNREADABLE',
      message: expect.stringContaining(folder),
    });
});
