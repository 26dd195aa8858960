// search, lookup and systems as processes: forms, exit statuses, and that nothing of a guest acts on a terminal.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Answer, LookupAnswer } from '../../schemas/answer.ts';
import { completeFrame, freshFleet, Place } from './process.ts';

const place = new Place();
const complete = new Place();

beforeAll(async () => {
  await place.index(freshFleet());
  await complete.index([completeFrame('a1', 'alpha 10.0.0.1\n'), completeFrame('b1', '=1+1,"x" 10.0.0.2\n')]);
});

afterAll(() => {
  place.remove();
  complete.remove();
});

describe('exit status', () => {
  test.each<[string, Place, string[], number]>([
    ['found', place, ['search', 'nginx'], 0],
    ['found though coverage is incomplete', place, ['lookup', '10.20.30.40'], 0],
    ['none, coverage complete', complete, ['search', 'nowhere'], 1],
    ['none, coverage complete', complete, ['lookup', '10.99.0.1'], 1],
    ['none, coverage incomplete', place, ['search', 'nowhere'], 3],
    ['none, coverage incomplete', place, ['lookup', '172.16.0.1'].slice(0, 1).concat('2001:db8::1'), 3],
    ['error', place, ['lookup', '10.1.2.300'], 2],
    ['systems', place, ['systems'], 0],
  ])('%s', async (_, where, args, status) => expect((await where.unfold(args)).status).toBe(status));
});

describe('search', () => {
  test('for a reader', async () => {
    const { stdout, stderr } = await place.unfold(['search', '10.20.30.40', 'package:nginx']);
    expect(stderr).toBe('');
    expect(stdout).toContain('1 system');
    expect(stdout).toMatch(/1\. web1 {2}host · rootfs:host1\/srv\/web1 · \d+ (s|min) old/);
    expect(stdout).toMatch(/\/etc\/app\.conf:3 +db = 10\.20\.30\.40:5432/);
    expect(stdout).toContain('coverage: incomplete, 3 of 3 systems answered, 1 partial');
    expect(stdout).toMatch(/partial {2}rootfs:host1\/srv\/cut1 {2}UNFOLD_UNREADABLE: \/srv\/private/);
  });

  test('as JSON', async () => {
    const { stdout, stderr } = await place.unfold(['search', 'nginx', '--json']);
    expect(stderr).toBe('');
    expect(Answer.parse(JSON.parse(stdout)).systems.map(({ system }) => system.name)).toEqual(['web1']);
  });

  test('with facets that are asked for, and narrowed to values of them', async () => {
    const facets = ['--facet', 'os', '--facet', 'directory/', '--facet-size', '3'];
    const { stdout } = await place.unfold(['search', ...facets, '--narrow', '-kind:vm', 'nginx', '--json']);
    const answer = Answer.parse(JSON.parse(stdout));
    expect(answer.systems.map(({ system }) => system.name)).toEqual(['web1']);
    expect(answer.facets.map(({ field }) => field)).toEqual(['os', 'directory']);
    expect((await place.unfold(['search', 'nginx', '--narrow', '-kind:host'])).stdout).toContain('0 systems');
    expect((await place.unfold(['search', '--narrow', 'colour:red'])).status).toBe(2);
  });

  test('with what each score is the sum of', async () => {
    const { stdout } = await place.unfold(['search', 'nginx', '10.20.30.40', '--explain']);
    expect(stdout).toMatch(/score ([\d.]+) = ([\d.]+) \+ ([\d.]+)/);
    expect(stdout).toMatch(/10\.20\.30\.40 \(exact\) {2}[\d.]+ = rarity [\d.]+ × facts [\d.]+/);
    expect(stdout).toMatch(/package {2}[\d.]+ = package [\d.]+ × by name [\d.]+/);
    const json = JSON.parse(
      (await place.unfold(['search', 'nginx', '--explain', '--json'])).stdout,
    ) as unknown;
    expect(Answer.parse(json).systems[0]?.explanation?.terms.map(({ term }) => term)).toEqual(['nginx']);
  });

  test('as NDJSON: a system a line, then the rest', async () => {
    const lines = (await place.unfold(['search', '--ndjson'])).stdout.trimEnd().split('\n');
    const [rest, ...systems] = lines.map((line) => JSON.parse(line) as Record<string, unknown>).reverse();
    expect(systems).toHaveLength(3);
    expect(Answer.parse({ ...rest, systems: systems.reverse() }).total.systems).toBe(3);
  });

  test('as CSV: evidence a row, quoted, formulas disarmed', async () => {
    const { stdout, stderr } = await complete.unfold(['search', '10.0.0.2', '--csv']);
    const [header, row] = stdout.split('\r\n');
    expect(header).toBe(
      'asked,system,kind,name,score,asOf,frame,feature,key,path,line,snippet,address,relation,role,validFrom,validTo,change,writtenName,port,process,socket,via',
    );
    expect(row).toContain(`,/etc/motd,1,"'=1+1,""x"" 10.0.0.2",10.0.0.2,exact,references,`);
    expect(stderr).toContain('coverage: complete');
  });

  test('programs get every system, readers a page', async () => {
    const many = new Place();
    try {
      await many.index(Array.from({ length: 25 }, (_, index) => completeFrame(`s${index}`, 'alpha\n')));
      const lines = async (...args: string[]): Promise<number> =>
        (await many.unfold(['search', 'alpha', ...args])).stdout.trimEnd().split('\n').length;
      expect(await lines('--ndjson')).toBe(26);
      expect(await lines('--csv')).toBe(26);
      expect(await lines('--csv', '--limit', '5')).toBe(6);
      const { stderr } = await many.unfold(['search', 'alpha', '--csv', '--limit', '5']);
      const [, cursor = ''] = /more systems: --cursor (\S+)/.exec(stderr) ?? [];
      expect(await lines('--csv', '--cursor', cursor)).toBe(21);
      const { stdout } = await many.unfold(['search', 'alpha', '--json']);
      expect(Answer.parse(JSON.parse(stdout)).systems).toHaveLength(20);
    } finally {
      many.remove();
    }
  });

  test('terms that begin with a hyphen are negated, options may stand anywhere', async () => {
    const { stdout } = await place.unfold(['search', '-nginx', '--json', '-os:alpine', '--limit', '5']);
    expect(Answer.parse(JSON.parse(stdout))).toMatchObject({
      query: '-nginx -os:alpine',
      systems: [{ system: { name: 'db1' } }],
    });
  });

  test('after -- everything is the query', async () => {
    const { stdout } = await place.unfold(['search', '--json', '--', '--limit']);
    expect(Answer.parse(JSON.parse(stdout)).query).toBe('--limit');
  });

  test('notices go to stderr', async () => {
    const { stderr, status } = await place.unfold(['search', 'pakage:nginx']);
    expect(stderr).toContain('did you mean package:');
    expect(status).toBe(3);
  });

  test('limits', async () => {
    const { stdout } = await place.unfold([
      'search',
      'path:/etc/*',
      '--limit',
      '1',
      '--evidence',
      '1',
      '--json',
    ]);
    const { systems, total, cursor } = Answer.parse(JSON.parse(stdout));
    expect(total.systems).toBe(3);
    expect(systems.map(({ evidence }) => evidence.length)).toEqual([1]);
    const next = await place.unfold([
      'search',
      'path:/etc/*',
      '--limit',
      'all',
      '--cursor',
      cursor ?? '',
      '--json',
    ]);
    expect(Answer.parse(JSON.parse(next.stdout)).systems).toHaveLength(2);
  });
});

