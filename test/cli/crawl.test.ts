// crawl, index and frame show as processes, from real directory trees to the index and back to documents.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Answer } from '../../schemas/answer.ts';
import { completeFrame, frameText, Place, UNFOLD } from './process.ts';

const place = new Place();

function makeSystem(name: string, text: string): void {
  mkdirSync(place.path(name, 'etc'), { recursive: true });
  writeFileSync(place.path(name, 'etc/os-release'), 'ID=debian\nVERSION_ID="12"\n');
  writeFileSync(place.path(name, 'etc/app.conf'), text);
}

beforeAll(() => {
  makeSystem('web1', 'db = 10.7.7.7:5432\n');
  makeSystem('web2', 'db = 10.7.7.8:5432\n');
});

afterAll(() => place.remove());

async function answer(...args: string[]): Promise<Answer> {
  return Answer.parse(JSON.parse((await place.unfold(['search', '--json', ...args])).stdout));
}

interface Crawled {
  system: { id: string; name: string; labels: Record<string, string> };
  status: string;
  counts: Record<string, number>;
  seconds: number;
  applied: { outcome: string } | null;
}

function crawled(stdout: string): Crawled[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Crawled);
}

test('what is crawled can be asked', async () => {
  const { status, stdout, stderr } = await place.unfold(['crawl', 'rootfs:web1', 'rootfs:web2']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^web1 {2}complete {2}5 entries, 0 problems, [\d.]+ s {2}rootfs:/m);
  expect((await answer('10.7.7.7')).systems.map(({ system }) => system.name)).toEqual(['web1']);
  expect(readdirSync(place.path('data/spool'))).toEqual([]);
});

test('--json, --features, --name and --label', async () => {
  const args = [
    'crawl',
    'rootfs:web2',
    '--json',
    '--features',
    'os,package',
    '--name',
    'two',
    '--label',
    'tier=app',
  ];
  const { status, stdout } = await place.unfold([...args, '--label', 'x=a=b']);
  expect(status).toBe(0);
  const [line] = crawled(stdout);
  expect(line).toMatchObject({
    system: { name: 'two', labels: { tier: 'app', x: 'a=b' } },
    status: 'complete',
    counts: { os: 1, package: 0 },
    applied: { outcome: 'applied' },
  });
  expect((await answer('system:two')).total.systems).toBe(1);
});

test('targets of the configuration file, relative to nothing but the folder it is run in', async () => {
  const target = `rootfs:${place.path('web1')}`;
  writeFileSync(
    place.path('unfold.yaml'),
    `host: here\ndata: elsewhere\ntargets:\n  - target: ${target}\n    name: front\n    labels: {tier: web}\n`,
  );
  try {
    for (const args of [['crawl'], ['crawl', target]]) {
      const { status, stdout } = await place.unfold([...args, '--json'], { env: { UNFOLD_DATA: '' } });
      expect(status).toBe(0);
      expect(crawled(stdout)[0]?.system).toEqual({
        id: `rootfs:here${place.path('web1')}`,
        kind: 'host',
        name: 'front',
        labels: { tier: 'web' },
      });
    }
    expect(existsSync(place.path('elsewhere/index.sqlite'))).toBe(true);
  } finally {
    rmSync(place.path('unfold.yaml'));
  }
});

