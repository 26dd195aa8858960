// Who may ask what: every route with every token, systems that a token does not see, and listening to other machines.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { get } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Answer } from '../../../schemas/answer.ts';
import { Scope } from '../../../schemas/token.ts';
import { completeFrame, frameText } from '../../cli/process.ts';
import { eventually, Served, type Reply } from './serving.ts';

const server = new Served();
const tokens: Record<string, string> = {};

async function create(name: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, status } = await server.place.unfold(['token', 'create', name, ...args]);
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

beforeAll(async () => {
  for (const scope of Scope.options) tokens[scope] = await create(scope, '--scope', scope);
  tokens['reader'] = await create('reader', '--scope', 'search', 'read-content');
  tokens['data'] = await create('data', '--scope', 'search', 'read-content', '--label', 'tier=Data');
  await server.place.unfold(['saved', 'add', 'mine', 'nginx']);
  await server.start();
});
afterAll(() => server[Symbol.asyncDispose]());

function as(name: string | null, path: string, init: RequestInit = {}): Promise<Reply> {
  const authorization = name === null ? {} : { authorization: `Bearer ${tokens[name] ?? name}` };
  return server.fetch(path, { ...init, headers: { ...(init.headers as object), ...authorization } });
}

const FRAMES = {
  method: 'POST',
  headers: { 'content-type': 'application/x-ndjson' },
  body: frameText(completeFrame('sent1', 'x')),
};
const LOOKUP = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ asked: ['10.20.30.40'] }),
};

/** SHA-256 of a text of db1. */
const CONTENT = createHash('sha256').update('max_connections = 100\nshared_buffers = 128MB\n').digest('hex');

const SAVED = {
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: 'nginx' }),
};

/** Every route under /v1, with the tokens that open it; `admin` opens all. */
const ROUTES: readonly (readonly [string, RequestInit, readonly string[]])[] = [
  ['/v1/search', {}, ['search', 'reader']],
  ['/v1/lookup?asked=10.20.30.40', {}, ['search', 'reader']],
  ['/v1/lookup', LOOKUP, ['search', 'reader']],
  ['/v1/export', {}, ['search', 'reader']],
  ['/v1/systems', {}, ['search', 'reader']],
  ['/v1/systems/web1', {}, ['search', 'reader']],
  ['/v1/systems/web1/facts', {}, ['search', 'reader']],
  ['/v1/systems/web1/facts?texts=true', {}, ['reader']],
  ['/v1/systems/web1/facts?texts=true&format=ndjson', {}, ['reader']],
  ['/v1/systems/web1/frames', {}, ['search', 'reader']],
  ['/v1/systems/web1/directory?path=/etc', {}, ['search', 'reader']],
  ['/v1/systems/web1/diff?with=db1', {}, ['search', 'reader']],
  ['/v1/systems/web1/diff?with=db1&texts=true', {}, ['reader']],
  [`/v1/contents/${CONTENT}`, {}, ['reader']],
  [`/v1/contents/${CONTENT}?format=json`, {}, ['reader']],
  ['/v1/coverage', {}, ['search', 'reader']],
  ['/v1/fields', {}, ['search', 'reader']],
  ['/v1/saved', {}, ['search', 'reader']],
  ['/v1/saved/mine', {}, ['search', 'reader']],
  ['/v1/saved/mine', SAVED, []],
  ['/v1/frames', FRAMES, ['ingest']],
];

