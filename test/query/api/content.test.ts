// /v1/contents/{sha256}: a text as it was crawled, to who may see a system that has it.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ContentAnswer } from '../../../schemas/api.ts';
import { file, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { eventually, Served, type Reply } from './serving.ts';

const server = new Served();
const tokens: Record<string, string> = {};

const SHARED = 'größe = 10 <script>alert(1)</script>\n';
const PRIVATE = 'of web1 alone\n';
const PAST = 'before\n';
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
const DB = { id: 'disk:host1/images/db1.qcow2', kind: 'vm', name: 'db1', labels: { tier: 'data' } } as const;

const FRAMES: readonly FrameSketch[] = [
  { system: 'web1', at: hoursAgo(3), entries: [file('/etc/a', PAST)] },
  {
    system: 'web1',
    at: hoursAgo(1),
    entries: [
      file('/etc/a', SHARED),
      file('/etc/b', SHARED),
      file('/etc/c', PRIVATE),
      file('/etc/empty', ''),
    ],
  },
  { system: DB, at: hoursAgo(1), entries: [file('/srv/a', SHARED)] },
];

beforeAll(async () => {
  for (const [name, ...more] of [
    ['search'],
    ['reader', 'read-content'],
    ['data', 'read-content', '--label', 'tier=data'],
  ] as const) {
    const created = await server.place.unfold(['token', 'create', name, '--scope', 'search', ...more]);
    tokens[name] = created.stdout.trim();
  }
  await server.start([], { frames: FRAMES });
});
afterAll(() => server[Symbol.asyncDispose]());

function get(path: string, headers: Record<string, string> = {}, name = 'reader'): Promise<Reply> {
  const authorization = `Bearer ${tokens[name] ?? ''}`;
  return server.fetch(`/v1/contents/${path}`, { headers: { ...headers, authorization } });
}

test('is plain text that no browser takes for something else', async () => {
  const { status, text, headers } = await get(hashOf(SHARED).toUpperCase());
  expect([status, text]).toEqual([200, SHARED]);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
    etag: `"${hashOf(SHARED)}"`,
  });
  expect((await get(hashOf(''))).text).toBe('');
  expect((await get(hashOf(SHARED), { 'if-none-match': `"${hashOf(SHARED)}"` })).status).toBe(304);
});

test('as JSON with the systems that have it, and where', async () => {
  const answer = ContentAnswer.parse((await get(`${hashOf(SHARED)}?format=json`)).json);
  expect(answer).toMatchObject({ text: SHARED, bytes: Buffer.byteLength(SHARED), total: 2, cursor: null });
  const places = answer.systems.map(({ system, files }) => [system.name, files.map(({ path }) => path)]);
  expect(Object.fromEntries(places)).toEqual({ db1: ['/srv/a'], web1: ['/etc/a', '/etc/b'] });
  const first = ContentAnswer.parse((await get(`${hashOf(SHARED)}?format=json&limit=1`)).json);
  const rest = await get(`${hashOf(SHARED)}?format=json&cursor=${first.cursor ?? ''}`);
  const names = [first, ContentAnswer.parse(rest.json)].flatMap(({ systems }) =>
    systems.map(({ system }) => system.name),
  );
  expect(names.sort()).toEqual(['db1', 'web1']);
});

test.each<[string, number, (bytes: Buffer) => Buffer]>([
  ['bytes=0-3', 206, (bytes) => bytes.subarray(0, 4)],
  ['bytes=4-', 206, (bytes) => bytes.subarray(4)],
  ['bytes=-5', 206, (bytes) => bytes.subarray(-5)],
  ['bytes=0-99999', 206, (bytes) => bytes],
  ['bytes=99999-', 200, (bytes) => bytes],
  ['bytes=5-2', 200, (bytes) => bytes],
  ['bytes=0-1,3-4', 200, (bytes) => bytes],
  ['lines=1-2', 200, (bytes) => bytes],
])('range %s', async (range, status, part) => {
  const bytes = Buffer.from(SHARED);
  const authorization = `Bearer ${tokens['reader'] ?? ''}`;
  const response = await fetch(`${server.base}/v1/contents/${hashOf(SHARED)}`, {
    headers: { range, authorization },
  });
  expect(response.status).toBe(status);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(part(bytes));
  expect(response.headers.get('content-range')).toEqual(
    status === 206 ? expect.stringMatching(/^bytes \d+-\d+\/\d+$/) : null,
  );
});

test('a range of another text is none', async () => {
  const { status } = await get(hashOf(SHARED), { range: 'bytes=0-1', 'if-range': '"other"' });
  expect(status).toBe(200);
});

test('of the past as of an instant', async () => {
  expect((await get(hashOf(PAST))).json).toMatchObject({ code: 'UNFOLD_CONTENT_UNKNOWN', status: 404 });
  expect((await get(`${hashOf(PAST)}?at=${hoursAgo(2)}`)).text).toBe(PAST);
});

test('who sees some systems sees their texts, and who may only search none', async () => {
  expect((await get(hashOf(SHARED), {}, 'data')).text).toBe(SHARED);
  const seen = ContentAnswer.parse((await get(`${hashOf(SHARED)}?format=json`, {}, 'data')).json);
  expect(seen.systems.map(({ system }) => system.name)).toEqual(['db1']);
  expect(seen.total).toBe(1);
  expect((await get(hashOf(PRIVATE))).text).toBe(PRIVATE);
  for (const known of [{}, { 'if-none-match': `"${hashOf(PRIVATE)}"` }])
    expect((await get(hashOf(PRIVATE), known, 'data')).status).toBe(404);
  expect((await get(hashOf(SHARED), {}, 'search')).json).toMatchObject({ code: 'UNFOLD_SCOPE_MISSING' });
});

test('what is no hash is refused, and the audit log tells who read what', async () => {
  for (const path of ['x', hashOf('').slice(1), `${hashOf('')}0`, '..%2f..%2fetc%2fpasswd'])
    expect((await get(path)).status).toBe(400);
  const entries = await eventually(
    () => server.audit(),
    (all) => all.some(({ what, status }) => what === `content ${hashOf(PRIVATE)}` && status === 200),
  );
  expect(entries.find(({ what }) => what === `content ${hashOf(PRIVATE)}`)).toMatchObject({
    who: 'reader',
    systems: 1,
  });
});
