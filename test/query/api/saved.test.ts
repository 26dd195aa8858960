// /v1/saved over a real server: saving, showing and removing, and what of it only administrators see.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, Served, type Reply } from './serving.ts';

const server = new Served();
const tokens: Record<string, string> = {};
const SECRET = 'sixteen-characters-or-more';
const URL_OF_HOOK = 'https://hooks.example.com/x';

beforeAll(async () => {
  for (const scope of ['search', 'admin']) {
    const { stdout } = await server.place.unfold(['token', 'create', scope, '--scope', scope]);
    tokens[scope] = stdout.trim();
  }
  await server.start();
});
afterAll(() => server[Symbol.asyncDispose]());

function ask(method: string, path: string, body?: unknown, token = 'admin'): Promise<Reply> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return server.fetch(`/v1/saved${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens[token] ?? ''}`, ...type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

test('a search is saved, changed, shown and removed, as the command sees it', async () => {
  const webhook = { url: URL_OF_HOOK, secret: SECRET };
  const saved = await ask('PUT', '/db-clients', { query: '10.20.30.40', webhook });
  expect(saved).toMatchObject({
    status: 200,
    json: { name: 'db-clients', query: '10.20.30.40', webhook: { url: URL_OF_HOOK, signed: true } },
  });
  expect(saved.text).not.toContain(SECRET);
  await server.place.unfold(['saved', 'add', 'web', 'nginx']);
  const { json } = await ask('GET', '');
  expect(json['searches']).toMatchObject([{ name: 'db-clients' }, { name: 'web', webhook: null }]);

  await ask('PUT', '/db-clients', { query: '10.20.30.0/24', webhook: { url: URL_OF_HOOK } });
  const shown = await server.place.unfold(['saved', 'show', 'db-clients', '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ query: '10.20.30.0/24', webhook: { signed: true } });

  expect((await ask('DELETE', '/db-clients')).status).toBe(200);
  expect(await ask('GET', '/db-clients')).toMatchObject({
    status: 404,
    json: { code: 'UNFOLD_SAVED_UNKNOWN' },
  });
  expect((await ask('DELETE', '/db-clients')).status).toBe(404);
  const entries = await eventually(
    () => server.audit(),
    (seen) => seen.some(({ route, status }) => route === 'DELETE /v1/saved/:name' && status === 404),
  );
  expect(JSON.stringify(entries)).toContain('saved search db-clients: 10.20.30.40');
  expect(JSON.stringify(entries) + server.log).not.toContain(SECRET);
});

test('who may search sees queries, and not where events go; saving is for administrators', async () => {
  await ask('PUT', '/mine', { query: 'nginx', webhook: { url: URL_OF_HOOK, secret: SECRET } });
  const seen = await ask('GET', '/mine', undefined, 'search');
  expect(seen.json).toEqual({ name: 'mine', query: 'nginx', changed: expect.any(String) });
  expect((await ask('GET', '', undefined, 'search')).text).not.toContain('hooks.example.com');
  for (const method of ['PUT', 'DELETE'])
    expect((await ask(method, '/mine', { query: 'x' }, 'search')).status).toBe(403);
});

test.each<[string, unknown]>([
  ['/mine', { query: 'x', webhook: { url: 'file:///etc/passwd' } }],
  ['/mine', { query: 'x', webhook: { url: 'https://u:p@hooks.example.com/' } }],
  ['/mine', { query: 'x', webhook: { url: URL_OF_HOOK, secret: 'short' } }],
  ['/mine', { query: 'x', webhook: { url: URL_OF_HOOK, secretFile: '/etc/shadow' } }],
  ['/mine', { query: 'x '.repeat(50_000) }],
  ['/mine', {}],
  ['/mine%2f..%2f..%2fx', { query: 'x' }],
  ['/%00', { query: 'x' }],
])('%s with %j is refused', async (path, body) => {
  expect(await ask('PUT', path, body)).toMatchObject({ status: 400 });
});

test('a server that only reads saves nothing', async () => {
  await using reading = new Served();
  await reading.start(['--read-only']);
  const body = JSON.stringify({ query: 'x' });
  const headers = { 'content-type': 'application/json' };
  expect((await reading.fetch('/v1/saved/x', { method: 'PUT', headers, body })).status).toBe(404);
  expect((await reading.fetch('/v1/saved')).json['searches']).toEqual([]);
});
