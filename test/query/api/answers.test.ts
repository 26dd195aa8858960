// The API over a real index: the same answers as the command line gives, in the same shapes.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Answer, LookupAnswer } from '../../../schemas/answer.ts';
import {
  CoverageAnswer,
  FactsAnswer,
  FieldsAnswer,
  SystemAnswer,
  SystemsAnswer,
} from '../../../schemas/api.ts';
import { FIELDS } from '../../../schemas/fields.ts';
import { Served } from './serving.ts';

const server = new Served();
beforeAll(() => server.start());
afterAll(() => server[Symbol.asyncDispose]());

async function fromCommand(...args: string[]): Promise<Record<string, unknown>> {
  return JSON.parse((await server.place.unfold([...args, '--json'])).stdout) as Record<string, unknown>;
}

/** Without what the clock decides. */
function timeless({ at, tookMs, ...rest }: Record<string, unknown>): Record<string, unknown> {
  expect([typeof at, typeof tookMs]).toEqual(['string', 'number']);
  return rest;
}

describe('/v1/search', () => {
  test.each(['10.20.30.40', 'max_connections -os:debian', 'package:nginx kind:host', '', 'no-such-word'])(
    'answers %j as the command line does',
    async (query) => {
      const { status, json } = await server.search(query, '&facetSize=5');
      expect(status).toBe(200);
      expect(Answer.parse(json)).toEqual(json);
      expect(timeless(json)).toEqual(timeless(await fromCommand('search', query)));
    },
  );

  test('pages through systems with the cursor', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await server.search('', `&limit=1&cursor=${cursor}`);
      const answer = Answer.parse(json);
      seen.push(...answer.systems.map(({ system }) => system.name));
      cursor = answer.cursor ?? '';
    } while (cursor !== '');
    expect(seen.sort()).toEqual(['cut1', 'db1', 'web1']);
  });

  test('gives the facets that are asked for', async () => {
    const { json } = await server.search('', '&facets=os,kind&facetSize=1');
    expect(Answer.parse(json).facets.map(({ field }) => field)).toEqual(['os', 'kind']);
    expect(Answer.parse((await server.search('', '&facets=')).json).facets).toEqual([]);
  });

  test('narrowed by a facet, which still counts its other values', async () => {
    const os = (json: unknown) => Answer.parse(json).facets.find(({ field }) => field === 'os')?.buckets;
    const all = (await server.search('')).json;
    const [first] = os(all) ?? [];
    const { json } = await server.search('', `&narrow=os:${first?.value}`);
    expect(Answer.parse(json).total.systems).toBe(first?.systems);
    expect(os(json)).toEqual(os(all));
    const without = (await server.search('', `&narrow=-os:${first?.value}`)).json;
    expect(Answer.parse(without).total.systems).toBe(3 - (first?.systems ?? 0));
    const found = (await server.search('', '&facets=package~GIN,directory/,label')).json;
    expect(Answer.parse(found).facets[0]?.buckets.map(({ value }) => value)).toEqual(['nginx']);
    expect((await server.search('', '&narrow=colour:red')).status).toBe(400);
    expect((await server.search('', '&facets=colour')).status).toBe(400);
  });

  test('explains scores where that is asked for', async () => {
    const { json } = await server.search('package:nginx', '&explain=true');
    const [{ score, explanation } = { score: 0 }] = Answer.parse(json).systems;
    expect(explanation?.terms.reduce((sum, term) => sum + term.score, 0)).toBeCloseTo(score, 3);
    const [plain] = Answer.parse((await server.search('package:nginx')).json).systems;
    expect(plain).not.toHaveProperty('explanation');
  });

  test('answers as of an instant', async () => {
    const { json } = await server.search('', '&at=2020-01-01');
    expect(json).toMatchObject({ at: '2020-01-01T23:59:59.999Z', total: { systems: 0 } });
  });

  test('says 304 to who has the answer, until it changes', async () => {
    const first = await server.search('nginx');
    const etag = first.headers.get('etag') ?? '';
    const headers = { 'if-none-match': etag };
    expect(await server.fetch('/v1/search?q=nginx', { headers })).toMatchObject({ status: 304, text: '' });
    expect(await server.fetch('/v1/search?q=max_connections', { headers })).toMatchObject({ status: 200 });
  });
});

