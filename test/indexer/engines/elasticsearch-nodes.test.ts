// Nodes of a cluster die, one and all: no frame is lost, and every answer is right.
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { file, frameLines } from '../../conformance/search-engine/frames.ts';
import { Oracle } from '../../conformance/search-engine/oracle.ts';
import {
  ALL_FACETS,
  apply,
  facts,
  field,
  NO_SIGNAL,
  plan,
  word,
} from '../../conformance/search-engine/setting.ts';
import { describeOwnCluster, type OwnCluster } from '../../elasticsearch-cluster.ts';
import { frameSequence } from './frame-sequence.ts';
import { everything } from './killed-indexer.ts';
import { opened, undisturbed } from './real-elasticsearch.ts';

const FRAMES = 9;

/** What is asked all the time, and the right answer after each frame. */
const QUESTION = plan({ or: [word('version'), word('nginx')] }, { facets: ALL_FACETS });
const ANSWERS = (() => {
  const oracle = new Oracle();
  const none = oracle.search(QUESTION);
  const after = frameSequence(FRAMES).map((sketch) => {
    oracle.apply(frameLines(sketch));
    return oracle.search(QUESTION);
  });
  return [none, ...after];
})();

let expected: unknown;
beforeAll(async () => {
  expected = await undisturbed(FRAMES);
});

describeOwnCluster((cluster) => {
  test('a cluster that refuses expensive queries answers as any other', async () => {
    const allow = (allowed: false | null) =>
      fetch(`${cluster.nodes()[0]}/_cluster/settings`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ persistent: { 'search.allow_expensive_queries': allowed } }),
      });
    await opened(configurationOf(cluster, 'frugal'), 'write', async (engine) => {
      const entries = [file('/etc/a.conf', 'observers = 2'), file('/etc/b.conf', 'web')];
      await apply(engine, { system: 'a', at: 1, entries });
      const answers = () =>
        Promise.all([
          facts(engine, { leaf: { leaf: 'regex', pattern: '[a-z]serv[a-z]+ = [0-9]', within: 'any' } }),
          facts(engine, field('path', '/etc/b*', 'glob')),
        ]);
      const expected = await answers();
      expect(expected).toEqual([['a /etc/a.conf'], ['a /etc/b.conf']]);
      expect((await allow(false)).ok).toBe(true);
      try {
        expect(await answers()).toEqual(expected);
      } finally {
        await allow(null);
      }
    });
  }, 240_000);

  test('one of three dies, be it the master, while frames are indexed and asked for', async () => {
    const configuration = configurationOf(cluster, 'one');
    const ending = new AbortController();
    let applied = 0;
    let asked = 0;

    async function ask(): Promise<void> {
      await opened(configuration, 'read', async (engine) => {
        while (!ending.signal.aborted) {
          const before = applied;
          const answer = await engine.search(QUESTION, NO_SIGNAL);
          // That of the last frame that was applied before, of the one applied meanwhile, or of one between.
          expect(ANSWERS.slice(before, applied + 2)).toContainEqual(answer);
          asked += 1;
        }
      });
    }

    async function kill(): Promise<void> {
      const [url = ''] = cluster.nodes();
      const master = cluster.nodes().indexOf(await masterOf(url)) + 1;
      await cluster.kill(master);
      await setTimeout(2000);
      await cluster.start(master);
      await whole(cluster);
      await cluster.kill((master % 3) + 1);
    }

    await opened(configuration, 'write', async (engine) => {
      const [first, ...rest] = frameSequence(FRAMES);
      if (first !== undefined) await apply(engine, first);
      applied += 1;
      const killing = kill();
      const asking = ask();
      for (const sketch of rest) {
        // Not all of them before the first node dies.
        await Promise.race([killing, asking, setTimeout(1500)]);
        await apply(engine, sketch);
        applied += 1;
      }
      await killing;
      ending.abort();
      await asking;
      expect(await everything(engine, FRAMES)).toEqual(expected);
    });
    expect(asked).toBeGreaterThan(FRAMES);
    await startAll(cluster);
  }, 300_000);

  test('all die: the indexer waits, says so, and goes on', async () => {
    await opened(configurationOf(cluster, 'all'), 'write', async (engine, notices) => {
      const [first, second, ...rest] = frameSequence(FRAMES);
      if (first !== undefined) await apply(engine, first);
      for (const node of [1, 2, 3]) await cluster.kill(node);
      const starting = setTimeout(1000).then(() => startAll(cluster));
      if (second !== undefined) await apply(engine, second);
      await starting;
      for (const sketch of rest) await apply(engine, sketch);
      expect(await everything(engine, FRAMES)).toEqual(expected);
      expect(notices.join('\n')).toMatch(/cannot be reached.*waiting\n(.*\n)*.*goes on after/);
    });
  }, 300_000);
});

function configurationOf(cluster: OwnCluster, prefix: string): ElasticsearchConfiguration {
  return ElasticsearchConfiguration.parse({ nodes: cluster.nodes(), prefix });
}

async function startAll(cluster: OwnCluster): Promise<void> {
  await cluster.start();
  await whole(cluster);
}

/** Waits until all copies of all shards are there. */
async function whole(cluster: OwnCluster): Promise<void> {
  const [node = ''] = cluster.nodes();
  const health = `${node}/_cluster/health?wait_for_status=green&wait_for_nodes=3&timeout=120s`;
  expect(await (await fetch(health)).json()).toMatchObject({ status: 'green' });
}

/** The URL of the master. */
async function masterOf(node: string): Promise<string> {
  const answer = await fetch(`${node}/_nodes/_master/http?filter_path=nodes.*.http.publish_address`);
  const { nodes } = (await answer.json()) as { nodes: Record<string, { http: { publish_address: string } }> };
  return `http://${Object.values(nodes)[0]?.http.publish_address ?? ''}`;
}