describe('lookup', () => {
  test('several at once', async () => {
    const { stdout } = await place.unfold(['lookup', '10.20.30.40', 'fe80::/10', '--json']);
    const { lookups } = LookupAnswer.parse(JSON.parse(stdout));
    expect(lookups.map(({ asked, systems }) => [asked, systems.length])).toEqual([
      ['10.20.30.40', 1],
      ['fe80::/10', 0],
    ]);
    expect(lookups[0]?.systems[0]?.evidence).toHaveLength(7);
  });

  test('for a reader, with the relation', async () => {
    const { stdout } = await place.unfold(['lookup', '10.20.30.40']);
    expect(stdout).toMatch(/firewall\.rules:1 +allow 10\.20\.0\.0\/16 {2}\(containing 10\.20\.0\.0\/16\)/);
  });

  test('as NDJSON and CSV each line says what was asked', async () => {
    const ndjson = (await complete.unfold(['lookup', '10.0.0.1', '10.0.0.2', '--ndjson'])).stdout
      .trimEnd()
      .split('\n');
    expect(ndjson.map((line) => (JSON.parse(line) as { asked?: string }).asked)).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      undefined,
    ]);
    const csv = (await complete.unfold(['lookup', '10.0.0.1', '10.0.0.2', '--csv'])).stdout;
    expect(csv.split('\r\n').map((row) => row.split(',')[0])).toEqual(['asked', '10.0.0.1', '10.0.0.2', '']);
  });

  test('as CSV the system keeps its name beside the name that was looked up', async () => {
    const { stdout } = await place.unfold(['lookup', 'db1.example.com', '--csv']);
    const [header = [], ...rows] = stdout
      .split('\r\n')
      .filter((line) => line !== '')
      .map((line) => line.split(','));
    const column = (name: string): number => header.indexOf(name);
    expect(new Set(header).size).toBe(header.length);
    const written = rows.find((row) => row[column('writtenName')] === 'db1.example.com');
    expect(written?.[column('name')]).toBe('web1');
  });

  test('as of a past instant there was nothing', async () => {
    const { status, stdout } = await complete.unfold(['lookup', '10.0.0.1', '--at', 'now-2h', '--json']);
    expect(status).toBe(3);
    expect(LookupAnswer.parse(JSON.parse(stdout)).lookups[0]?.coverage.inScope).toBe(0);
  });
});

test('systems', async () => {
  const { stdout } = await place.unfold(['systems']);
  expect(stdout).toContain('db1  vm · disk:host1/images/db1.qcow2 · tier=data');
  const json = JSON.parse((await place.unfold(['systems', '--json'])).stdout) as { systems: unknown[] };
  expect(json.systems).toHaveLength(3);
});

test('control characters of a guest never leave as such, in any form', async () => {
  for (const form of [[], ['--json'], ['--ndjson'], ['--csv']]) {
    const { stdout } = await place.unfold(['search', 'welcome', ...form]);
    expect(stdout).toContain('[2J');
    // eslint-disable-next-line no-control-regex -- exactly these must not be there
    expect(stdout).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
  }
});

test('colours only where they are wanted', async () => {
  const forced = await place.unfold(['search', 'nginx'], { env: { FORCE_COLOR: '1' } });
  expect(forced.stdout).toContain('\u001b[');
  const unwanted = await place.unfold(['search', 'nginx'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
  const piped = await place.unfold(['search', 'nginx']);
  expect(piped.stdout).not.toContain('\u001b[');
  expect(unwanted.status).toBe(0);
});

test('a reader that goes away ends it quietly', async () => {
  const { stderr } = await place.run('/bin/sh', [
    '-c',
    '"$1" search --ndjson | head -c 1 >/dev/null; "$1" frame show web1 | true',
    'sh',
    (await import('./process.ts')).UNFOLD,
  ]);
  expect(stderr).toBe('');
});
