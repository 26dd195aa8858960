// Elasticsearch refuses, crawls, fills up; and the indexer dies. Nothing is lost.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { apply } from '../../conformance/search-engine/setting.ts';
import { describeElasticsearch } from '../../elasticsearch-cluster.ts';
import { proxyBefore, type Listening, type ProxyOptions } from '../../elasticsearch-proxy.ts';
import { frameSequence } from './frame-sequence.ts';
import { everything, killAgainAndAgain } from './killed-indexer.ts';
import { opened, undisturbed } from './real-elasticsearch.ts';

const FRAMES = 9;
/** On a busy machine. */
const LONG_MS = 240_000;
/** UNFOLD_KILLS=100 takes some minutes. */
const KILLS = Number(process.env['UNFOLD_KILLS'] ?? 15);

const proxies: Listening[] = [];
let expected: unknown;

beforeAll(async () => {
  expected = await undisturbed(FRAMES);
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
});

const answers = (configuration: ElasticsearchConfiguration): Promise<unknown> =>
  opened(configuration, 'read', (engine) => everything(engine, FRAMES));

describeElasticsearch(8, (cluster) => {
  const behind = async (options: ProxyOptions): Promise<ElasticsearchConfiguration> => {
    const proxy = await proxyBefore(cluster.nodes()[0] ?? '', options);
    proxies.push(proxy);
    return { ...cluster.configuration(), nodes: [proxy.url] };
  };

  test(`${KILLS} kills of the indexer leave what none would have left`, async () => {
    const choice = () => ({ engine: 'elasticsearch' as const, elasticsearch: cluster.configuration() });
    const limits = { kills: KILLS, frames: FRAMES, longestMs: 2500 };
    await killAgainAndAgain(choice(), limits, async (done) => {
      if (done.engine === 'elasticsearch') expect(await answers(done.elasticsearch)).toEqual(expected);
      return choice();
    });
  }, 1_800_000);

  test(
    'a storm of refusals: 429 for two of five requests',
    async () => {
      let refused = 0;
      const configuration = await behind({
        before({ method }, response) {
          if (method !== 'POST' || Math.random() > 0.4) return false;
          refused += 1;
          const error = { type: 'circuit_breaking_exception', reason: '[parent] Data too large' };
          const headers = { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' };
          response.writeHead(429, headers).end(JSON.stringify({ error, status: 429 }));
          return true;
        },
      });
      const notices = await opened(configuration, 'write', async (engine, said) => {
        for (const sketch of frameSequence(FRAMES)) await apply(engine, sketch);
        return said;
      });
      expect(await answers({ ...configuration, nodes: [...cluster.nodes()] })).toEqual(expected);
      expect(refused).toBeGreaterThan(FRAMES);
      expect(notices[0]).toMatch(/429 circuit_breaking_exception.*waiting/);
      expect(notices.at(-1)).toMatch(/goes on after/);
    },
    LONG_MS,
  );

  test(
    'a slow node',
    async () => {
      const configuration = await behind({
        before: async () => {
          await setTimeout(Math.random() * 100);
          return false;
        },
      });
      await opened(configuration, 'write', async (engine) => {
        for (const sketch of frameSequence(FRAMES)) await apply(engine, sketch);
      });
      expect(await answers(configuration)).toEqual(expected);
    },
    LONG_MS,
  );

  test(
    'a full disk makes indices read-only: said at once, and gone on with when there is room',
    async () => {
      const configuration = cluster.configuration();
      const block = (value: boolean | null) =>
        fetch(`${cluster.nodes()[0] ?? ''}/${configuration.prefix}*/_settings`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ 'index.blocks.read_only_allow_delete': value }),
        });
      await opened(configuration, 'write', async (engine) => {
        const [first, ...rest] = frameSequence(FRAMES);
        if (first !== undefined) await apply(engine, first);
        expect((await block(true)).status).toBe(200);
        await expect(apply(engine, rest[0]!)).rejects.toMatchObject({
          code: 'UNFOLD_ENGINE_FULL',
          message: expect.stringContaining('read-only'),
        });
        await block(null);
        for (const sketch of rest) await apply(engine, sketch);
        expect(await everything(engine, FRAMES)).toEqual(expected);
      });
    },
    LONG_MS,
  );

  test(
    'an index that somebody else made under our name',
    async () => {
      const configuration = cluster.configuration();
      const other = await fetch(`${cluster.nodes()[0] ?? ''}/${configuration.prefix}-contents`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mappings: { properties: { words: { type: 'integer' } } } }),
      });
      expect(other.status).toBe(200);
      const [first] = frameSequence(1);
      const attempt = opened(configuration, 'write', (engine) => apply(engine, first!));
      await expect(attempt).rejects.toMatchObject({
        code: 'UNFOLD_ENGINE_FAILED',
        message: expect.stringContaining(`${configuration.prefix}-contents`),
      });
    },
    LONG_MS,
  );
});
