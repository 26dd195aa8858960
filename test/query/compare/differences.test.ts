// What counts as a difference, and what does not, by example.
import { describe, expect, test } from '@jest/globals';
import type { CompareOptions } from '../../../query/compare/compare.ts';
import type { Change } from '../../../schemas/comparison.ts';
import type { ConnectionEntry, Feature, ProcessEntry } from '../../../schemas/entries.ts';
import type { EntryLine } from '../../../schemas/frame.ts';
import { file, installed, instant, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { withFleet } from '../setting.ts';
import { comparison } from './comparing.ts';

const ALL: Feature[] = ['os', 'file', 'package', 'process', 'connection', 'interface'];

/** The changes from one frame of a system to the next. */
async function between(
  before: readonly EntryLine[],
  after: readonly EntryLine[],
  options: Partial<CompareOptions> = {},
): Promise<Change[]> {
  const frame = (at: number, entries: readonly EntryLine[]): FrameSketch => ({
    system: 's',
    at,
    entries,
    features: ALL,
  });
  return withFleet([frame(1, before), frame(2, after)], async (engine) => {
    const { changes } = await comparison(engine, options);
    return changes;
  });
}

function process(pid: number, more: Partial<ProcessEntry> = {}): EntryLine {
  const entry: ProcessEntry = {
    pid,
    name: 'nginx',
    args: ['nginx', '-g'],
    command_line: 'nginx -g',
    user: { id: '0', name: 'root' },
    ...more,
  };
  return { feature: 'process', key: `${pid}@0`, entry };
}

function socket(state: ConnectionEntry['state'], local: string, remote?: string, name = 'app'): EntryLine {
  const end = (text: string) => {
    const [ip = '', port] = text.split(':');
    return { ip, port: Number(port) };
  };
  const entry: ConnectionEntry = {
    transport: 'tcp',
    state,
    local: end(local),
    ...(remote === undefined ? {} : { remote: end(remote) }),
    process: { pid: 1, name },
  };
  return { feature: 'connection', key: `tcp ${local} ${remote ?? ''}`, entry };
}

describe('files', () => {
  test('what every crawl sees anew is no difference; that a file was touched is one if asked', async () => {
    const moved = { inode: 7, ctime: '2026-01-02T00:00:00.000Z' };
    const touched = { ...moved, mtime: '2026-01-02T00:00:00.000Z' };
    const [before, after] = [[file('/a', 'x')], [file('/a', 'x', touched)]];
    expect(await between(before, [file('/a', 'x', moved)])).toEqual([]);
    expect(await between(before, after)).toEqual([]);
    expect(await between(before, after, { minor: true })).toEqual([
      expect.objectContaining({ change: 'changed', fields: ['mtime'], at: instant(2) }),
    ]);
    const folder = (size: number) => [file('/d', undefined, { type: 'dir', size })];
    expect(await between(folder(4096), folder(8192))).toEqual([]);
    expect(await between(folder(4096), folder(8192), { minor: true })).toHaveLength(1);
  });

  test('metadata is named, content with the lines that differ', async () => {
    const after = [file('/a', 'one\nzwei\n', { mode: '0600', owner: 'www' })];
    const [change] = await between([file('/a', 'one\ntwo\n')], after);
    expect(change?.fields.sort()).toEqual(['content', 'mode', 'owner']);
    expect(change?.text).toEqual({
      kind: 'lines',
      unified: '@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n',
      added: 1,
      removed: 1,
    });
    const [untold] = await between([file('/a', 'one')], [file('/a', 'two')], { texts: false });
    expect(untold).toMatchObject({ fields: ['content'] });
    expect(untold).not.toHaveProperty('text');
  });

  test('of content without text only that it differs, and why no more is known', async () => {
    const sha256 = (digit: string) => ({ sha256: digit.repeat(64) });
    const binary = (digit: string) => [file('/a', undefined, { skipped: 'binary', hash: sha256(digit) })];
    expect(await between(binary('a'), binary('a'))).toEqual([]);
    const [change] = await between(binary('a'), binary('b'));
    expect(change).toMatchObject({ fields: ['content'], text: { kind: 'omitted', reason: 'binary' } });
    const unread = [file('/a', undefined, { skipped: 'unreadable', size: 9 })];
    const [lost] = await between([file('/a', 'x')], unread);
    expect(lost).toMatchObject({ text: { kind: 'omitted', reason: 'not-read' } });
  });

  test('the same text in other bytes', async () => {
    const packed = (sha256: string) => [
      file('/a.gz', 'x\n', {
        hash: { sha256: sha256.repeat(64) },
        content: { text: 'x\n', encoding: 'utf-8', compression: 'gzip', sha256: 'c'.repeat(64) },
      }),
    ];
    const [change] = await between(packed('a'), packed('b'));
    expect(change).toMatchObject({ fields: ['content'], text: { kind: 'same' } });
  });

  test('texts that are too long, or have too little in common, are not listed', async () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join('');
    const [different] = await between([file('/a', lines(0, 2000))], [file('/a', lines(5000, 7000))]);
    expect(different?.text).toEqual({ kind: 'omitted', reason: 'too-different' });
    const [long] = await between([file('/a', 'x'.repeat(2 ** 20 + 1))], [file('/a', 'y')]);
    expect(long?.text).toEqual({ kind: 'omitted', reason: 'too-large' });
    const [appended] = await between([file('/a', lines(0, 20_000))], [file('/a', lines(0, 20_100))]);
    expect(appended?.text).toMatchObject({ added: 100, removed: 0 });
  });

  test('a path that became something else', async () => {
    const link = file('/a', undefined, { type: 'symlink', target_path: '/b' });
    const [change] = await between([file('/a', 'x')], [link]);
    expect(change?.fields.sort()).toEqual(['target_path', 'type']);
  });

  test('only those whose path matches', async () => {
    const after = [file('/etc/a', 'x'), file('/srv/a', 'x')];
    const found = await between([os('debian')], [os('alpine'), ...after], {
      path: '/ETC/*',
      features: ['file'],
    });
    expect(found.map(({ key }) => key)).toEqual(['/etc/a']);
  });
});

