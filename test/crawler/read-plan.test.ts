// Known paths are read once, for all who asked.
import { expect, test } from '@jest/globals';
import { ReadPlan } from '../../crawler/read-plan.ts';
import type { ReadFile } from '../../crawler/views/view.ts';

const file = (path: string, text: string): ReadFile => ({
  path,
  entry: {
    path,
    type: 'file',
    size: text.length,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtimeMs: 0,
    ctimeMs: 0,
    inode: 1,
  },
  content: { bytes: Buffer.from(text) },
});

test('merges requests and gives each what it asked for', () => {
  const plan = new ReadPlan<string>();
  plan.add('a', [
    { pattern: '/etc/x', maxBytes: 3 },
    { pattern: '/info/*.list', maxBytes: 100 },
  ]);
  plan.add('b', [
    { pattern: '/etc/x', maxBytes: 10 },
    { pattern: '/info/*', maxBytes: 100 },
  ]);
  plan.add('c', [{ pattern: '/etc/x', maxBytes: 0 }]);
  expect(plan.requests).toEqual([
    { pattern: '/etc/x', maxBytes: 10 },
    { pattern: '/info/*.list', maxBytes: 100 },
    { pattern: '/info/*', maxBytes: 100 },
  ]);
  const given: unknown[] = [];
  const deliver = (path: string, text: string): void =>
    plan.deliver(file(path, text), (by, { path, content }) =>
      given.push([by, path, 'skip' in content ? content.skip : content.bytes.toString()]),
    );
  deliver('/etc/x', 'four');
  deliver('/info/a.list', 'l');
  deliver('/info/a.list', 'l');
  deliver('/info/.list', 'e');
  deliver('/info/b.md5sums', 'm');
  deliver('/info/deeper/a.list', 'd');
  expect(given).toEqual([
    ['a', '/etc/x', 'too-large'],
    ['b', '/etc/x', 'four'],
    ['c', '/etc/x', 'not-read'],
    ['a', '/info/a.list', 'l'],
    ['b', '/info/a.list', 'l'],
    ['a', '/info/.list', 'e'],
    ['b', '/info/.list', 'e'],
    ['b', '/info/b.md5sums', 'm'],
  ]);
});
