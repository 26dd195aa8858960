// log, diff and changed: as processes, beside real crawls of a small tree that changes between them.
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Answer } from '../../schemas/answer.ts';
import { Comparison, Log } from '../../schemas/comparison.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { EntryLine } from '../../schemas/frame.ts';
import { frameText, Place, type Ended } from './process.ts';

const place = new Place();

function write(path: string, text: string | Buffer): void {
  const file = place.path('tree', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function packages(versions: Record<string, string>): void {
  const records = Object.entries(versions).map(
    ([name, version]) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nDescription: x\n`,
  );
  write('var/lib/dpkg/status', records.join('\n'));
}

async function crawl(): Promise<void> {
  const { status, stderr } = await place.unfold(['crawl', `rootfs:${place.path('tree')}`, '--name', 'web1']);
  expect([status, stderr]).toEqual([0, '']);
}

function diff(...args: string[]): Promise<Ended> {
  return place.unfold(['diff', ...args]);
}

async function comparison(...args: string[]): Promise<Comparison> {
  const { stdout, stderr } = await diff(...args, '--json');
  expect(stderr).toBe('');
  return Comparison.parse(JSON.parse(stdout));
}

beforeAll(async () => {
  write('etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
  write('etc/app.conf', 'listen\t80\nworkers 2\nlog /var/log/app\n');
  write('etc/gone', 'soon\n');
  write('etc/mode', 'x\n');
  write('etc/touched', 'x\n');
  write('opt/tool', Buffer.from([0, 1, 2, 3]));
  packages({ nginx: '1.22.1-9', redis: '5:7.0.15-1', zsh: '5.9' });
  await crawl();
  write('etc/app.conf', 'listen 8080\r\nworkers 2\nlog /var/log/app\n');
  rmSync(place.path('tree/etc/gone'));
  chmodSync(place.path('tree/etc/mode'), 0o600);
  utimesSync(place.path('tree/etc/touched'), 0, 0);
  write('opt/tool', Buffer.from([0, 1, 2, 3, 4]));
  write('etc/evil\u001b[2J', 'one\u001b]0;title\u0007\n');
  symlinkSync('/etc/app.conf', place.path('tree/etc/link'));
  packages({ nginx: '1.24.0-1', redis: '5:7.0.9-1', curl: '7.88' });
  await crawl();
});

afterAll(() => place.remove());

describe('diff', () => {
  test('for a reader: what happened since the crawl before', async () => {
    const { status, stdout, stderr } = await diff('web1');
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^--- web1 {2}\S+Z {2}host · rootfs:\S+\/tree · complete\n\+\+\+ web1 /);
    const [, ...lines] = stdout.split('\n\n');
    expect(lines[0]).toBe(
      [
        'package',
        '+ curl  7.88  installed',
        '~ nginx  1.22.1-9 → 1.24.0-1  upgraded',
        '~ redis  5:7.0.15-1 → 5:7.0.9-1  downgraded',
        '- zsh  5.9  removed',
      ].join('\n'),
    );
    const files = lines[1]?.split('\n').filter((line) => /^\S/.test(line) && !line.includes('/var/lib/dpkg'));
    expect(files).toEqual([
      'file',
      '~ /etc/app.conf  content +1 -1',
      String.raw`+ /etc/evil\x1b[2J  ${Buffer.byteLength('one\u001b]0;title\u0007\n')} B`,
      '- /etc/gone  5 B',
      '+ /etc/link → /etc/app.conf',
      '~ /etc/mode  mode 0644 → 0600',
      '~ /opt/tool  content 4 B → 5 B, binary',
    ]);
    expect(stdout).toContain(
      '    @@ -1,3 +1,3 @@\n    -listen\t80\n    +listen 8080\\x0d\n     workers 2\n     log /var/log/app\n',
    );
    expect(stdout).toMatch(
      /package {4}1 added, 1 removed, 2 changed\nfile {7}2 added, 1 removed, 4 changed\n/,
    );
    expect(stdout).toMatch(/coverage: complete\n$/);
  });

  test('as JSON', async () => {
    const { from, to, changes, counts, same, complete } = await comparison('web1');
    expect(Date.parse(from.frame.at)).toBeLessThan(Date.parse(to.frame.at));
    expect([same, complete]).toEqual([false, true]);
    expect(counts.package).toEqual({ added: 1, removed: 1, changed: 2 });
    const configuration = changes.find(({ key }) => key === '/etc/app.conf');
    expect(configuration).toMatchObject({ change: 'changed', fields: ['content'], at: to.frame.at });
    expect(configuration?.text).toMatchObject({ kind: 'lines', added: 1, removed: 1 });
  });

  test('a part of it, counted, or with what was merely touched', async () => {
    const keys = async (...args: string[]) =>
      (await comparison('web1', ...args)).changes.map(({ key }) => key);
    expect(await keys('--path', '/etc/?o*')).toEqual(['/etc/gone', '/etc/mode']);
    expect(await keys('--feature', 'package')).toHaveLength(4);
    expect(await keys('--all', '--path', '/etc/t*')).toEqual(['/etc/touched']);
    const { stdout, status } = await diff('web1', '--stat');
    expect(status).toBe(1);
    expect(stdout).not.toContain('/etc');
    expect(stdout).toContain('file       2 added, 1 removed, 4 changed');
  });

  test('backwards, and from any instant', async () => {
    const { from, to } = await comparison('web1');
    const { changes } = await comparison(
      'web1',
      '--from',
      to.frame.at,
      '--to',
      from.frame.at,
      '--feature',
      'package',
    );
    expect(changes.map(({ action }) => action)).toEqual(['removed', 'downgraded', 'upgraded', 'installed']);
    expect((await diff('web1', '--from', to.frame.at)).status).toBe(0);
  });

  test('nothing of a guest acts on a terminal; colours only where they are wanted', async () => {
    for (const form of [[], ['--json'], ['--all']]) {
      const { stdout } = await diff('web1', ...form);
      expect(stdout).toContain('evil');
      // eslint-disable-next-line no-control-regex -- exactly these must not be there
      expect(stdout).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
    }
    const forced = await place.unfold(['diff', 'web1'], { env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain('\u001b[32m+');
  });
});

describe('exit status of diff', () => {
  const other = new Place();
  const hosts = [{ feature: 'os' as const, key: 'os', entry: { platform: 'debian' } }];
  const problems = [
    { code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/srv/private', message: 'denied' },
  ];
  const recent = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

  beforeAll(async () => {
    const frames = [
      { system: 'same', at: recent(3), entries: hosts },
      { system: 'same', at: recent(2), entries: hosts },
      { system: 'partial', at: recent(2), entries: hosts, problems },
      { system: 'old', at: recent(60 * 24 * 30), entries: hosts },
    ];
    const { status } = await other.unfold(['index', '-'], { input: frames.map(frameText).join('') });
    expect(status).toBe(0);
  });
  afterAll(() => other.remove());

  test.each<[number, string[]]>([
    [0, ['same']],
    [3, ['same', 'partial']],
    [3, ['old', 'same', '--stat']],
    [2, ['partial']],
    [2, ['nowhere']],
    [2, ['same', '--at', 'now']],
    [2, ['same', '--from', 'teatime']],
    [2, ['same', '--feature', 'pakage']],
  ])('%d: %j', async (status, args) => {
    expect((await other.unfold(['diff', ...args])).status).toBe(status);
  });

  test('what is not complete is named', async () => {
    const { stdout } = await other.unfold(['diff', 'old', 'partial']);
    expect(stdout).toContain(
      'nothing differs\ncoverage: incomplete\n  --- stale  the last frame is 720 hours old',
    );
    expect(stdout).toContain('  +++ partial  UNFOLD_UNREADABLE: /srv/private');
  });
});

describe('diff of what lives', () => {
  const live = new Place();
  const line = (feature: Feature, key: string, entry: object): EntryLine => ({
    feature,
    key,
    entry: { ...entry },
  });
  const worker = (pid: number, user: string) =>
    line('process', `${pid}@0`, {
      pid,
      name: 'nginx',
      args: ['nginx', '-g'],
      command_line: 'nginx\u001b[2J -g',
      user: { id: user === 'root' ? '0' : '33', name: user },
    });
  const socket = (state: string, port: number, remote?: number) =>
    line('connection', `tcp ${port} ${remote}`, {
      transport: 'tcp',
      state,
      local: { ip: '10.0.0.1', port },
      ...(remote === undefined ? {} : { remote: { ip: 'fd00::2', port: remote } }),
      process: { pid: 1, name: 'nginx' },
    });
  const eth0 = (...ip: string[]) => line('interface', 'eth0', { name: 'eth0', ip });
  const frame = (minutes: number, entries: EntryLine[]) =>
    frameText({
      system: 'live',
      at: new Date(Date.now() - minutes * 60_000).toISOString(),
      features: ['process', 'connection', 'interface'],
      entries,
    });

  beforeAll(async () => {
    const before = [worker(1, 'root'), socket('listening', 80), eth0('10.0.0.1/24', '10.0.0.2/24')];
    const after = [
      ...[worker(7, 'www'), worker(8, 'www'), worker(9, 'www')],
      ...[socket('listening', 80), socket('listening', 443), socket('established', 40_000, 5432)],
      eth0('10.0.0.2/24', '10.0.0.9/24', 'fd00::9/64'),
    ];
    const { status } = await live.unfold(['index', '-'], { input: frame(2, before) + frame(1, after) });
    expect(status).toBe(0);
  });
  afterAll(() => live.remove());

  test('says what it is, how many, and what is another', async () => {
    const { stdout } = await live.unfold(['diff', 'live']);
    expect(stdout.split('\n').filter((text) => /^[+~-] /.test(text))).toEqual([
      '~ eth0  ip -10.0.0.1/24 +10.0.0.9/24 +fd00::9/64',
      '+ tcp 10.0.0.1:443 listening  nginx',
      '+ tcp 10.0.0.1:40000 → [fd00::2]:5432 established  nginx',
      String.raw`~ nginx\x1b[2J -g  user.id 0 → 33, user.name root → www`,
      String.raw`+ nginx\x1b[2J -g  (2 times)`,
    ]);
  });
});

describe('log', () => {
  test('for a reader', async () => {
    const { status, stdout } = await place.unfold(['log', 'web1']);
    const [name, newest, oldest, ...more] = stdout.trimEnd().split('\n');
    expect(status).toBe(0);
    expect(name).toMatch(/^web1 {2}host · rootfs:/);
    expect(newest).toMatch(
      /^\S+Z {2}complete +\d+\.\d s {2}\+\d+ -\d+ =\d+ +os 1 {2}package 3 {2}file \d+ \(\+1\)$/,
    );
    expect(oldest).toMatch(/\+\d+ -0 =0 /);
    expect(more).toEqual([]);
  });

  test('as JSON, and as many as are wanted; a system by how its id ends', async () => {
    const { stdout } = await place.unfold(['log', 'tree', '--limit', '1', '--json']);
    const { frames, more, system } = Log.parse(JSON.parse(stdout));
    expect(system.name).toBe('web1');
    expect(more).toBe(true);
    expect(frames).toEqual([expect.objectContaining({ status: 'complete', grown: { file: 1 } })]);
  });

  test('a system that is not known', async () => {
    const { status, stderr } = await place.unfold(['log', 'web2']);
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean web1?');
  });
});

describe('changed:', () => {
  test('finds what began and what ended, with since and until', async () => {
    const { status, stdout } = await place.unfold(['search', 'changed.package:now-1h', '--evidence', 'all']);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /package deb:nginx:amd64 {2}nginx \(= 1\.22\.1-9\) .* {2}\(since \S+Z until \S+Z\)/,
    );
    expect(stdout).toMatch(/package deb:nginx:amd64 {2}nginx \(= 1\.24\.0-1\) .* {2}\(since \S+Z\)/);
  });

  test('as JSON with what became of each fact', async () => {
    const { stdout } = await place.unfold([
      'search',
      'changed.file:>now-1h path:/etc/app.conf',
      '--json',
      '--evidence',
      'all',
    ]);
    const { systems } = Answer.parse(JSON.parse(stdout));
    const own = systems[0]?.evidence.filter(({ key }) => key === '/etc/app.conf');
    expect(own?.map(({ change, validTo }) => [change, validTo === null])).toEqual([
      ['began', true],
      ['ended', false],
    ]);
  });
});
