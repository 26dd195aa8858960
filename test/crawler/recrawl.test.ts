// Any chain of deltas leaves in an index what whole frames of the same states leave there, instants included.
import { randomUUID } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import type { Fact, SearchEngine } from '../../indexer/engines/search-engine.ts';
import { readFrame } from '../../indexer/frame-reader.ts';
import { crawlHere, SYSTEM, type CrawlHere } from './crawl-here.ts';
import type { Frame } from './frames.ts';
import { changeTree, treeChange } from './tree-changes.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-recrawl-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { signal } = new AbortController();

async function facts(engine: SearchEngine): Promise<Fact[]> {
  const all: Fact[] = [];
  const query = { span: { at: null }, texts: true };
  for await (const fact of engine.facts(SYSTEM.id, query, signal)) all.push(fact);
  return all;
}

const counts = async (engine: SearchEngine): Promise<unknown> =>
  (await engine.systems(null, signal)).map(({ frame }) => frame?.end.counts);

const apply = (engine: SearchEngine, file: string): Promise<unknown> =>
  engine.apply(readFrame(createReadStream(file)), signal);

const step = fc.record({
  changes: fc.array(treeChange, { maxLength: 8 }),
  blind: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    fc.array(fc.constantFrom('/a', '/etc', '/b/etc'), { maxLength: 2 }),
  ),
  identity: fc.oneof({ weight: 5, arbitrary: fc.constant('same') }, fc.constantFrom('other', 'third')),
});

let start = 0;
beforeEach(() => {
  start = Date.now() + 60_000;
});

/** A minute ahead, so that what was just written is not too fresh to be trusted. */
const instant = (n: number): Date => new Date(start + n * 1000);

describe('a chain of deltas', () => {
  test('leaves the same facts as whole frames', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        const own = mkdtempSync(join(folder, 'chain-'));
        const root = join(own, 'root');
        for (const name of ['root', 'deltas', 'wholes']) mkdirSync(join(own, name));
        const deltas = openEmbedded(join(own, 'deltas'), 'write');
        const wholes = openEmbedded(join(own, 'wholes'), 'write');
        let base: string | null = null;
        for (const [n, { changes, blind, identity }] of steps.entries()) {
          for (const one of changes) changeTree(root, one);
          const about = { root, at: instant(n), id: randomUUID(), blind, identity };
          const next = join(own, `manifest-${n}`);
          await apply(deltas, (await crawlHere({ ...about, base, next })).file);
          await apply(wholes, (await crawlHere({ ...about, base: null, next: join(own, 'whole') })).file);
          expect(await facts(deltas)).toEqual(await facts(wholes));
          expect(await counts(deltas)).toEqual(await counts(wholes));
          base = next;
        }
        await deltas.close();
        await wholes.close();
        rmSync(own, { recursive: true });
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe('a crawl of what was crawled before', () => {
  const root = join(folder, 'tree');
  const manifest = (n: number): string => join(folder, `m${n}`);
  const at = (path: string): string => join(root, path);

  beforeEach(() => {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(at('etc'), { recursive: true });
    mkdirSync(at('srv'));
    writeFileSync(at('etc/hosts'), '10.1.2.3 db\n');
    writeFileSync(at('etc/os-release'), 'ID=debian\n');
    writeFileSync(at('srv/data'), 'x'.repeat(100));
  });
  const crawlOnce = async (n: number, more: Partial<CrawlHere> = {}): Promise<Frame> => {
    const base = n === 0 ? null : manifest(n - 1);
    const order = { root, at: instant(n), id: randomUUID(), base, next: manifest(n), ...more };
    return (await crawlHere(order)).frame;
  };

  test('says nothing where nothing changed', async () => {
    const first = await crawlOnce(0);
    const second = await crawlOnce(1);
    expect(second.header.base).toBe(first.header.id);
    expect(second.end).toMatchObject({ counts: { os: 0, file: 0 }, kept: { os: 1, file: 6 }, removed: 0 });
    expect(second.text.trimEnd().split('\n')).toHaveLength(2);
  });

  test('reads only what changed, and names what is gone', async () => {
    await crawlOnce(0);
    writeFileSync(at('etc/hosts'), '10.1.2.4 db\n');
    rmSync(at('srv'), { recursive: true });
    const second = await crawlOnce(1);
    expect(new Set(second.entries.file?.keys())).toEqual(new Set(['/', '/etc/hosts']));
    expect(second.removed).toEqual([
      { feature: 'file', key: '/srv' },
      { feature: 'file', key: '/srv/data' },
    ]);
  });

  test('notices a change that leaves size and time of change of the file as they were', async () => {
    await crawlOnce(0);
    const { atime, mtime } = statSync(at('srv/data'));
    writeFileSync(at('srv/data'), 'y'.repeat(100));
    utimesSync(at('srv/data'), atime, mtime);
    expect((await crawlOnce(1)).entries.file?.get('/srv/data')).toMatchObject({
      content: { text: 'y'.repeat(100) },
    });
  });

  test('reads again what changed shortly before it', async () => {
    await crawlOnce(0);
    const fresh = { at: new Date() };
    expect((await crawlOnce(1, fresh)).entries.file?.size).toBe(6);
    expect((await crawlOnce(2)).entries.file?.size).toBe(6);
    expect((await crawlOnce(3)).entries.file).toBeUndefined();
  });

  test('removes nothing that it could not see, until it can', async () => {
    await crawlOnce(0);
    rmSync(at('srv/data'));
    const blind = await crawlOnce(1, { blind: ['/srv'] });
    expect(blind.removed).toEqual([]);
    expect(blind.end).toMatchObject({ status: 'partial', held: { file: 1 } });
    expect((await crawlOnce(2)).removed).toEqual([{ feature: 'file', key: '/srv/data' }]);
  });

  test('reads all of it where rules or limits changed, and is a delta still', async () => {
    const first = await crawlOnce(0);
    const second = await crawlOnce(1, { identity: 'new' });
    expect(second.header.base).toBe(first.header.id);
    expect(second.end).toMatchObject({ counts: { file: 6 }, kept: { os: 1 } });
  });

  test.each([
    ['is lost', (path: string) => rmSync(path)],
    ['is cut', (path: string) => truncateSync(path, statSync(path).size - 9)],
    ['is damaged', (path: string) => writeFileSync(path, readFileSync(path).fill(0, 300, 310))],
    ['is something else', (path: string) => writeFileSync(path, 'no manifest\n'.repeat(5))],
    [
      'is a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('is whole where the manifest %s', async (_, harm) => {
    await crawlOnce(0);
    harm(manifest(0));
    const second = await crawlOnce(1);
    expect(second.header.base).toBeUndefined();
    expect(second.end.counts).toMatchObject({ file: 6, os: 1 });
    rmSync(manifest(0), { recursive: true, force: true });
  });

  test('leaves nothing of what was masked in the manifest, and shows it to nobody', async () => {
    writeFileSync(at('etc/secret.conf'), 'password = xK9-verySecretValue-77\n');
    await crawlOnce(0);
    expect(readFileSync(manifest(0), 'latin1')).not.toContain('verySecret');
    expect(statSync(manifest(0)).mode & 0o777).toBe(0o600);
  });
});
