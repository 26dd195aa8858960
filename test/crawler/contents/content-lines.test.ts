// Threads or none: the lines of files are the same, none is lost, and a thread that dies takes the frame along.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe as suite, expect, test } from '@jest/globals';
import { ContentLines } from '../../../crawler/contents/content-lines.ts';
import { describe } from '../../../crawler/contents/describe.ts';
import type { FileEntry } from '../../../schemas/entries.ts';
import { requirement } from '../../requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-contents-'));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = (path: string, size: number): FileEntry => ({
  path,
  type: 'file',
  size,
  mode: '0644',
  uid: 0,
  gid: 0,
  mtime: '2026-01-02T03:04:05.678Z',
  ctime: '2026-01-02T03:04:05.678Z',
  inode: 1,
});

/** Names with everything in them that separates things; texts, secrets, binaries, nothing. */
const files = (count: number, bytes: number): { path: string; bytes: Buffer; package?: string }[] =>
  Array.from({ length: count }, (_, n) => {
    const path = `/srv/a "b" \n ü🦆 ${n}`;
    if (n % 5 === 0) return { path, bytes: Buffer.alloc(0) };
    if (n % 5 === 1) return { path, bytes: Buffer.from([0, 255, n % 256]) };
    if (n % 5 === 2) return { path, bytes: Buffer.from(`password = xK9-verySecretValue-${n}\n`) };
    return { path, bytes: Buffer.from(`größer ${n} "\\ud83e"\n`.repeat(bytes / 16)), package: `p q\n${n}` };
  });

async function written(list: ReturnType<typeof files>, maxFileBytes: number): Promise<Map<string, unknown>> {
  const place = join(folder, 'lines');
  const fd = openSync(place, 'w');
  const contents = new ContentLines(fd, maxFileBytes);
  try {
    for (const { path, bytes, package: name } of list) {
      const scratch = Buffer.from(bytes);
      contents.add(entry(path, bytes.length), scratch, name === undefined ? undefined : { name, md5: 'x' });
      scratch.fill(0x21);
    }
    const totals = await contents.finish();
    expect(totals.map(({ failure, problem }) => ({ failure, problem }))).toEqual(
      totals.map(() => ({ failure: null, problem: null })),
    );
    expect(totals.reduce((sum, { entries }) => sum + entries, 0)).toBe(list.length);
    expect(totals.reduce((sum, { skipped }) => sum + (skipped['binary'] ?? 0), 0)).toBe(
      list.filter((_, n) => n % 5 === 1).length,
    );
  } finally {
    await contents.close();
    closeSync(fd);
  }
  const lines = readFileSync(place, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(list.length);
  return new Map(
    lines.map((line) => {
      const { feature, key, entry } = JSON.parse(line) as Record<string, unknown>;
      expect(feature).toBe('file');
      return [String(key), entry];
    }),
  );
}

suite('lines of contents', () => {
  test('threads start wherever the walk is: the working directory may have no name', async () => {
    const list = files(300, 60_000);
    const before = process.cwd();
    const gone = mkdtempSync(join(folder, 'gone-'));
    process.chdir(gone);
    rmSync(gone, { recursive: true });
    try {
      expect(() => process.cwd()).toThrow('ENOENT');
      expect((await written(list, 65_536)).size).toBe(300);
    } finally {
      process.chdir(before);
    }
  });

  test.each([
    ['few files', 20, 64, 4096],
    ['more than one batch', 6000, 3000, 65_536],
    ['a file that is larger than a batch', 12, 3 * 1024 * 1024, 4 * 1024 * 1024],
  ])('%s: each once, as describing it tells', async (_, count, bytes, maxFileBytes) => {
    const list = files(count, bytes);
    const found = await written(list, maxFileBytes);
    for (const { path, bytes, package: name } of list) {
      const { added } = describe(path, bytes, name === undefined ? undefined : { name, md5: 'x' });
      expect(found.get(path)).toEqual({ ...entry(path, bytes.length), ...added });
    }
  });

  const onFull = requirement('/dev/full', process.platform === 'linux', 'it is a disk that is always full');
  onFull('a full disk is told by the totals', async () => {
    const fd = openSync('/dev/full', 'w');
    const contents = new ContentLines(fd, 65_536);
    for (const { path, bytes } of files(3000, 3000)) contents.add(entry(path, bytes.length), bytes);
    const totals = await contents.finish();
    expect(totals.map(({ failure }) => failure?.code)).toContain('UNFOLD_DISK_FULL');
    await contents.close();
    closeSync(fd);
  });

  test('a thread that ends early is an error, never a short frame', async () => {
    const fd = openSync(join(folder, 'lost'), 'w');
    const contents = new ContentLines(fd, 65_536);
    for (const { path, bytes } of files(3000, 3000)) contents.add(entry(path, bytes.length), bytes);
    await contents.close();
    await expect(contents.finish()).rejects.toMatchObject({ code: 'UNFOLD_CRAWL_CRASHED' });
    closeSync(fd);
  });
});