describe('/v1/lookup', () => {
  test('answers as the command line does, by GET and by POST', async () => {
    const asked = ['10.20.30.40', '10.20.0.0/16'];
    const expected = timeless(await fromCommand('lookup', ...asked));
    const got = await server.fetch(`/v1/lookup?asked=${asked.map(encodeURIComponent).join('&asked=')}`);
    expect(LookupAnswer.parse(got.json)).toEqual(got.json);
    expect(timeless(got.json)).toEqual(expected);
    const posted = await server.fetch('/v1/lookup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ asked }),
    });
    expect(timeless(posted.json)).toEqual(expected);
  });

  test('takes a single address', async () => {
    const { json } = await server.fetch('/v1/lookup?asked=10.20.30.40&evidence=1');
    const [first] = LookupAnswer.parse(json).lookups;
    expect(first?.systems[0]).toMatchObject({ evidence: [{ relation: 'exact' }] });
  });
});

describe('/v1/systems', () => {
  test('lists systems a page at a time', async () => {
    const first = SystemsAnswer.parse((await server.fetch('/v1/systems?limit=2')).json);
    expect(first).toMatchObject({ total: 3, coverage: { complete: false, inScope: 3, partial: 1 } });
    const second = await server.fetch(`/v1/systems?limit=2&cursor=${first.cursor ?? ''}`);
    const { systems, cursor } = SystemsAnswer.parse(second.json);
    expect([...first.systems, ...systems].map(({ system }) => system.name)).toEqual(['db1', 'cut1', 'web1']);
    expect(cursor).toBeNull();
  });

  test('shows one by its id and by its name', async () => {
    const byName = SystemAnswer.parse((await server.fetch('/v1/systems/cut1')).json);
    expect(byName.frame?.problems).toMatchObject([{ code: 'UNFOLD_UNREADABLE', path: '/srv/private' }]);
    const byId = await server.fetch(`/v1/systems/${encodeURIComponent(byName.system.id)}`);
    expect(timeless(byId.json)).toEqual(timeless({ ...byName }));
  });

  test('lists facts, page by page as in a stream', async () => {
    const paged: unknown[] = [];
    let cursor = '';
    do {
      const { json } = await server.fetch(`/v1/systems/web1/facts?limit=2&texts=true&cursor=${cursor}`);
      const page = FactsAnswer.parse(json);
      paged.push(...page.facts);
      cursor = page.cursor ?? '';
    } while (cursor !== '');
    const { text, headers } = await server.fetch('/v1/systems/web1/facts?format=ndjson&texts=true');
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    const streamed = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(streamed).toHaveLength(6);
    expect(paged).toEqual(streamed);
  });

  test('lists facts of a feature, without texts unless they are asked for', async () => {
    const files = FactsAnswer.parse((await server.fetch('/v1/systems/web1/facts?feature=file')).json).facts;
    expect(files.map(({ key }) => key)).toContain('/etc/hosts');
    expect(JSON.stringify(files)).not.toContain('localhost');
    const [hosts] = FactsAnswer.parse(
      (await server.fetch('/v1/systems/web1/facts?feature=file&key=/etc/hosts&texts=true')).json,
    ).facts;
    expect(JSON.stringify(hosts)).toContain('localhost');
  });

  test('lists what began in a span', async () => {
    const facts = async (span: string) =>
      FactsAnswer.parse((await server.fetch(`/v1/systems/db1/facts?${span}`)).json).facts.length;
    expect(await facts('after=now-1h')).toBe(3);
    expect(await facts('after=now-2h&until=now-1h')).toBe(0);
  });
});

test('/v1/coverage and /v1/fields tell what an answer can rely on and what can be asked', async () => {
  const { coverage } = CoverageAnswer.parse((await server.fetch('/v1/coverage')).json);
  expect(coverage).toMatchObject({ inScope: 3, answered: 3, partial: 1 });
  const { fields } = FieldsAnswer.parse((await server.fetch('/v1/fields')).json);
  expect(fields.map(({ name }) => name)).toEqual(FIELDS.map(({ name }) => name));
});

describe('/v1/export', () => {
  test('streams what the command line prints as NDJSON', async () => {
    const { text, headers } = await server.fetch('/v1/export?q=max_connections');
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const command = ['search', 'max_connections', '--ndjson', '--limit', 'all', '--evidence', 'all'];
    const printed = (await server.place.unfold(command)).stdout.trimEnd().split('\n');
    expect(lines.slice(0, -1)).toEqual(printed.slice(0, -1).map((line) => JSON.parse(line) as unknown));
    expect(lines.at(-1)).toMatchObject({ total: { systems: 2 }, coverage: { inScope: 3 } });
  });

  test('streams what the command line prints as CSV', async () => {
    const { text } = await server.fetch('/v1/export?q=10.20.30.40&format=csv');
    const command = ['search', '10.20.30.40', '--csv', '--limit', 'all', '--evidence', 'all'];
    expect(text).toBe((await server.place.unfold(command)).stdout);
  });

  test('stops at the limit', async () => {
    const { text } = await server.fetch('/v1/export?limit=2');
    expect(text.trimEnd().split('\n')).toHaveLength(3);
  });
});
