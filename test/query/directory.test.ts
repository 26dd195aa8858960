// A directory of a system, listed from the facts of its files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import { listDirectory } from '../../query/directory.ts';
import { file, frameLines, stream } from '../conformance/search-engine/frames.ts';

const { signal } = new AbortController();

test('has the files, the directories with what is below them, and nothing of its neighbours', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unfold-directory-'));
  const engine = openEmbedded(folder, 'write');
  const entries = ['/etc', '/etc.d/x', '/etc/a/one', '/etc/a/b/two', '/etc/ä/three', '/etc/hosts', '/etc0'];
  const lines = frameLines({ system: 'web1', at: 1, entries: entries.map((path) => file(path)) });
  await engine.apply(stream(lines), signal);
  const list = (path: string, limit = 10) =>
    listDirectory(engine, 'rootfs:host1/srv/web1', { path, at: null, limit, signal });

  const { path, children } = await list('/etc/');
  expect(path).toBe('/etc');
  expect(children.map(({ name, type, below }) => [name, type, below])).toEqual([
    ['a', 'dir', 2],
    ['hosts', 'file', 0],
    ['ä', 'dir', 1],
  ]);
  expect(children[1]).toMatchObject({ size: 0, mode: '0644', owner: 'root' });
  expect((await list('/')).children.map(({ name }) => name)).toEqual(['etc', 'etc.d', 'etc0']);
  const [root] = (await list('/')).children;
  // The sketch calls everything a file; what is below counts all the same.
  expect(root).toMatchObject({ name: 'etc', below: 4 });
  expect(await list('/etc', 1)).toMatchObject({ children: [{ name: 'a' }], more: 2 });
  expect((await list('/none')).children).toEqual([]);
  await engine.close();
  rmSync(folder, { recursive: true });
});
