// What the server tells of itself: log, audit log, figures, limits, and how it begins and ends.
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Place } from '../../cli/process.ts';
import { eventually, Served } from './serving.ts';

const server = new Served();
beforeAll(() => server.start(['--metrics', '127.0.0.1:0']));
afterAll(() => server[Symbol.asyncDispose]());

test('the log names routes and requests, and never what was asked', async () => {
  const { headers } = await server.search('hunter2secret');
  await server.fetch('/v1/systems/hunter2secret');
  await server.fetch('/hunter2secret');
  await server.fetch('/v1/lookup?asked=hunter2secret/');
  expect(server.log).toContain(`"reqId":"${headers.get('x-request-id') ?? ''}"`);
  expect(server.log).toContain('"route":"GET /v1/search"');
  expect(server.log).not.toContain('hunter2secret');
});

test('the audit log tells who asked what, and is for its owner alone', async () => {
  const { headers } = await server.search('10.20.30.40', '&at=now');
  await server.fetch('/v1/lookup?asked=10.20.30.40');
  await server.fetch('/v1/livez');
  const request = headers.get('x-request-id');
  const isLookup = (entry: Record<string, unknown>) =>
    entry['route'] === 'GET /v1/lookup' && entry['status'] === 200;
  const entries = await eventually(
    () => server.audit(),
    (seen) => seen.some(isLookup),
  );
  expect(entries.find((entry) => entry['request'] === request)).toMatchObject({
    who: 'loopback',
    address: '127.0.0.1',
    route: 'GET /v1/search',
    what: '10.20.30.40',
    status: 200,
    systems: 1,
  });
  expect(entries.filter(isLookup)).toMatchObject([{ what: '10.20.30.40', systems: 1 }]);
  expect(statSync(`${server.place.data}/audit.ndjson`).mode & 0o777).toBe(0o600);
});

test('figures are on a port of their own', async () => {
  await server.search('x');
  expect((await server.fetch('/metrics')).status).toBe(404);
  const text = await (await fetch(`${server.figures}/metrics`)).text();
  expect(text).toMatch(
    /unfold_http_request_seconds_count\{method="GET",route="\/v1\/search",status="200"\} \d+/,
  );
  expect(text).toMatch(/^unfold_questions_waiting 0$/m);
  expect((await fetch(`${server.figures}/readyz`)).status).toBe(200);
  expect((await fetch(`${server.figures}/v1/search`)).status).toBe(404);
});

test('the OpenAPI document describes every route, with shapes by their names', async () => {
  const { json } = await server.fetch('/openapi.json');
  expect(json).toMatchObject({ openapi: '3.1.0' });
  const { paths, components } = json as { paths: Record<string, object>; components: { schemas: object } };
  expect(Object.keys(paths).sort()).toEqual(
    [
      ...['/livez', '/readyz', '/v1/coverage', '/v1/export', '/v1/fields', '/v1/frames', '/v1/lookup'],
      ...['/v1/search', '/v1/systems', '/v1/systems/{id}', '/v1/systems/{id}/facts'],
      ...['/v1/systems/{id}/diff', '/v1/systems/{id}/frames', '/v1/contents/{sha256}'],
      '/v1/systems/{id}/directory',
      ...['/v1/saved', '/v1/saved/{name}'],
    ].sort(),
  );
  expect(Object.keys(components.schemas)).toEqual(
    expect.arrayContaining(['Answer', 'Comparison', 'Coverage', 'Log', 'Problem']),
  );
  for (const [, name] of JSON.stringify(json).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(Object.keys(components.schemas)).toContain(name);
});

test('the reference tells the query language', async () => {
  const { text } = await server.fetch('/reference');
  for (const part of [
    '<code>remote-port:</code>',
    '<code>version:&#60;1.22</code>',
    '<code>os:(debian version:&#60;12)</code>',
  ])
    expect(text).toContain(part);
});

describe('limits', () => {
  test('are told in every answer, and kept', async () => {
    await using limited = await new Served().start(['--requests', '5']);
    const replies = await Promise.all(Array.from({ length: 40 }, () => limited.fetch('/v1/fields')));
    expect(replies[0]?.headers.get('ratelimit-limit')).toBe('5');
    const refused = replies.find(({ status }) => status === 429);
    expect(refused?.json).toMatchObject({ code: 'UNFOLD_RATE_LIMITED' });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });
});

describe('the command', () => {
  test('ends with 0 when it is asked to', async () => {
    await using served = await new Served().start();
    expect(await served.stop()).toBe(0);
  });

  test('listens where only this machine reaches it', async () => {
    await using place = new DisposablePlace();
    for (const host of ['0.0.0.0:0', '[::]:0', '192.0.2.1:0', 'example.com:80']) {
      const { status, stderr } = await place.unfold(['serve', '--listen', host]);
      expect([status, stderr]).toEqual([2, expect.stringContaining('UNFOLD_LISTEN_REFUSED')]);
    }
    for (const host of ['8460', 'localhost', '::1:80', '127.0.0.1:99999'])
      expect((await place.unfold(['serve', '--listen', host])).stderr).toContain('UNFOLD_USAGE');
  });

  test('says when something listens there already', async () => {
    await using place = new DisposablePlace();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { status, stderr } = await place.unfold(['serve', '--listen', `127.0.0.1:${port}`, '--json']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'UNFOLD_LISTEN_FAILED' } });
    expect(status).toBe(2);
    other.close();
  });
});

class DisposablePlace extends Place {
  [Symbol.asyncDispose](): Promise<void> {
    this.remove();
    return Promise.resolve();
  }
}
