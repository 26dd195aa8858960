// What is wrong with a request is told by code, place and remedy; what a foreign page could send is refused.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApiProblem } from '../../../schemas/api.ts';
import { Served, type Reply } from './serving.ts';

const server = new Served();
beforeAll(() => server.start(['--host-name', 'unfold.example']));
afterAll(() => server[Symbol.asyncDispose]());

function expectProblem(reply: Reply, status: number, code: string): ApiProblem {
  expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = ApiProblem.parse(reply.json);
  expect(problem).toMatchObject({ status, code, type: `/reference#${code}` });
  expect(problem.instance).toBe(reply.headers.get('x-request-id'));
  expect(reply.status).toBe(status);
  expect(problem.remedy).not.toBe('');
  return problem;
}

function post(path: string, body: string, type = 'application/json'): Promise<Reply> {
  return server.fetch(path, { method: 'POST', headers: { 'content-type': type }, body });
}

/** A request with headers that fetch keeps for itself. */
function raw(headers: Record<string, string>, path = '/v1/search?q=x'): Promise<number> {
  const { hostname, port } = new URL(server.base);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('a problem', () => {
  test('names the part of a query that is too long', async () => {
    const problem = expectProblem(await server.search('x'.repeat(5000)), 400, 'UNFOLD_QUERY_TOO_LONG');
    expect(problem.place).toEqual({ parameter: 'q', span: [4096, 5000] });
  });

  test('names the one of many that cannot be looked up', async () => {
    const reply = await post('/v1/lookup', JSON.stringify({ asked: ['10.1.2.3', 'no name'] }));
    const problem = expectProblem(reply, 400, 'UNFOLD_QUERY_INVALID');
    expect(problem.place).toEqual({ parameter: 'asked', index: 1, span: [0, 7] });
  });

  test.each([
    ['/v1/search?limit=0', 'limit'],
    ['/v1/search?limit=ten', 'limit'],
    ['/v1/search?limit=1e9', 'limit'],
    ['/v1/search?q=a&q=b', 'q'],
    ['/v1/search?at=whenever', 'at'],
    ['/v1/search?facets=owner', 'facets'],
    ['/v1/systems/web1/facts?feature=soul', 'feature'],
    ['/v1/systems/web1/facts?until=now', 'until'],
    ['/v1/systems/web1/facts?after=now-1d&at=now', 'at'],
    ['/v1/export?format=pdf', 'format'],
  ])('names the parameter: %s', async (path, parameter) => {
    const problem = expectProblem(await server.fetch(path), 400, 'UNFOLD_REQUEST_INVALID');
    expect(problem.place).toEqual({ parameter });
  });

  test.each([
    ['/v1/search?cursor=xyz', 400, 'UNFOLD_QUERY_INVALID'],
    ['/v1/systems?cursor=WzFd', 400, 'UNFOLD_QUERY_INVALID'],
    ['/v1/systems/nobody', 404, 'UNFOLD_SYSTEM_UNKNOWN'],
    ['/v1/systems/..%2f..%2fetc%2fpasswd', 404, 'UNFOLD_SYSTEM_UNKNOWN'],
    ['/v1/systems/nobody/facts?format=ndjson', 404, 'UNFOLD_SYSTEM_UNKNOWN'],
    ['/v1/systems/%ff', 400, 'UNFOLD_REQUEST_INVALID'],
    ['/v2/search', 404, 'UNFOLD_ROUTE_UNKNOWN'],
    ['/%2e%2e/%2e%2e/etc/passwd', 404, 'UNFOLD_ROUTE_UNKNOWN'],
  ])('has a status and a code: %s', async (path, status, code) => {
    expectProblem(await server.fetch(path), status, code);
  });

  test('is told of bodies', async () => {
    expectProblem(await post('/v1/lookup', '{"asked": ['), 400, 'UNFOLD_REQUEST_INVALID');
    expectProblem(await post('/v1/lookup', '{"asked": [], "__proto__": {}}'), 400, 'UNFOLD_REQUEST_INVALID');
    expectProblem(await post('/v1/lookup', '{"asked": ["10.1.2.3"], "x": 1}'), 400, 'UNFOLD_REQUEST_INVALID');
    expectProblem(await post('/v1/lookup', 'x', 'text/plain'), 415, 'UNFOLD_REQUEST_TYPE');
    const large = JSON.stringify({ asked: ['1'.repeat(2 * 1024 * 1024)] });
    expectProblem(await post('/v1/lookup', large), 413, 'UNFOLD_REQUEST_TOO_LARGE');
    const many = JSON.stringify({ asked: Array.from({ length: 1001 }, () => '10.0.0.1') });
    expectProblem(await post('/v1/lookup', many), 400, 'UNFOLD_QUERY_TOO_LONG');
    expectProblem(await server.fetch('/v1/search', { method: 'DELETE' }), 404, 'UNFOLD_ROUTE_UNKNOWN');
  });

  test('of the server is told without its inside', async () => {
    await using empty = await new Served().start([], { frames: [] });
    const problem = ApiProblem.parse((await empty.search('x')).json);
    expect(problem).toMatchObject({ status: 503, code: 'UNFOLD_DATA_MISSING' });
    expect((await empty.fetch('/readyz')).status).toBe(503);
    expect((await empty.fetch('/livez')).status).toBe(200);
    await empty.place.index([{ system: 'late1', at: new Date().toISOString() }]);
    expect((await empty.fetch('/readyz')).status).toBe(200);
    expect((await empty.search('')).json).toMatchObject({ total: { systems: 1 } });
  });
});

describe('a page of somebody else', () => {
  test('is refused under a name that was made to point here', async () => {
    expect(await raw({ host: 'evil.example' })).toBe(403);
    expect(await raw({ host: '127.0.0.1.evil.example:80' })).toBe(403);
    expect(await raw({ host: '[evil]' })).toBe(403);
  });

  test('is refused from another origin', async () => {
    const host = new URL(server.base).host;
    expect(await raw({ host, origin: 'https://evil.example' })).toBe(403);
    expect(await raw({ host, origin: 'null' })).toBe(403);
    expect(await raw({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
  });

  test('is no page of ours, under a name that is known, nor a link that is followed', async () => {
    const host = new URL(server.base).host;
    expect(await raw({ host, origin: `http://${host}` })).toBe(200);
    expect(await raw({ host: 'unfold.example' })).toBe(200);
    expect(await raw({ host: 'LOCALHOST:1234' })).toBe(200);
    expect(await raw({ host: '[::1]:1234' })).toBe(200);
    expect(await raw({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200);
  });

  test('gets no leave to read, and every answer forbids what pages could do with it', async () => {
    const { headers } = await server.fetch('/v1/search', {
      headers: { 'access-control-request-method': 'GET' },
    });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect((await server.fetch('/v1/search', { method: 'OPTIONS' })).status).toBe(404);
  });
});
