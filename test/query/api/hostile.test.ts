// Clients that mean harm: the server answers as it should, stays alive, and does not grow.
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Answer } from '../../../schemas/answer.ts';
import { Served } from './serving.ts';

const server = new Served();
beforeAll(() => server.start(['--requests', '100', '--log', 'error']));
afterAll(() => server[Symbol.asyncDispose]());

/** Sends bytes as they are; what comes back until the server closes, or nothing more comes. */
function raw(bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(server.base);
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (chunk) => (reply += chunk.toString('latin1')));
    socket.on('error', () => undefined).on('close', () => resolve(reply));
  });
}

/** Megabytes of memory that the server has. */
function resident(): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

async function expectAlive(): Promise<void> {
  expect(await server.search('10.20.30.40')).toMatchObject({ status: 200 });
}

test.each([
  ["'; DROP TABLE system; --", 'SQL'],
  ['" OR 1=1 UNION SELECT * FROM fact', 'SQL'],
  ['") AND word MATCH ("*', 'a MATCH term'],
  ['{"query":{"match_all":{}}}', 'a query of Elasticsearch'],
  ['../../../../etc/passwd\0', 'a path'],
  ['<script>alert(1)</script>', 'markup'],
  ['\u202e\ufeff\u{10ffff}\ud800', 'odd characters'],
  [`${'('.repeat(2000)}x`, 'parentheses'],
  [
    Array.from({ length: 900 }, (_, i) => `-w${i}`)
      .join(' OR ')
      .slice(0, 4096),
    'many conditions',
  ],
])('%j is searched as text', async (query) => {
  const url = `/v1/search?${new URLSearchParams({ q: query }).toString()}`;
  const { status, json } = await server.fetch(url);
  expect(status).toBe(200);
  expect(Answer.parse(json).systems.length).toBeLessThanOrEqual(3);
});

test.each([
  [
    'GET /v1/search?q=%ff%fe%c0%af HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    /^HTTP\/1.1 (?:200|400)/,
  ],
  [
    'GET /v1/systems/%c0%ae%c0%ae HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    /^HTTP\/1.1 40[04]/,
  ],
  ['GET /v1/search HTTP/1.1\r\n\r\n', /^HTTP\/1.1 40[03]/],
  ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /^HTTP\/1.1 400/],
  [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, /^HTTP\/1.1 431/],
  [
    'POST /v1/lookup HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1.1 400/,
  ],
])('bytes that are no good request are refused: %j', async (bytes, status) => {
  expect(await raw(Buffer.from(bytes, 'latin1'))).toMatch(status);
  await expectAlive();
});

test('clients that never finish hold nobody up', async () => {
  const { hostname, port } = new URL(server.base);
  const sockets = Array.from({ length: 200 }, () => {
    const socket = connect(Number(port), hostname, () =>
      socket.write('GET /v1/search HTTP/1.1\r\nHost: local'),
    );
    return socket.on('error', () => undefined);
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await expectAlive();
  for (const socket of sockets) socket.destroy();
});

test('a burst is answered or refused, and leaves the server as it was', async () => {
  await expectAlive();
  const before = resident();
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const statuses = new Map<number, number>();
  const one = (number: number): Promise<void> =>
    new Promise((resolve, reject) => {
      get(`${server.base}/v1/search?q=w${number % 7}`, { agent }, (response) => {
        const { statusCode = 0 } = response;
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        response.resume().on('end', resolve);
      }).on('error', reject);
    });
  await Promise.all(Array.from({ length: 5000 }, (_, number) => one(number)));
  agent.destroy();
  expect([...statuses.keys()].filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
  expect(statuses.get(200)).toBeGreaterThan(0);
  expect((statuses.get(429) ?? 0) + (statuses.get(503) ?? 0)).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await expectAlive();
  expect(resident() - before).toBeLessThan(300);
});
