// The commands on a real Elasticsearch: chosen by the configuration, patient while it is away, and nothing is lost.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeElasticsearch } from '../elasticsearch-cluster.ts';
import { proxyBefore, type Listening } from '../elasticsearch-proxy.ts';
import { completeFrame, frameText, Place, UNFOLD } from './process.ts';

const SYSTEMS = ['a1', 'b1', 'c1', 'd1'];

/** On a busy machine. */
const LONG_MS = 240_000;

const place = new Place();
let proxy: Listening | null = null;
/** Whether every connection to Elasticsearch is cut. */
let isAway = false;
/** Whether it goes away with the first question that is no greeting. */
let goesAway = false;

afterAll(async () => {
  await proxy?.close();
  place.remove();
});

/** A running command, with what it said so far. */
interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly said: () => string;
  readonly printed: () => string;
  ended(): Promise<number | null>;
}

function started(args: readonly string[]): Running {
  const child = spawn(UNFOLD, args, { cwd: place.folder, env: place.environment() });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const exit = once(child, 'close') as Promise<[number | null]>;
  return {
    child,
    said: () => texts.stderr,
    printed: () => texts.stdout,
    ended: async () => (await exit)[0],
  };
}

/** Waits until a text matches. */
async function until({ child }: Running, text: () => string, pattern: RegExp): Promise<void> {
  while (!pattern.test(text())) {
    if (child.exitCode !== null) throw new Error(`ended without ${String(pattern)}: ${text()}`);
    await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'close')]);
  }
}

async function found(): Promise<string[]> {
  const { stdout } = await place.unfold(['search', 'alpha', '--json', '--limit', 'all']);
  const { systems } = JSON.parse(stdout) as { systems: { system: { name: string } }[] };
  return systems.map(({ system }) => system.name).sort();
}

describeElasticsearch(8, (cluster) => {
  beforeAll(async () => {
    proxy = await proxyBefore(cluster.nodes()[0] ?? '', {
      before({ url }, response) {
        if (goesAway && url?.includes('/_search') === true) isAway = true;
        if (isAway) response.destroy();
        return isAway;
      },
    });
    for (const name of SYSTEMS) {
      mkdirSync(place.path('roots', name, 'etc'), { recursive: true });
      writeFileSync(place.path('roots', name, 'etc/motd'), `alpha ${name}\n`);
    }
  });

  /** A configuration with an index of its own. */
  function configure(): void {
    const { prefix } = cluster.configuration();
    const elasticsearch = { nodes: [proxy?.url], prefix, replicas: 0 };
    const index = { engine: 'elasticsearch', elasticsearch };
    writeFileSync(place.path('unfold.yaml'), JSON.stringify({ index }));
  }

  test(
    'nothing is indexed yet',
    async () => {
      configure();
      const { status, stderr } = await place.unfold(['search', 'alpha']);
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringContaining('UNFOLD_DATA_MISSING'),
      });
    },
    LONG_MS,
  );

  test(
    'an index that goes away: indexing waits, says so, and goes on',
    async () => {
      configure();
      const frames = SYSTEMS.map((name) => frameText(completeFrame(name, `alpha ${name}\n`)));
      const indexing = started(['index', '-']);
      // That a frame has ended shows when the next one begins.
      indexing.child.stdin.write(frames.slice(0, 2).join(''));
      await until(indexing, indexing.printed, /a1.*applied/);
      isAway = true;
      indexing.child.stdin.end(frames.slice(2).join(''));
      await until(indexing, indexing.said, /^notice: .*waiting\n/m);
      isAway = false;
      expect(await indexing.ended()).toBe(0);
      expect(indexing.said()).toMatch(/^notice: Elasticsearch goes on after \d+ s\n/m);
      expect(indexing.printed().match(/applied/g)).toHaveLength(SYSTEMS.length);
      expect(await found()).toEqual(SYSTEMS);
    },
    LONG_MS,
  );

  test(
    'a crawl that is interrupted meanwhile keeps its frames for the next one',
    async () => {
      configure();
      const targets = SYSTEMS.map((name) => `rootfs:${place.path('roots', name)}`);
      const crawling = started(['crawl', ...targets, '--concurrency', '1']);
      await until(crawling, crawling.printed, /a1/);
      isAway = true;
      await until(crawling, crawling.said, /^notice: .*waiting\n/m);
      crawling.child.kill('SIGINT');
      expect(await crawling.ended()).toBe(130);
      const waiting = readdirSync(place.path('data', 'spool')).filter((name) => name.endsWith('.ndjson'));
      expect(waiting).not.toEqual([]);
      isAway = false;
      expect((await place.unfold(['crawl', ...targets])).status).toBe(0);
      expect(readdirSync(place.path('data', 'spool'))).toEqual([]);
      expect(await found()).toEqual(SYSTEMS);
    },
    LONG_MS,
  );

  test(
    'who asks while it goes away is told soon; rebuilt, it answers as before',
    async () => {
      configure();
      const frames = SYSTEMS.map((name) => frameText(completeFrame(name, `alpha ${name}\n`)));
      const indexing = started(['index', '-']);
      indexing.child.stdin.end(frames.join(''));
      expect(await indexing.ended()).toBe(0);
      const { stdout } = await place.unfold(['index', 'rebuild', '--json']);
      const counts = { engine: 'elasticsearch', systems: SYSTEMS.length, frames: SYSTEMS.length };
      const rebuilt = { schema: 'unfold.index-rebuild/1', before: counts, after: counts };
      expect(JSON.parse(stdout)).toMatchObject(rebuilt);
      expect(await found()).toEqual(SYSTEMS);
      goesAway = true;
      const asked = await place.unfold(['search', 'alpha']);
      goesAway = isAway = false;
      expect(asked).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('UNFOLD_ENGINE_UNREACHABLE'),
      });
    },
    LONG_MS,
  );

  test(
    'who begins while it is away waits a minute',
    async () => {
      configure();
      isAway = true;
      const crawling = started(['crawl', `rootfs:${place.path('roots', 'a1')}`]);
      await until(crawling, crawling.said, /^notice: waiting up to 60 s: /m);
      isAway = false;
      expect(await crawling.ended()).toBe(0);
    },
    LONG_MS,
  );
});