describe('frames', () => {
  test('to a file, without the index, and back', async () => {
    const empty = place.path('empty-data');
    const args = [
      'crawl',
      'rootfs:web1',
      'rootfs:web2',
      '--no-index',
      '--frames',
      'two.ndjson',
      '--data',
      empty,
    ];
    expect((await place.unfold(args)).status).toBe(0);
    expect(existsSync(`${empty}/index.sqlite`)).toBe(false);
    const indexed = await place.unfold(['index', 'two.ndjson', '--data', empty]);
    expect(indexed.stdout.match(/: 5 opened, 0 closed, 0 kept$/gm)).toHaveLength(2);
    const again = await place.unfold(['index', 'two.ndjson', '--data', empty, '--json']);
    expect(again.stdout.match(/"outcome":"known"/g)).toHaveLength(2);
  });

  test('to stdout, with what is said about them on stderr', async () => {
    const { stdout, stderr } = await place.unfold(['crawl', 'rootfs:web1', '--no-index', '--frames', '-']);
    expect(stdout).toMatch(/^\{"_frame":/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\{"_end":/);
    expect(stderr).toContain('complete');
  });

  test('of a folder, and cut anywhere in the stream', async () => {
    mkdirSync(place.path('frames'));
    for (const name of ['a', 'b'])
      writeFileSync(place.path('frames', `${name}.ndjson`), frameText(completeFrame(name, 'x\n')));
    const { stdout } = await place.unfold(['index', 'frames', '--data', place.path('folder-data')]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('frame show', () => {
  interface Document {
    _frame: { status: string; system: { name: string } };
    file: Record<string, { content?: { text: string } }>;
    package: object;
    problem: unknown[];
  }

  test('of a system, as of an instant, and of its frame: one document', async () => {
    const frames = await place.unfold([
      'crawl',
      'rootfs:web1',
      '--frames',
      '-',
      '--data',
      place.path('show-data'),
    ]);
    const shown = await place.unfold(['frame', 'show', 'web1', '--data', place.path('show-data')]);
    const fromFile = await place.unfold(['frame', 'show', '-'], { input: frames.stdout });
    const document = JSON.parse(shown.stdout) as Document;
    expect(Object.keys(document).sort()).toEqual(['_frame', 'file', 'os', 'package', 'problem']);
    expect(document._frame).toMatchObject({ status: 'complete', system: { name: 'web1' } });
    expect(document.file['/etc/app.conf']?.content?.text).toBe('db = 10.7.7.7:5432\n');
    expect(JSON.parse(fromFile.stdout)).toEqual(document);
    const past = await place.unfold([
      'frame',
      'show',
      'web1',
      '--at',
      'now-1d',
      '--data',
      place.path('show-data'),
    ]);
    expect(past).toMatchObject({ status: 2, stderr: expect.stringContaining('UNFOLD_SYSTEM_UNKNOWN') });
  });

  test('of a file with several frames: a document each', async () => {
    const input = [completeFrame('a', 'x\n'), completeFrame('b', 'y\n')].map(frameText).join('');
    const { stdout } = await place.unfold(['frame', 'show', '-'], { input });
    const names = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Document)._frame.system.name);
    expect(names).toEqual(['a', 'b']);
  });

  test('of one of two systems with the same name', async () => {
    const data = place.path('twin-data');
    const twins = ['one', 'two'].map((id) => ({
      ...completeFrame('twin', 'x\n'),
      system: { id: `rootfs:h/${id}`, kind: 'host' as const, name: 'twin', labels: {} },
    }));
    await place.unfold(['index', '-', '--data', data], { input: twins.map(frameText).join('') });
    const { status, stderr } = await place.unfold(['frame', 'show', 'twin', '--data', data]);
    expect(status).toBe(2);
    expect(stderr).toContain('rootfs:h/one, rootfs:h/two');
    expect((await place.unfold(['frame', 'show', 'rootfs:h/two', '--data', data])).status).toBe(0);
  });
});

test('a system that cannot be opened any more is recorded as failed, and still answers', async () => {
  const data = place.path('failing-data');
  makeSystem('going', 'db = 10.7.7.9\n');
  const crawl = ['crawl', 'rootfs:going', '--data', data];
  expect((await place.unfold(crawl)).status).toBe(0);
  rmSync(place.path('going'), { recursive: true });
  const again = await place.unfold(crawl);
  expect(again.status).toBe(2);
  expect(again.stdout).toMatch(/^going {2}failed/);
  expect(again.stderr).toMatch(/^error UNFOLD_PATH_MISSING: rootfs:\S+going/);
  const asked = await place.unfold(['lookup', '10.7.7.9', '--data', data]);
  expect(asked.status).toBe(0);
  expect(asked.stdout).toContain('coverage: incomplete, 1 of 1 system answered, 1 failed');
  expect(asked.stdout).toMatch(
    /failed {3}rootfs:\S+ {2}UNFOLD_PATH_MISSING: .* does not exist; last read 20/,
  );
  const listed = await place.unfold(['systems', '--data', data]);
  expect(listed.stdout).toContain('failed, ');
  // What was never crawled is a mistake, and no system.
  const mistyped = await place.unfold(['crawl', 'rootfs:goign', '--data', data]);
  expect(mistyped).toMatchObject({ status: 2, stdout: '' });
  expect(await answer('--data', data)).toMatchObject({ coverage: { inScope: 1 } });
});

test('a crawl writes no temporary file outside its data folder', async () => {
  const temporary = place.path('temporary');
  mkdirSync(temporary);
  utimesSync(temporary, 1e9, 1e9);
  const { status } = await place.unfold(['crawl', 'rootfs:web1'], { env: { TMPDIR: temporary } });
  expect(status).toBe(0);
  expect(statSync(temporary).mtimeMs).toBe(1e12);
});

test('output that cannot be written is an error, and nothing waits that was not to be indexed', async () => {
  const data = place.path('unindexed-data');
  const crawl = ['crawl', 'rootfs:web1', '--no-index', '--data', data, '--frames', '/dev/full'];
  const full = await place.unfold(crawl);
  expect(full).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^error UNFOLD_OUTPUT_UNWRITABLE: /),
  });
  const script = '"$0" "$@" >/dev/full';
  const asked = await place.run('sh', ['-c', script, UNFOLD, 'search', '10.7.7.7']);
  expect(asked).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^error UNFOLD_OUTPUT_UNWRITABLE: /),
  });
  expect(readdirSync(`${data}/spool`)).toEqual([]);
});

test('the index of a data folder that others may enter is closed to them', async () => {
  mkdirSync(place.path('open-data'), { mode: 0o755 });
  await place.unfold(['crawl', 'rootfs:web1', '--data', 'open-data']);
  const names = readdirSync(place.path('open-data')).filter((name) => name !== 'compile-cache');
  expect(names).toContain('index.sqlite');
  for (const name of names)
    expect([name, statSync(place.path('open-data', name)).mode & 0o077]).toEqual([name, 0]);
});

test('an interrupt ends a crawl with 130 and leaves no process and no half-written frame', async () => {
  const data = place.path('interrupted-data');
  const child = spawn(UNFOLD, ['crawl', 'rootfs:/usr', '--data', data, '--json'], {
    cwd: place.folder,
    env: place.environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  while (!existsSync(`${data}/spool`) || readdirSync(`${data}/spool`).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(readdirSync(`${data}/spool`)).toEqual([]);
  expect(readdirSync(`${data}/scratch`)).toEqual([]);
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
      } catch {
        return '';
      }
    });
  expect(commands.filter((command) => command.includes(place.folder))).toEqual([]);
  expect((await place.unfold(['systems', '--data', data])).status).toBe(1);
});

test('a link to a tree is crawled as what it names', async () => {
  symlinkSync(place.path('web1'), place.path('link'));
  const { status } = await place.unfold(['crawl', 'rootfs:link', '--no-index']);
  expect(status).toBe(0);
});
