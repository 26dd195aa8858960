// /v1/lookup: what can be asked of it besides addresses, and that a large answer tells its gaps once.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LookupAnswer } from '../../../schemas/answer.ts';
import { file } from '../../conformance/search-engine/frames.ts';
import { freshFleet } from '../../cli/process.ts';
import { Served, type Reply } from './serving.ts';

const server = new Served();
const failed = Array.from({ length: 30 }, (_, i) => ({
  system: `unread${i}`,
  at: new Date(Date.now() - 60_000).toISOString(),
  status: 'failed' as const,
}));
const admin = {
  system: 'admin',
  at: new Date(Date.now() - 60_000).toISOString(),
  entries: [file('/etc/hosts', '10.20.30.41 cache.example\n')],
};

beforeAll(() => server.start([], { frames: [...freshFleet(), admin, ...failed] }));
afterAll(() => server[Symbol.asyncDispose]());

function post(body: object): Promise<Reply> {
  const headers = { 'content-type': 'application/json' };
  return server.fetch('/v1/lookup', { method: 'POST', headers, body: JSON.stringify(body) });
}

async function answered(reply: Promise<Reply>): Promise<LookupAnswer> {
  const { status, json } = await reply;
  expect(status).toBe(200);
  expect(LookupAnswer.parse(json)).toEqual(json);
  return LookupAnswer.parse(json);
}

test('takes the same by GET and by POST', async () => {
  const posted = await answered(
    post({
      ...{ asked: ['cache.example', '10.20.30.41:5432', ':5432'], match: 'exact', roles: ['references'] },
      ...{ scope: 'kind:host', names: true, from: 'now-1h', evidence: 2 },
    }),
  );
  const asked = 'asked=cache.example&asked=10.20.30.41%3A5432&asked=%3A5432&match=exact&role=references';
  const got = await answered(
    server.fetch(`/v1/lookup?${asked}&scope=kind%3Ahost&names=true&from=now-1h&evidence=2`),
  );
  const timeless = (answer: LookupAnswer) => ({ ...answer, at: '', from: '', tookMs: 0 });
  expect(timeless(got)).toEqual(timeless(posted));
  expect(posted.lookups[0]?.systems.map(({ system }) => system.name).sort()).toEqual(['admin', 'web1']);
  expect(posted).toMatchObject({ match: 'exact', roles: ['references'], scope: 'kind:host' });
});

describe('refuses', () => {
  test.each<[object, string, string]>([
    [{ at: 'now', from: 'now-1d' }, 'UNFOLD_REQUEST_INVALID', 'at'],
    [{ to: 'now' }, 'UNFOLD_REQUEST_INVALID', 'to'],
    [{ from: 'now', to: 'now-1d' }, 'UNFOLD_QUERY_INVALID', 'from'],
    [{ match: 'nearly' }, 'UNFOLD_REQUEST_INVALID', 'match'],
    [{ roles: ['friend'] }, 'UNFOLD_REQUEST_INVALID', 'roles'],
    [{ reconcile: 'all' }, 'UNFOLD_REQUEST_INVALID', 'reconcile'],
  ])('%j', async (wanted, code, parameter) => {
    const { status, json } = await post({ asked: ['10.1.2.3'], ...wanted });
    expect([status, json]).toMatchObject([400, { code, place: { parameter } }]);
  });
});

test('gaps of a large batch are told once', async () => {
  const few = await answered(post({ asked: ['10.20.30.40', '10.20.30.41'] }));
  expect(few.lookups.map(({ coverage }) => coverage)).toEqual([few.coverage, few.coverage]);
  expect(few.coverage.gaps.length).toBeGreaterThanOrEqual(30);
  const asked = Array.from({ length: 1000 }, (_, i) => `10.20.${i >> 8}.${i & 255}`);
  const many = await answered(post({ asked }));
  expect(many.notices).toMatchObject([{ code: 'gaps-once' }]);
  expect(many.coverage.gaps.length).toBeGreaterThanOrEqual(30);
  expect(many.lookups.every(({ coverage }) => coverage.gaps.length === 0 && !coverage.complete)).toBe(true);
});