describe('packages', () => {
  test.each([
    [installed('x', '1.9'), installed('x', '1.10'), 'upgraded'],
    [installed('x', '1:1'), installed('x', '2'), 'downgraded'],
    [installed('x', '1.0'), installed('x', '1.0~rc1'), 'downgraded'],
    [installed('x', '1'), installed('x', '1', { status: 'config-files' }), 'removed'],
    [installed('x', '1', { status: 'config-files' }), installed('x', '2'), 'installed'],
    [installed('x', '1'), installed('x', '1', { description: 'new' }), undefined],
  ])('%j → %j', async (before, after, action) => {
    const [change] = await between([before], [after]);
    expect(change).toMatchObject({ change: 'changed' });
    expect(change?.action).toBe(action);
  });

  test('come and gone', async () => {
    const found = await between(
      [installed('a')],
      [installed('b'), installed('c', '1', { status: 'config-files' })],
    );
    expect(found.map(({ key, change, action }) => [key, change, action])).toEqual([
      ['deb:a:amd64', 'removed', 'removed'],
      ['deb:b:amd64', 'added', 'installed'],
      ['deb:c:amd64', 'added', undefined],
    ]);
  });
});

describe('what lives', () => {
  test('a restarted process is the same one', async () => {
    expect(await between([process(1), process(2)], [process(8), process(9)])).toEqual([]);
  });

  test('processes that are alike are counted', async () => {
    const [change, ...more] = await between([process(1)], [process(1), process(2), process(3)]);
    expect(change).toMatchObject({ change: 'added', times: 2, from: null });
    expect(more).toEqual([]);
  });

  test('another user or program, and other arguments', async () => {
    const user = { id: '33', name: 'www' };
    const [change] = await between([process(1), process(2)], [process(1), process(9, { user })]);
    expect(change).toMatchObject({ change: 'changed', fields: ['user'] });
    const found = await between([process(1)], [process(1, { args: ['nginx', '-x'] })]);
    expect(found.map((one) => one.change).sort()).toEqual(['added', 'removed']);
  });

  test('connections by their lasting ends, listeners by their place', async () => {
    const before = [
      socket('established', '10.0.0.1:40001', '10.0.0.2:5432'),
      socket('listening', '0.0.0.0:80'),
    ];
    const again = [
      socket('established', '10.0.0.1:51234', '10.0.0.2:5432'),
      socket('listening', '0.0.0.0:80'),
    ];
    expect(await between(before, again)).toEqual([]);
    const served = [socket('established', '10.0.0.1:22', '10.0.0.9:50000')];
    expect(await between(served, [socket('established', '10.0.0.1:22', '10.0.0.9:60000')])).toEqual([]);
    const other = [before[0]!, socket('listening', '0.0.0.0:80', undefined, 'httpd')];
    expect(await between(before, other)).toEqual([
      expect.objectContaining({ change: 'changed', fields: ['process'] }),
    ]);
    const closing = [...before, socket('closing', '10.0.0.1:40001', '10.0.0.3:80')];
    expect(await between(before, closing)).toEqual([]);
    expect(await between(before, closing, { minor: true })).toHaveLength(1);
    const [opened] = await between(before, [...before, socket('listening', '0.0.0.0:8080')]);
    expect(opened).toMatchObject({ change: 'added', to: { local: { port: 8080 } } });
  });

  test('an interface with another address', async () => {
    const eth0 = (...ip: string[]): EntryLine => ({
      feature: 'interface',
      key: 'eth0',
      entry: { name: 'eth0', ip },
    });
    expect(await between([eth0('10.0.0.1/24', 'fe80::1/64')], [eth0('fe80::1/64', '10.0.0.1/24')])).toEqual(
      [],
    );
    const [change] = await between([eth0('10.0.0.1/24')], [eth0('10.0.0.2/24')]);
    expect(change).toMatchObject({ change: 'changed', fields: ['ip'] });
  });
});
