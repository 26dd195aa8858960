// What operators ask stands in the order in which they would want it, and every score can be explained.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import type { Index } from '../../indexer/engines/index-keeping.ts';
import { search } from '../../query/search.ts';
import type { Answer, SystemHit } from '../../schemas/answer.ts';
import { stream } from '../conformance/search-engine/frames.ts';
import { NO_SIGNAL } from '../conformance/search-engine/setting.ts';
import { demoSystems } from './demo-systems.ts';
import { ndcg } from './ndcg.ts';
import { OTHER_SYSTEMS } from './other-systems.ts';
import { QUERIES } from './queries.ts';
import { frameOf } from './sketches.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-ranking-'));
let engine: Index;

beforeAll(async () => {
  engine = openEmbedded(folder, 'write');
  for (const sketch of [...demoSystems(), ...OTHER_SYSTEMS])
    await engine.apply(stream(frameOf(sketch)), NO_SIGNAL);
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

function ask(query: string, explain = false): Promise<Answer> {
  const wanted = { at: null, limit: null, cursor: null, evidence: 1, facets: [], explain };
  return search(engine, query, { ...wanted, staleAfterHours: 1_000_000, signal: NO_SIGNAL });
}

async function orderOf(query: string): Promise<string[]> {
  return (await ask(query)).systems.map(({ system }) => system.name);
}

test('graded queries: every graded system is found, and the order is nearly the best one', async () => {
  let sum = 0;
  for (const { query, grades } of QUERIES) {
    const order = await orderOf(query);
    expect([query, order]).toEqual([query, expect.arrayContaining(Object.keys(grades))]);
    const gained = ndcg(order, grades);
    expect([query, gained > 0.8]).toEqual([query, true]);
    sum += gained;
  }
  expect(sum / QUERIES.length).toBeGreaterThan(0.97);
});

test.each([
  ['nginx', 'web2', 'lb1', 'who runs it before who names it in its settings'],
  ['nginx', 'lb1', 'log1', 'settings before logs'],
  ['nginx', 'wiki1', 'mirror1', 'a page before a cache'],
  ['10.20.30.40', 'db1', 'app1', 'who owns the address before who is connected'],
  ['10.20.30.40', 'app1', 'wiki1', 'who is connected before who mentions it'],
  ['10.20.30.40', 'wiki1', 'old-db', 'who writes the address before who is in a network that covers it'],
  ['web2', 'web2', 'lb1', 'the system of that name first'],
])('%s: %s before %s, %s', async (query, first, second) => {
  const order = await orderOf(query);
  expect(order.indexOf(first)).toBeGreaterThanOrEqual(0);
  expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
});

test.each([...QUERIES.map(({ query }) => query), 'system:db1 OR kind:vm OR package:nginx', '-nginx', ''])(
  '%s: what scores are the sum of',
  async (query) => {
    for (const hit of (await ask(query, true)).systems) expect(recomputed(hit)).toBeCloseTo(hit.score, 3);
  },
);

test('an explanation names the facts', async () => {
  const [best] = (await ask('redis', true)).systems;
  expect(best?.system.name).toBe('cache1');
  expect(best?.explanation?.terms).toMatchObject([
    {
      term: 'redis',
      closeness: 1,
      facts: [
        { feature: 'file', folder: '/etc/redis/', match: 'entry', factors: { path: 2, together: 1 } },
        { feature: 'package', match: 'entry', factors: { path: 1, together: 1 } },
      ],
    },
  ]);
});

test('answers come without explanations unless they are asked for', async () => {
  expect((await ask('redis')).systems[0]).not.toHaveProperty('explanation');
});

/** From the factors alone. */
function recomputed({ explanation }: SystemHit): number {
  const terms = explanation?.terms ?? [];
  return terms.reduce((total, { rarity, closeness, facts }) => {
    const worths = facts.map(({ factors, others }) => {
      const { feature, path, match, together } = factors;
      return feature * path * match * together + others;
    });
    return total + rarity * closeness * worths.reduce((sum, worth) => sum + worth, 0);
  }, 0);
}