describe('a token', () => {
  test.each(ROUTES)('opens what its scopes allow: %s', async (path, init, allowed) => {
    const outcomes: Record<string, number> = {};
    for (const name of [...Scope.options, 'reader']) outcomes[name] = (await as(name, path, init)).status;
    const expected = [...Scope.options, 'reader'].map((name) => [
      name,
      name === 'admin' || allowed.includes(name) ? 200 : 403,
    ]);
    // `read-content` alone lets nobody ask.
    expect(outcomes).toEqual(Object.fromEntries(expected));
    for (const wrong of [null, 'unfold_wrong', `${tokens['admin'] ?? ''}x`])
      expect(await as(wrong, path, init)).toMatchObject({
        status: 401,
        json: { code: 'UNFOLD_TOKEN_MISSING' },
      });
  });

  test('is needed by every route under /v1 that the OpenAPI document knows', async () => {
    const { json } = await server.fetch('/openapi.json');
    const paths = Object.keys((json as { paths: object }).paths).filter((path) => path.startsWith('/v1/'));
    const tested = new Set(
      ROUTES.map(([path]) =>
        path.split('?')[0]?.replace('web1', '{id}').replace('mine', '{name}').replace(CONTENT, '{sha256}'),
      ),
    );
    expect([...tested].sort()).toEqual(paths.sort());
  });

  test('is not needed for what tells nothing of systems', async () => {
    for (const path of ['/livez', '/readyz', '/openapi.json', '/reference'])
      expect((await as(null, path)).status).toBe(200);
    expect((await as(null, '/v1/search')).headers.get('www-authenticate')).toContain('Bearer');
  });

  test('is kept hashed, for its owner alone', () => {
    const file = `${server.place.data}/tokens.json`;
    const text = readFileSync(file, 'utf8');
    for (const secret of Object.values(tokens)) expect(text).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('ends when it is revoked, and when its time is over', async () => {
    const secret = await create('short');
    expect((await as(secret, '/v1/fields')).status).toBe(200);
    expect((await server.place.unfold(['token', 'revoke', 'short'])).status).toBe(0);
    expect((await as(secret, '/v1/fields')).status).toBe(401);
    const again = await server.place.unfold(['token', 'revoke', 'short', '--json']);
    expect(JSON.parse(again.stderr)).toMatchObject({ error: { code: 'UNFOLD_TOKEN_UNKNOWN' } });
    const listed = await server.place.unfold(['token', 'list', '--json']);
    const { tokens: left } = JSON.parse(listed.stdout) as { tokens: { name: string }[] };
    expect(left.map(({ name }) => name)).toEqual([...Scope.options, 'reader', 'data']);
    expect(listed.stdout).not.toContain('sha256');
  });

  test('has a name of its own, and labels only where it asks', async () => {
    for (const args of [['reader'], ['x', '--scope', 'ingest', '--label', 'a=b'], ['x', '--scope', 'fly']])
      expect((await server.place.unfold(['token', 'create', ...args])).stderr).toContain('UNFOLD_USAGE');
  });
});

describe('a token with labels', () => {
  test('sees its systems, as if there were no others', async () => {
    const { json } = await as('data', '/v1/search?q=max_connections');
    const answer = Answer.parse(json);
    expect(answer.systems.map(({ system }) => system.name)).toEqual(['db1']);
    expect(answer).toMatchObject({ total: { systems: 1 }, coverage: { complete: true, inScope: 1 } });
    expect(answer.systems[0]?.evidence).toMatchObject([{ path: '/etc/postgresql/postgresql.conf' }]);
    const facets = answer.facets.flatMap(({ buckets }) => buckets.map(({ value }) => value));
    expect(facets).toContain('postgresql');
    expect(facets).not.toContain('alpine');
  });

  test.each(['', '-postgresql', 'NOT kind:vm', 'nginx OR max_connections', 'system:web1', '10.20.30.40'])(
    'finds nobody else with %j',
    async (query) => {
      const found = Answer.parse((await as('data', `/v1/search?q=${encodeURIComponent(query)}`)).json);
      expect(found.systems.filter(({ system }) => system.name !== 'db1')).toEqual([]);
      const { text } = await as('data', `/v1/export?q=${encodeURIComponent(query)}`);
      expect(text).not.toMatch(/srv.(?:web1|cut1)/);
    },
  );

  test('hears of nobody else in any other way', async () => {
    for (const path of ['/v1/systems', '/v1/coverage', '/v1/lookup?asked=10.20.30.40'])
      expect((await as('data', path)).text).not.toMatch(/web1|cut1/);
    for (const path of ['web1', 'web1/facts', 'web1/facts?format=ndjson', 'rootfs%3Ahost1%2Fsrv%2Fweb1'])
      expect(await as('data', `/v1/systems/${path}`)).toMatchObject({ status: 404 });
    expect((await as('data', '/v1/systems/db1/facts')).status).toBe(200);
  });
});

test('the audit log names the token', async () => {
  const { headers } = await as('reader', '/v1/search?q=x');
  const mine = () => server.audit().filter((entry) => entry['request'] === headers.get('x-request-id'));
  expect(await eventually(mine, ({ length }) => length > 0)).toMatchObject([{ who: 'reader' }]);
});

describe('other machines', () => {
  test('are let in once there is a token, over TLS where there is a certificate', async () => {
    const [key, cert] = [server.place.path('key.pem'), server.place.path('cert.pem')];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...names].concat([
        '-keyout',
        key,
        '-out',
        cert,
      ]),
      { stdio: 'ignore' },
    );
    await using open = new Served();
    const { stdout } = await open.place.unfold(['token', 'create', 'far']);
    await open.start(['--listen', '0.0.0.0:0', '--tls-cert', cert, '--tls-key', key]);
    expect(open.base).toMatch(/^https:\/\/0\.0\.0\.0:/);
    const url = `${open.base.replace('0.0.0.0', '127.0.0.1')}/v1/fields`;
    const status = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        get(url, { ca: readFileSync(cert), headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject);
      });
    expect(await status({ authorization: `Bearer ${stdout.trim()}` })).toBe(200);
    expect(await status({})).toBe(401);
    await open.place.unfold(['token', 'revoke', 'far']);
    expect(await status({ authorization: `Bearer ${stdout.trim()}` })).toBe(401);
    expect(await status({})).toBe(401);
  });

  test('get nothing by a certificate that is none', async () => {
    const { stderr } = await server.place.unfold([
      'serve',
      '--tls-cert',
      '/dev/null',
      '--tls-key',
      '/dev/null',
    ]);
    expect(stderr).toContain('UNFOLD_TLS_INVALID');
  });
});
