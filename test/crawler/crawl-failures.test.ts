// Crawls that do not go well: each leaves a frame that says so, and nothing else.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { crawl, type CrawlOptions } from '../../crawler/crawl.ts';
import { run } from '../../crawler/process.ts';
import { openSpool } from '../../crawler/spool.ts';
import type { FoundSystem } from '../../crawler/sources/source.ts';
import { requirement } from '../requirements.ts';
import { CRAWL_CHILD } from './crawl-child.ts';
import { crawlOptions, crawlTargets, parseFrame } from './frames.ts';
import { childrenOf, nobodyUses } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-failures-'));
const data = join(folder, 'data');
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

/** A tree that takes a moment to crawl. */
function makeTree(name: string): string {
  const root = join(folder, name);
  for (let d = 0; d < 40; d++) {
    mkdirSync(join(root, `dir${d}`), { recursive: true });
    for (let f = 0; f < 50; f++)
      writeFileSync(join(root, `dir${d}`, `file${f}`), `text ${d} ${f} of ${name}\n`);
  }
  return `rootfs:${root}`;
}

const slow = makeTree('slow');
const other = makeTree('other');
const slowIs = (system: { name: string }): boolean => system.name === 'slow';

/** Does something to the worker of the system `slow`, once, as soon as it walks. */
function strike(act: (pid: number) => void, deadlineSeconds = 60): Pick<CrawlOptions, 'progress' | 'crawl'> {
  let struck = false;
  const { crawl } = crawlOptions(openSpool(data), { concurrency: 1, deadlineSeconds });
  return {
    crawl,
    progress(system, { phase }) {
      const [pid] = childrenOf(process.pid);
      if (struck || !slowIs(system) || phase !== 'walk' || pid === undefined) return;
      struck = true;
      act(pid);
    },
  };
}

describe('a crawl that fails', () => {
  afterEach(async () => {
    expect(childrenOf(process.pid)).toEqual([]);
    await nobodyUses(data);
    expect(readdirSync(join(data, 'scratch'))).toEqual([]);
    expect(readdirSync(join(data, 'spool'))).toEqual([]);
  });

  test('yields a failed frame where its worker crashes, and the others go on', async () => {
    const { frames } = await crawlTargets(
      data,
      [slow, other],
      {},
      strike((pid) => process.kill(pid, 'SIGKILL')),
    );
    expect(frames.map(({ header, end }) => [header.system.name, end.status])).toEqual([
      ['slow', 'failed'],
      ['other', 'complete'],
    ]);
    expect(frames[0]?.problems).toMatchObject([
      { code: 'UNFOLD_CRAWL_CRASHED', extractor: 'crawl', message: expect.stringContaining('SIGKILL') },
    ]);
  });

  test('yields a failed frame where it takes longer than it may, even where the worker hangs', async () => {
    const { frames } = await crawlTargets(
      data,
      [slow, other],
      {},
      strike((pid) => process.kill(pid, 'SIGSTOP'), 3),
    );
    expect(frames.map(({ end }) => end.status)).toEqual(['failed', 'complete']);
    expect(frames[0]?.problems).toMatchObject([{ code: 'UNFOLD_CRAWL_TIMEOUT' }]);
  });

  test('ends at once when it is aborted, and begins no other', async () => {
    const controller = new AbortController();
    const { frames } = await crawlTargets(
      data,
      [slow, other],
      {},
      {
        ...strike((pid) => {
          process.kill(pid, 'SIGSTOP');
          controller.abort();
        }),
        signal: controller.signal,
      },
    );
    expect(frames.map(({ header, end }) => [header.system.name, end.status])).toEqual([['slow', 'failed']]);
    expect(frames[0]?.problems).toMatchObject([{ code: 'UNFOLD_CRAWL_ABORTED' }]);
  });

  test('leaves no process where its frames are not wanted any more', async () => {
    const spool = openSpool(data);
    const system = (place: string): FoundSystem => ({
      ref: { id: place, kind: 'host', name: place, labels: {} },
      scheme: 'rootfs',
      place,
      target: { target: `rootfs:${place}`, labels: {} },
      features: ['file'],
    });
    const systems = [join(folder, 'missing'), join(folder, 'slow'), join(folder, 'other')].map(system);
    for await (const frame of crawl(systems, crawlOptions(spool, { concurrency: 3 }))) {
      expect(frame.end.status).not.toBe('partial');
      break;
    }
    expect(childrenOf(process.pid)).toEqual([]);
    for (const file of spool.waiting()) spool.discard(file);
  });

  test('says what kept a system from being opened', async () => {
    const spool = openSpool(data);
    const system = {
      ref: { id: 'x', kind: 'host', name: 'x', labels: {} },
      place: join(folder, 'missing'),
      features: ['file'],
    } as const;
    const target = { target: 'rootfs:x', labels: {} };
    const statuses: unknown[] = [];
    const systems = ['rootfs', 'nothing'].map((scheme) => ({ ...system, scheme, target }));
    for await (const { file, end, system: ref } of crawl(systems, crawlOptions(spool))) {
      statuses.push([ref.id, end.status, end.problems]);
      spool.discard(file);
    }
    expect(statuses).toEqual([
      ['x', 'failed', 1],
      ['x', 'failed', 1],
    ]);
  });

  const asRoot = requirement('root', process.getuid?.() === 0, 'it crawls as another user');
  asRoot('is partial where an ordinary user may not read, and says so', async () => {
    const root = join(folder, 'guarded');
    mkdirSync(join(root, 'closed'), { recursive: true });
    writeFileSync(join(root, 'closed/inside'), 'inside');
    writeFileSync(join(root, 'secret'), 'not for everybody');
    writeFileSync(join(root, 'open'), 'for everybody');
    chmodSync(join(root, 'secret'), 0o600);
    chmodSync(join(root, 'closed'), 0o700);
    const own = join(folder, 'own');
    mkdirSync(own);
    chownSync(own, 65534, 65534);
    const words = ['--reuid=65534', '--regid=65534', '--clear-groups', '--', process.execPath];
    const { stdout, stderr } = await run('setpriv', [...words, CRAWL_CHILD, own, `rootfs:${root}`, slow], {
      timeoutMs: 20_000,
    });
    expect(stderr).toBe('');
    const lines = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ status }) => status)).toEqual(
      expect.arrayContaining(['partial', 'complete', undefined]),
    );
    expect(lines.at(-1)?.['notices']).toHaveLength(1);
    const spool = openSpool(own);
    const frames = spool.waiting().map((file) => parseFrame(readFileSync(file, 'utf8')));
    const guarded = frames.find(({ end }) => end.status === 'partial');
    expect(guarded?.problems.map(({ code, path }) => [code, path]).sort()).toEqual([
      ['UNFOLD_UNREADABLE', '/closed'],
      ['UNFOLD_UNREADABLE', '/secret'],
    ]);
    expect(guarded?.entries.file?.get('/open')).toMatchObject({ content: { text: 'for everybody' } });
    expect(guarded?.entries.file?.get('/secret')).toMatchObject({ skipped: 'unreadable' });
  });
});
