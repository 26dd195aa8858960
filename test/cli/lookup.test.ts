// unfold lookup as a process: items from arguments, files and standard input; windows, scopes and names; forms and statuses.
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LookupAnswer } from '../../schemas/answer.ts';
import { file, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { LIVE, ownsAddress, socket } from '../query/lookup/asking.ts';
import { Place } from './process.ts';

const HOUR = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString();

const FRAMES: readonly FrameSketch[] = [
  {
    system: { id: 'rootfs:host1/srv/web', kind: 'host', name: 'web', labels: { env: 'prod' } },
    at: ago(30),
    entries: [file('/etc/app.conf', 'old = 10.1.2.4\n')],
  },
  {
    system: { id: 'rootfs:host1/srv/web', kind: 'host', name: 'web', labels: { env: 'prod' } },
    at: ago(1),
    features: LIVE,
    entries: [
      file('/etc/app.conf', 'db = 10.1.2.3:5432\n'),
      ownsAddress('eth0', '10.1.2.1/24'),
      socket('10.1.2.1:40000', '10.1.2.9:443'),
    ],
  },
  {
    system: { id: 'rootfs:host1/srv/admin', kind: 'host', name: 'admin', labels: { env: 'test' } },
    at: ago(1),
    entries: [file('/etc/hosts', '10.1.2.3 db1.corp.example\n')],
  },
];

const place = new Place();

beforeAll(() => place.index(FRAMES));
afterAll(() => {
  place.remove();
});

async function answered(...args: string[]): Promise<LookupAnswer> {
  const { stdout, stderr } = await place.unfold(['lookup', ...args, '--json']);
  expect(stderr).toBe('');
  return LookupAnswer.parse(JSON.parse(stdout));
}

/** Names of the systems found for each item. */
function names({ lookups }: LookupAnswer): string[][] {
  return lookups.map(({ systems }) => systems.map(({ system }) => system.name).sort());
}

test('items come from arguments, a file and standard input, in this order', async () => {
  const list = place.path('addresses.txt');
  writeFileSync(list, '\ufeff# firewall\r\n10.1.2.3  # the database\r\n\r\n  :5432\r\ndb1.corp.example\n');
  const args = ['lookup', '10.1.2.0/24', '-', '--file', list, '--json'];
  const { stdout } = await place.unfold(args, { input: '10.1.2.4\n#\n10.1.2.4' });
  const answer = LookupAnswer.parse(JSON.parse(stdout));
  expect(answer.lookups.map(({ asked }) => asked)).toEqual([
    ...['10.1.2.0/24', '10.1.2.4', '10.1.2.4', '10.1.2.3', ':5432', 'db1.corp.example'],
  ]);
  expect(names(answer).slice(3)).toEqual([['admin', 'web'], ['web'], ['admin', 'web']]);
});

test('match, roles and scope narrow the answer, which repeats them', async () => {
  const narrowed = await answered(
    ...['--match', 'contained', '--role', 'owns', '--role', 'connects-to,owns'],
    ...['--scope', 'label:env=prod', '10.1.2.0/24'],
  );
  expect(narrowed).toMatchObject({
    match: 'contained',
    roles: ['owns', 'connects-to'],
    scope: 'label:env=prod',
  });
  expect(narrowed.coverage).toMatchObject({ complete: true, inScope: 1 });
  const written = narrowed.lookups[0]?.systems.flatMap(({ evidence }) =>
    evidence.map(({ address }) => address),
  );
  expect(written?.sort()).toEqual(['10.1.2.1', '10.1.2.1', '10.1.2.9']);
});

test('a window finds what held at any time in it', async () => {
  const exact = (...window: string[]) => answered('10.1.2.4', '--match', 'exact', ...window);
  expect(names(await exact())).toEqual([[]]);
  const answer = await exact('--from', 'now-1d');
  expect(names(answer)).toEqual([['web']]);
  expect(answer.lookups[0]?.systems[0]?.evidence[0]?.validTo).not.toBeNull();
  expect(names(await exact('--from', 'now-20m'))).toEqual([[]]);
  expect(names(await exact('--from', 'now-1d', '--to', 'now-2h'))).toEqual([['web']]);
});

test('a chain of names is shown to a reader', async () => {
  const { stdout } = await place.unfold(['lookup', 'db1.corp.example']);
  expect(stdout).toMatch(/\(db1\.corp\.example = 10\.1\.2\.3 by rootfs:host1\/srv\/admin \/etc\/hosts:1\)/);
  const csv = (await place.unfold(['lookup', 'db1.corp.example', '--csv'])).stdout;
  expect(csv).toContain(
    '"[{""name"":""db1.corp.example"",""address"":""10.1.2.3"",""system"":""rootfs:host1/srv/admin""',
  );
});

test('what is connected and nowhere configured, and the other way round', async () => {
  expect(names(await answered('10.1.0.0/16', '--reconcile', 'connected-not-configured'))).toEqual([['web']]);
  const { status, stdout } = await place.unfold([
    ...['lookup', '10.1.2.9', '--reconcile', 'configured-not-connected', '--json'],
  ]);
  expect(status).toBe(3);
  expect(LookupAnswer.parse(JSON.parse(stdout)).coverage.gaps).toMatchObject([
    { system: 'rootfs:host1/srv/admin', status: 'partial' },
  ]);
});

describe('is refused', () => {
  test.each<[string[], string]>([
    [[], 'UNFOLD_USAGE'],
    [['--file', 'nowhere.txt'], 'UNFOLD_PATH_MISSING'],
    [['--file', '.'], 'UNFOLD_PATH_UNREADABLE'],
    [['10.1.2.3', '10.1.2.300'], 'UNFOLD_QUERY_INVALID'],
    [['10.1.2.3', '--match', 'nearly'], 'UNFOLD_USAGE'],
    [['10.1.2.3', '--role', 'owns,friend'], 'UNFOLD_USAGE'],
    [['10.1.2.3', '--at', 'now', '--from', 'now-1d'], 'UNFOLD_USAGE'],
    [['10.1.2.3', '--to', 'now'], 'UNFOLD_USAGE'],
    [['10.1.2.3', '--from', 'now', '--to', 'now-1d'], 'UNFOLD_QUERY_INVALID'],
    [['10.1.2.3', '--reconcile', 'everything'], 'UNFOLD_USAGE'],
  ])('%j', async (args, code) => {
    const { status, stdout, stderr } = await place.unfold(['lookup', ...args, '--json']);
    expect([status, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code } });
  });

  test('a list that is too long, without reading it to its end', async () => {
    const input = Array.from(
      { length: 200_000 },
      (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}\n`,
    ).join('');
    const { status, stderr } = await place.unfold(['lookup', '-', '--json'], { input });
    expect(status).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'UNFOLD_QUERY_TOO_LONG' } });
  });
});
