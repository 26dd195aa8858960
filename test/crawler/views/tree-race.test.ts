// Trees that change while they are crawled.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTree } from '../../../crawler/views/tree/tree-view.ts';
import type { SystemView } from '../../../crawler/views/view.ts';
import { collectRead, collectWalk, RecordedReport } from '../../conformance/system-view.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-race-'));
let root = '';
let report = new RecordedReport();
let end = (): Promise<void> => Promise.resolve();
beforeEach(() => {
  root = mkdtempSync(join(folder, 'root-'));
  report = new RecordedReport();
});
afterEach(() => end());
afterAll(() => rmSync(folder, { recursive: true }));

const open = (): Promise<SystemView> =>
  openTree(root, {
    scratch: folder,
    dataFolder: join(folder, 'data'),
    report,
    signal: new AbortController().signal,
    privateMounts: false,
    notice: () => undefined,
  });

/** Starts a script that says when it is ready and runs until the test ends it, or for a minute at most. */
async function changing(script: string, argument: string): Promise<void> {
  const child = spawn('timeout', ['--signal=KILL', '60', 'python3', '-c', script, argument]);
  const exit = once(child, 'exit');
  end = async () => {
    child.kill('SIGTERM');
    await exit;
  };
  await once(child.stdout, 'data');
}

test('a file that grows while it is read is torn, and never a mixture', async () => {
  writeFileSync(join(root, 'steady'), 'steady');
  const grow = `import os,sys
f = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.truncate(f, 2**23)
print('ready', flush=True)
while True:
    for i in range(2**16): os.write(f, b'x')
    os.truncate(f, 2**23)`;
  await changing(grow, join(root, 'growing'));
  const view = await open();
  const skips = new Set<string | undefined>();
  for (let round = 0; round < 200 && !skips.has('torn'); round += 1) {
    const walked = await collectWalk(view, 16 * 2 ** 20);
    for (const { entry, bytes, skip } of walked) {
      if (entry.path === '/growing') skips.add(skip);
      if (entry.path === '/growing' && bytes !== undefined) expect(bytes.length).toBe(entry.size);
    }
    expect(walked.find(({ entry }) => entry.path === '/steady')?.bytes?.toString()).toBe('steady');
  }
  await end();
  expect(skips).toContain('torn');
  expect(new Set(report.problems.map(({ code, path }) => `${code} ${path ?? ''}`))).toEqual(
    new Set(['UNFOLD_TORN /growing']),
  );
  await view.close();
});

test('a directory and a file exchanged for links during the crawl lead nowhere', async () => {
  const host = join(folder, 'host');
  mkdirSync(join(host, 'sub'), { recursive: true });
  for (const path of ['file', 'sub/file', 'os-release']) writeFileSync(join(host, path), 'HOST CONTENT');
  mkdirSync(join(root, 'dir/sub'), { recursive: true });
  for (const path of ['dir/file', 'dir/sub/file', 'dir/os-release'])
    writeFileSync(join(root, path), 'inside');
  symlinkSync(host, join(root, 'link'));
  const swap = `import os,sys,ctypes
os.chdir(sys.argv[1])
renameat2 = ctypes.CDLL(None).renameat2
print('ready', flush=True)
while True:
    renameat2(-100, b'dir', -100, b'link', 2)`;
  await changing(swap, root);
  const view = await open();
  let [swapped, read] = [0, 0];
  for (let round = 0; round < 1500; round += 1) {
    for (const { entry, bytes } of await collectWalk(view)) {
      if (bytes !== undefined) expect(bytes.toString()).toBe('inside');
      if (entry.path === '/dir' && entry.type === 'symlink') swapped += 1;
      if (bytes !== undefined) read += 1;
    }
    for (const { bytes } of (
      await collectRead(view, ['/dir/os-release', '/dir/sub/*', '/link/file'])
    ).values()) {
      if (bytes !== undefined) expect(bytes.toString()).toBe('inside');
    }
  }
  await end();
  expect(swapped).toBeGreaterThan(0);
  expect(read).toBeGreaterThan(0);
  expect(report.problems.length).toBeGreaterThan(0);
  expect(JSON.stringify(report)).not.toContain('HOST CONTENT');
  await view.close();
});
