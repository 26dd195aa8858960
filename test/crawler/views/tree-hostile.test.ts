// Trees made to harm or to mislead a crawl.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { openTree } from '../../../crawler/views/tree/tree-view.ts';
import type { SystemView } from '../../../crawler/views/view.ts';
import { collectRead, collectWalk, RecordedReport } from '../../conformance/system-view.ts';
import { testAsRoot } from './tree-requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-hostile-'));
afterAll(() => {
  execFileSync('rm', ['-rf', folder]);
});
let root = '';
let report = new RecordedReport();
beforeEach(() => {
  root = mkdtempSync(join(folder, 'root-'));
  report = new RecordedReport();
});

const signal = new AbortController().signal;
const open = (path = root): Promise<SystemView> =>
  openTree(path, {
    scratch: folder,
    dataFolder: join(folder, 'data'),
    report,
    signal,
    privateMounts: false,
    notice: () => undefined,
  });
const openDescriptors = (): number => readdirSync('/proc/self/fd').length;

/** Counts a walk without keeping it, and the most descriptors open at a time. */
async function count(view: SystemView): Promise<{ entries: number; descriptors: number; longest: number }> {
  let [entries, descriptors, longest] = [0, 0, 0];
  const found = ({ path }: { path: string }): void => {
    entries += 1;
    longest = Math.max(longest, path.length);
    if (entries % 50 === 0) descriptors = Math.max(descriptors, openDescriptors());
  };
  await view.walk({ want: () => 16, found }, signal);
  return { entries, descriptors, longest };
}

testAsRoot('device nodes are told and never opened, also where a file is expected', async () => {
  for (const [name, type, major, minor] of [
    ['null', 'c', '1', '3'],
    ['nothing', 'c', '240', '77'],
    ['disk', 'b', '7', '250'],
  ] as const) {
    execFileSync('mknod', [join(root, name), type, major, minor]);
  }
  const view = await open();
  const types = (await collectWalk(view)).map(({ entry }) => `${entry.path} ${entry.type}`);
  expect(types).toEqual(['/ dir', '/disk block', '/nothing char', '/null char']);
  expect(report.problems).toEqual([]);
  const read = await collectRead(view, ['/null', '/nothing', '/disk']);
  expect([...read.values()].map(({ skip }) => skip)).toEqual(['unreadable', 'unreadable', 'unreadable']);
  expect(report.problems.map(({ message }) => message)).toEqual([
    'is a char, not a regular file',
    'is a char, not a regular file',
    'is a block, not a regular file',
  ]);
  await view.close();
});

test('a socket is told and never opened', async () => {
  const server = createServer().listen(join(root, 'socket'));
  await once(server, 'listening');
  const view = await open();
  expect((await collectWalk(view)).at(-1)?.entry).toMatchObject({ path: '/socket', type: 'socket' });
  expect((await collectRead(view, ['/socket'])).get('/socket')?.skip).toBe('unreadable');
  await view.close();
  server.close();
});

test('a file of 5 GiB without content is too large to be read', async () => {
  writeFileSync(join(root, 'sparse'), '');
  truncateSync(join(root, 'sparse'), 5 * 2 ** 30);
  const view = await open();
  expect((await collectWalk(view, 2 ** 20)).at(-1)).toMatchObject({
    entry: { size: 5 * 2 ** 30 },
    skip: 'too-large',
  });
  await view.close();
});

test('100,000 entries of one directory are all found', async () => {
  for (let index = 0; index < 100_000; index += 1) closeSync(openSync(join(root, `file-${index}`), 'w'));
  const view = await open();
  expect((await count(view)).entries).toBe(100_001);
  await view.close();
});

test('5,000 directories within each other need neither long paths nor many descriptors', async () => {
  const deepest = 5000;
  const script = `import os,sys
os.chdir(sys.argv[1])
for i in range(${deepest}):
    for name in ('b', 'a'): os.mkdir(name)
    open('c', 'w').write('text')
    os.chdir('a')`;
  execFileSync('python3', ['-c', script, root]);
  const before = openDescriptors();
  const view = await open();
  const { entries, descriptors, longest } = await count(view);
  expect(entries).toBe(1 + 3 * deepest);
  expect(longest).toBe(2 * deepest);
  expect(descriptors - before).toBeLessThan(80);
  expect(report.problems).toEqual([]);
  await view.close();
  expect(openDescriptors()).toBe(before);
});

