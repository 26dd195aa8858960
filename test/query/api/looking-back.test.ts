// The history of a system and what differs, over a real index: as the command line tells them, to who may see them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Comparison, Log } from '../../../schemas/comparison.ts';
import { file, installed, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { Served, type Reply } from './serving.ts';

const server = new Served();
const tokens: Record<string, string> = {};
const DB = { id: 'disk:host1/images/db1.qcow2', kind: 'vm', name: 'db1', labels: { tier: 'data' } } as const;

/** Instants of the last hours, so that nothing is stale. */
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
const [FIRST, SECOND] = [hoursAgo(3), hoursAgo(1)];

const FRAMES: readonly FrameSketch[] = [
  { system: 'web1', at: FIRST, entries: [os('debian'), installed('nginx', '1.22'), file('/etc/a', 'one\n')] },
  {
    system: 'web1',
    at: hoursAgo(2),
    status: 'failed',
    problems: [{ code: 'UNFOLD_PATH_MISSING', extractor: 'rootfs', message: 'gone' }],
  },
  {
    system: 'web1',
    at: SECOND,
    entries: [os('debian'), installed('nginx', '1.24'), file('/etc/a', 'two\n'), file('/etc/b', 'new\n')],
  },
  { system: DB, at: SECOND, entries: [os('debian', '11'), file('/etc/a', 'two\n')] },
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

function get(path: string, name = 'reader', headers: Record<string, string> = {}): Promise<Reply> {
  const authorization = `Bearer ${tokens[name] ?? ''}`;
  return server.fetch(`/v1/systems/${path}`, { headers: { ...headers, authorization } });
}

async function fromCommand(...args: string[]): Promise<unknown> {
  return JSON.parse((await server.place.unfold([...args, '--json'])).stdout);
}

/** Without the instants that stand for now. */
function timeless({ from, to, ...rest }: Comparison): unknown {
  return { ...rest, from: { ...from, at: null }, to: { ...to, at: null } };
}

describe('/v1/systems/{id}/frames', () => {
  test('lists what the command line lists, by name and by id', async () => {
    const { json } = await get('web1/frames');
    const log = Log.parse(json);
    expect(log).toEqual(await fromCommand('log', 'web1'));
    expect(log.frames.map(({ status }) => status)).toEqual(['complete', 'failed', 'complete']);
    expect((await get(`${encodeURIComponent(log.system.id)}/frames`)).json).toEqual(json);
  });

  test('says that there are older ones, and 304 to who has the answer', async () => {
    const { json, headers } = await get('web1/frames?limit=1');
    expect(Log.parse(json)).toMatchObject({ more: true, frames: [{ at: SECOND, grown: { file: 1 } }] });
    const again = await get('web1/frames?limit=1', 'reader', { 'if-none-match': headers.get('etag') ?? '' });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  test.each(['none/frames', 'web1/frames?limit=0', 'web1/frames?limit=x', 'web1/frames?limit=10001'])(
    'refuses %s',
    async (path) => {
      const { status, headers } = await get(path);
      expect([400, 404]).toContain(status);
      expect(headers.get('content-type')).toContain('application/problem+json');
    },
  );
});

describe('/v1/systems/{id}/diff', () => {
  const from = `from=${encodeURIComponent(FIRST)}`;
  test.each([
    ['web1/diff?texts=true', ['web1']],
    ['web1/diff', ['web1', '--stat']],
    [
      `web1/diff?${from}&to=${encodeURIComponent(SECOND)}&texts=true`,
      ['web1', '--from', FIRST, '--to', SECOND],
    ],
    [`web1/diff?with=db1&${from}&texts=true`, ['web1', 'db1', '--from', FIRST]],
    ['web1/diff?feature=package,os', ['web1', '--feature', 'package,os']],
    ['web1/diff?path=/etc/b&texts=true&all=true', ['web1', '--path', '/etc/b', '--all']],
  ])('%s answers as the command line does', async (path, args) => {
    const { json, headers } = await get(path);
    expect(headers.get('content-type')).toContain('application/json');
    const answer = Comparison.parse(json);
    expect(answer).toEqual(json);
    expect(timeless(answer)).toEqual(timeless(Comparison.parse(await fromCommand('diff', ...args))));
    expect(answer.same).toBe(false);
  });

  test('shows lines to who may read contents, and to nobody else', async () => {
    const changed = async (path: string, name: string) =>
      Comparison.parse((await get(path, name)).json).changes.find(({ key }) => key === '/etc/a');
    expect((await changed('web1/diff?texts=true', 'reader'))?.text).toMatchObject({
      kind: 'lines',
      unified: expect.stringContaining('+two'),
    });
    expect(await changed('web1/diff', 'search')).toMatchObject({ change: 'changed', fields: ['content'] });
    expect((await get('web1/diff', 'search')).text).not.toContain('two');
    expect(await get('web1/diff?texts=true', 'search')).toMatchObject({ status: 403 });
  });

  test.each([
    ['none/diff', 404],
    ['web1/diff?with=none', 404],
    ['db1/diff', 404],
    ['web1/diff?from=2020-01-01', 404],
    ['web1/diff?from=whenever', 400],
    ['web1/diff?feature=fish', 400],
    ['web1/diff?texts=perhaps', 400],
  ])('%s is a problem: %d', async (path, status) => {
    const reply = await get(path);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
  });
});

test('who sees some systems sees neither the history of others nor what differs from them', async () => {
  expect((await get('db1/frames', 'data')).status).toBe(200);
  expect((await get('db1/diff?with=db1', 'data')).json).toMatchObject({ same: true, changes: [] });
  const hidden = encodeURIComponent('rootfs:host1/srv/web1');
  for (const path of [
    'web1/frames',
    `${hidden}/frames`,
    'web1/diff',
    'web1/diff?with=db1',
    'db1/diff?with=web1',
  ])
    expect(await get(path, 'data')).toMatchObject({ status: 404, json: { code: 'UNFOLD_SYSTEM_UNKNOWN' } });
  expect((await get('db1/diff?with=web1', 'data')).text).not.toContain('srv/web1');
});
