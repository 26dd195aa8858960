// Crawls one after the other: what is known spares work, and whatever becomes of it, the index is right.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import { parseFrame } from '../crawler/frames.ts';
import { Place, UNFOLD } from './process.ts';

let place: Place;
const at = (path: string): string => place.path('web1', path);

beforeEach(() => {
  place = new Place();
  mkdirSync(at('etc'), { recursive: true });
  writeFileSync(at('etc/os-release'), 'ID=debian\n');
  for (let n = 0; n < 20; n++) writeFileSync(at(`etc/${n}.conf`), `db = 10.7.7.${n}\n`);
});
afterEach(() => place.remove());

interface Crawled {
  readonly status: string;
  readonly counts: Record<string, number>;
  readonly kept?: Record<string, number>;
  readonly removed?: number;
  readonly applied: { readonly outcome: string } | null;
}

async function crawl(...more: string[]): Promise<Crawled> {
  const { status, stdout, stderr } = await place.unfold(['crawl', 'rootfs:web1', '--json', ...more]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Crawled;
}

/** What holds in the index of a data folder: keys, texts and sizes. */
async function held(data: string): Promise<unknown[]> {
  const { signal } = new AbortController();
  const engine = openEmbedded(data, 'read');
  try {
    const [state] = await engine.systems(null, signal);
    const facts: unknown[] = [];
    const query = { span: { at: null }, texts: true };
    for await (const { key, entry } of engine.facts(state?.system.id ?? '', query, signal))
      facts.push({ key, entry });
    return facts;
  } finally {
    await engine.close();
  }
}

/** The index is what a crawl of the same tree into an empty one makes. */
async function expectRight(): Promise<void> {
  const fresh = place.path(`fresh-${Math.random()}`);
  const { status } = await place.unfold(['crawl', 'rootfs:web1', '--data', fresh]);
  expect(status).toBe(0);
  expect(await held(place.data)).toEqual(await held(fresh));
}

const ENTRIES = 23;
const KILLS = 12;

/** What was written just now is read again; the first crawls come this much later. */
async function settle(): Promise<void> {
  await setTimeout(2500);
}

describe('the next crawl', () => {
  test('brings what changed, and is told as the whole', async () => {
    await settle();
    expect(await crawl()).toMatchObject({ counts: { file: ENTRIES, os: 1 } });
    expect(await crawl()).toMatchObject({
      counts: { file: 0, os: 0 },
      kept: { file: ENTRIES, os: 1 },
      removed: 0,
    });
    writeFileSync(at('etc/0.conf'), 'db = 10.7.8.8\n');
    rmSync(at('etc/1.conf'));
    expect(await crawl()).toMatchObject({ counts: { file: 2 }, kept: { file: ENTRIES - 3 }, removed: 1 });
    const { stdout } = await place.unfold(['crawl', 'rootfs:web1']);
    expect(stdout).toMatch(/^web1 {2}complete {2}23 entries, 2 changed, 0 problems/);
    const found = await place.unfold(['search', '10.7.8.8', '--json']);
    expect(found.status).toBe(0);
    expect((await place.unfold(['search', '10.7.7.1'])).status).toBe(1);
    await expectRight();
  }, 60_000);

  test('is whole with --full and for frames that go elsewhere, unless they are asked as deltas', async () => {
    await settle();
    await crawl();
    expect((await crawl('--full')).kept).toBeUndefined();
    expect((await crawl('--frames', 'with.ndjson')).kept).toBeUndefined();
    expect((await crawl('--no-index', '--frames', 'a.ndjson')).kept).toBeUndefined();
    expect((await crawl('--no-index', '--frames', 'b.ndjson', '--delta')).kept).toBeUndefined();
    expect((await crawl('--no-index', '--frames', 'c.ndjson', '--delta')).kept).toEqual({
      file: ENTRIES,
      os: 1,
    });
    expect((await crawl()).kept).toEqual({ file: ENTRIES, os: 1 });
    const [b, c] = ['b', 'c'].map((name) => parseFrame(readFileSync(place.path(`${name}.ndjson`), 'utf8')));
    expect(c?.header.base).toBe(b?.header.id);
    const other = ['--data', place.path('other')];
    expect((await place.unfold(['index', 'c.ndjson', ...other])).stderr).toContain(
      'UNFOLD_FRAME_BASE_MISSING',
    );
    expect((await place.unfold(['index', 'b.ndjson', 'c.ndjson', ...other])).status).toBe(0);
    const both = await place.unfold(['crawl', 'rootfs:web1', '--full', '--delta']);
    expect(both.status).toBe(2);
  }, 60_000);

  const manifests = (): string[] =>
    readdirSync(join(place.data, 'manifests')).map((name) => join(place.data, 'manifests', name));

  test.each([
    ['the manifest is gone', () => rmSync(join(place.data, 'manifests'), { recursive: true })],
    ['the manifest is damaged', () => manifests().forEach((file) => truncateSync(file, 100))],
    [
      'the index is gone',
      () =>
        readdirSync(place.data)
          .filter((name) => name.startsWith('index'))
          .forEach((name) => rmSync(join(place.data, name))),
    ],
  ])(
    'is whole, in the same run, where %s',
    async (_, lose) => {
      await crawl();
      lose();
      writeFileSync(at('etc/0.conf'), 'db = 10.7.8.8\n');
      const whole = await crawl();
      expect(whole).toMatchObject({ counts: { file: ENTRIES }, applied: { outcome: 'applied' } });
      expect(whole.kept).toBeUndefined();
      await expectRight();
      expect((await crawl()).kept).toBeDefined();
    },
    60_000,
  );

  test('is whole, in the same run, where the manifest is of an earlier state', async () => {
    await crawl();
    const [manifest = ''] = manifests();
    copyFileSync(manifest, place.path('earlier'));
    rmSync(at('etc/1.conf'));
    await crawl();
    copyFileSync(place.path('earlier'), manifest);
    rmSync(at('etc/2.conf'));
    expect((await crawl()).kept).toBeUndefined();
    await expectRight();
  }, 60_000);

  test('survives kill -9 at any moment', async () => {
    const begin = performance.now();
    await crawl();
    const span = performance.now() - begin;
    for (let kill = 0; kill < KILLS; kill++) {
      writeFileSync(at(`etc/${kill}.conf`), `db = 10.9.9.${kill}\n`);
      rmSync(at(`etc/${(kill * 7) % KILLS}.conf`), { force: true });
      const child = spawn(UNFOLD, ['crawl', 'rootfs:web1'], {
        cwd: place.folder,
        env: place.environment(),
        stdio: 'ignore',
        detached: true,
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await setTimeout(((kill + Math.random()) / KILLS) * span);
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // It had just ended.
      }
      await ended;
    }
    await crawl();
    await expectRight();
    expect(readdirSync(join(place.data, 'spool'))).toEqual([]);
  }, 120_000);
});