test('a path beyond every bound is reported, not entered', async () => {
  const script = `import os,sys
os.chdir(sys.argv[1])
for i in range(270):
    os.mkdir('d' * 250)
    os.chdir('d' * 250)`;
  execFileSync('python3', ['-c', script, root]);
  const view = await open();
  const { entries } = await count(view);
  expect(entries).toBe(263);
  expect(report.problems.map(({ code }) => code)).toEqual(['UNFOLD_TOO_LARGE']);
  await view.close();
});

test('a walk ends soon after an abort', async () => {
  for (let index = 0; index < 10_000; index += 1) closeSync(openSync(join(root, `file-${index}`), 'w'));
  const view = await open();
  const controller = new AbortController();
  let entries = 0;
  const walking = view.walk(
    {
      want: () => 0,
      found() {
        entries += 1;
        if (entries === 3000) controller.abort(new Error('enough'));
      },
    },
    controller.signal,
  );
  await expect(walking).rejects.toThrow('enough');
  expect(entries).toBeLessThan(5000);
  await view.close();
});

test("a visitor's exception ends the walk, and the working directory is the one from before", async () => {
  mkdirSync(join(root, 'dir'));
  const before = process.cwd();
  const view = await open();
  const descriptors = openDescriptors();
  const found = (): void => {
    throw Object.assign(new Error('out of disk'), { code: 'ENOSPC' });
  };
  await expect(view.walk({ want: () => 0, found }, signal)).rejects.toThrow('out of disk');
  expect(process.cwd()).toBe(before);
  expect(openDescriptors()).toBe(descriptors);
  await view.close();
});

test('nobody sees another working directory while a walk has its pauses', async () => {
  for (let index = 0; index < 5000; index += 1) closeSync(openSync(join(root, `file-${index}`), 'w'));
  const before = process.cwd();
  const seen = new Set<string>();
  const timer = setInterval(() => seen.add(process.cwd()), 0);
  const look = (): void => void setImmediate(() => seen.add(process.cwd()));
  const view = await open();
  await view.walk({ want: () => 0, found: look }, signal);
  clearInterval(timer);
  expect([...seen]).toEqual([before]);
  await view.close();
});

test('links that never end, or only go up and down, take bounded work', async () => {
  mkdirSync(join(root, 'a'));
  for (let index = 0; index < 60; index += 1) symlinkSync(`chain-${index + 1}`, join(root, `chain-${index}`));
  writeFileSync(join(root, 'chain-60'), 'end');
  symlinkSync('a/../'.repeat(800), join(root, 'busy'));
  symlinkSync('busy/'.repeat(800), join(root, 'busier'));
  symlinkSync('self/x', join(root, 'self'));
  const view = await open();
  const read = await collectRead(view, [
    '/chain-0',
    '/chain-30',
    '/busier/chain-60',
    '/self',
    '/a/../../a/../chain-60',
  ]);
  expect([...read].map(([path, { bytes }]) => [path, bytes?.toString()])).toEqual([
    ['/chain-30', 'end'],
    ['/a/../../a/../chain-60', 'end'],
  ]);
  expect(report.problems.map(({ path, message }) => `${path ?? ''} ${message}`)).toEqual([
    '/chain-0 cannot be read (ELOOP)',
    '/busier/chain-60 cannot be read (ELOOP)',
    '/self cannot be read (ELOOP)',
  ]);
  await view.close();
});

test('nothing of this machine is read through a link, however it is written', async () => {
  const passwd = readFileSync('/etc/passwd', 'utf8');
  mkdirSync(join(root, 'etc'));
  const links = [
    '/etc/passwd',
    '../../../../../../../../etc/passwd',
    `${root}/../../etc/passwd`,
    '/proc/self/root/etc/passwd',
  ];
  links.forEach((target, index) => symlinkSync(target, join(root, `link-${index}`)));
  symlinkSync('/', join(root, 'top'));
  symlinkSync('/proc/self/cwd', join(root, 'cwd'));
  const view = await open();
  const patterns = [...links.keys()].map((index) => `/link-${index}`);
  const read = await collectRead(view, [
    ...patterns,
    '/top/etc/passwd',
    '/cwd/*',
    '/../../etc/passwd',
    '/top/*',
  ]);
  for (const { bytes } of read.values()) expect(bytes?.toString()).not.toBe(passwd);
  expect([...read.keys()]).toEqual(['/top/etc', '/top/top']);
  for (const { bytes } of await collectWalk(view)) expect(bytes).toBeUndefined();
  await view.close();
});
