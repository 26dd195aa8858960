// What every view must do, whatever it opens: an implementation passes this suite unchanged.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LeftOut } from '../../schemas/frame.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { Report, SystemView, TreeEntry } from '../../crawler/views/view.ts';

/** What a walk or a read handed over, copied. `bytes` are the content, `skip` why there is none, neither: not wanted. */
export interface Handed {
  readonly entry: TreeEntry;
  readonly bytes?: Buffer;
  readonly skip?: string;
}

/** Everything a view reported. */
export class RecordedReport implements Report {
  readonly problems: Problem[] = [];
  readonly left: LeftOut[] = [];

  problem(problem: Problem): void {
    this.problems.push(problem);
  }

  leftOut(leftOut: LeftOut): void {
    this.left.push(leftOut);
  }
}

/** Walks a view and keeps what it hands over, in order. Content is wanted of every regular file. */
export async function collectWalk(
  view: SystemView,
  maxBytes = 4096,
  signal = new AbortController().signal,
): Promise<Handed[]> {
  const handed: Handed[] = [];
  const wanted = new Set<string>();
  await view.walk(
    {
      want(entry) {
        expect(entry.type).toBe('file');
        expect(wanted.has(entry.path)).toBe(false);
        wanted.add(entry.path);
        return maxBytes;
      },
      found: (entry, content) => handed.push({ entry, ...copied(content) }),
    },
    signal,
  );
  return handed;
}

/** Reads by requests and keeps what is handed over, by the path as asked. */
export async function collectRead(
  view: SystemView,
  patterns: readonly string[],
  maxBytes = 4096,
): Promise<Map<string, Handed>> {
  const handed = new Map<string, Handed>();
  await view.read(
    patterns.map((pattern) => ({ pattern, maxBytes })),
    ({ path, entry, content }) => handed.set(path, { entry, ...copied(content) }),
    new AbortController().signal,
  );
  return handed;
}

function copied(content: { bytes: Buffer } | { skip: string } | null): { bytes?: Buffer; skip?: string } {
  if (content === null) return {};
  return 'bytes' in content ? { bytes: Buffer.from(content.bytes) } : { skip: content.skip };
}

const INSTANT = new Date('2024-05-06T07:08:09.000Z');
const BIG = 8 * 1024 * 1024;

/** Makes the tree that the suite expects below `root`, an empty folder. Works for any user. */
function populate(root: string): void {
  const at = (path: string): string => join(root, path);
  for (const folder of ['etc/empty', 'usr/lib', 'var/lib/info', 'names', 'deep', 'private']) {
    mkdirSync(at(folder), { recursive: true });
  }
  writeFileSync(at('usr/lib/os-release'), 'ID=inside\n');
  symlinkSync('/usr/lib/os-release', at('etc/os-release'));
  symlinkSync('../usr/lib/os-release', at('etc/relative'));
  symlinkSync('../../../../../../usr/lib/os-release', at('etc/climbing'));
  symlinkSync('/etc/passwd', at('etc/host-passwd'));
  symlinkSync('../../../../../../../../etc/passwd', at('etc/host-climbing'));
  symlinkSync('loop-b', at('etc/loop-a'));
  symlinkSync('loop-a', at('etc/loop-b'));
  symlinkSync('/var/lib/info', at('etc/info-link'));
  symlinkSync('/', at('etc/root-link'));
  execFileSync('mkfifo', [at('etc/pipe')]);
  writeFileSync(at('etc/empty-file'), '');
  writeFileSync(at('etc/exact'), 'x'.repeat(4096));
  writeFileSync(at('etc/larger'), 'x'.repeat(4097));
  writeFileSync(at('etc/big'), '');
  truncateSync(at('etc/big'), BIG);
  for (const name of ['a.list', 'b.list', 'c.md5']) writeFileSync(at(`var/lib/info/${name}`), name);
  linkSync(at('var/lib/info/a.list'), at('var/lib/info/same.list'));
  writeFileSync(at('names/with\nnewline and "quotes" \\ and\ttab'), 'newline');
  writeFileSync(at('names/Grüße'), 'utf8');
  writeFileSync(Buffer.concat([Buffer.from(at('names/caf')), Buffer.from([0xe9])]), 'latin1');
  writeFileSync(at('names/-rf *'), 'shell');
  mkdirSync(at(`deep/${'d/'.repeat(40)}`), { recursive: true });
  writeFileSync(at(`deep/${'d/'.repeat(40)}bottom`), 'bottom');
  chmodSync(at('usr/lib/os-release'), 0o4755);
  chmodSync(at('private'), 0o1700);
  utimesSync(at('usr/lib/os-release'), INSTANT, INSTANT);
}

/** The suite. `make` fills an empty folder with `populate` and opens a system that holds exactly that tree. */
export function systemViewConformance(
  name: string,
  make: (populate: (root: string) => void, report: Report) => Promise<SystemView>,
): void {
  describe(`${name} is a system view`, () => {
    const report = new RecordedReport();
    let view: SystemView;
    let walked: Handed[];
    let byPath: Map<string, Handed>;

    beforeAll(async () => {
      view = await make(populate, report);
      walked = await collectWalk(view);
      byPath = new Map(walked.map((handed) => [handed.entry.path, handed]));
    }, 300_000);
    afterAll(async () => view.close());

    const text = (path: string): string | undefined => byPath.get(path)?.bytes?.toString('latin1');

    test('shows files', () => expect(view.capabilities.has('files')).toBe(true));

    test('hands over every path once, parents before children, the root first', () => {
      expect(walked[0]?.entry).toMatchObject({ path: '/', type: 'dir' });
      expect(byPath.size).toBe(walked.length);
      const seen = new Set<string>(['']);
      for (const { entry } of walked) {
        if (entry.path === '/') continue;
        expect(seen).toContain(entry.path.slice(0, entry.path.lastIndexOf('/')));
        seen.add(entry.path);
      }
      expect(seen).toContain(`/deep/${'d/'.repeat(40)}bottom`);
      expect([...seen].filter((path) => path.startsWith('/var'))).toHaveLength(7);
    });

    test('tells type, size, permissions, times and link targets', () => {
      expect(byPath.get('/usr/lib/os-release')?.entry).toMatchObject({
        type: 'file',
        size: 10,
        mode: 0o4755,
        mtimeMs: INSTANT.getTime(),
      });
      expect(byPath.get('/private')?.entry).toMatchObject({ type: 'dir', mode: 0o1700 });
      expect(byPath.get('/etc/pipe')?.entry.type).toBe('fifo');
      expect(byPath.get('/etc/os-release')?.entry).toMatchObject({
        type: 'symlink',
        target: '/usr/lib/os-release',
      });
      expect(byPath.get('/etc/big')?.entry.size).toBe(BIG);
      const inode = byPath.get('/var/lib/info/a.list')?.entry.inode;
      expect(inode).toBeGreaterThan(0);
      expect(byPath.get('/var/lib/info/same.list')?.entry.inode).toBe(inode);
    });

    test('writes names as they are, and bytes that are not UTF-8 as \\xHH with the exact bytes beside', () => {
      expect(text('/names/with\nnewline and "quotes" \\ and\ttab')).toBe('newline');
      expect(text('/names/Grüße')).toBe('utf8');
      expect(byPath.get('/names/Grüße')?.entry.pathBytes).toBeUndefined();
      expect(text('/names/-rf *')).toBe('shell');
      const odd = byPath.get('/names/caf\\xe9');
      expect(odd?.bytes?.toString()).toBe('latin1');
      expect(odd?.entry.pathBytes?.toString('latin1')).toBe('/names/caf\xe9');
    });

    test('hands over content up to the wanted size, of regular files only', () => {
      expect(text('/usr/lib/os-release')).toBe('ID=inside\n');
      expect(byPath.get('/etc/empty-file')?.bytes?.length).toBe(0);
      expect(byPath.get('/etc/exact')?.bytes?.length).toBe(4096);
      expect(byPath.get('/etc/larger')).toMatchObject({ skip: 'too-large' });
      expect(byPath.get('/etc/big')).toMatchObject({ skip: 'too-large' });
      for (const { entry, bytes, skip } of walked) {
        if (entry.type !== 'file') expect([bytes, skip]).toEqual([undefined, undefined]);
      }
    });

    test('follows no link while it walks, and meets no problem in a whole tree', () => {
      expect([...byPath.keys()].filter((path) => path.startsWith('/etc/root-link'))).toEqual([
        '/etc/root-link',
      ]);
      expect([...byPath.keys()].filter((path) => path.startsWith('/etc/info-link'))).toEqual([
        '/etc/info-link',
      ]);
      expect(report.problems.filter(({ path }) => !path?.startsWith('/etc/'))).toEqual([]);
    });

    test('reads known paths, following links inside the tree alone', async () => {
      const inside = ['/usr/lib/os-release', '/etc/os-release', '/etc/relative', '/etc/climbing'];
      const through = ['/etc/info-link/a.list', '/etc/root-link/usr/lib/os-release'];
      const absent = [
        '/etc/host-passwd',
        '/etc/host-climbing',
        '/etc/missing',
        '/missing/file',
        '/etc/exact/x',
      ];
      const read = await collectRead(view, [...inside, ...through, ...absent]);
      expect([...read.keys()].sort()).toEqual([...inside, ...through].sort());
      for (const path of inside) {
        expect(read.get(path)?.bytes?.toString()).toBe('ID=inside\n');
        expect(read.get(path)?.entry).toMatchObject({ path: '/usr/lib/os-release', type: 'file' });
      }
      expect(read.get('/etc/info-link/a.list')?.bytes?.toString()).toBe('a.list');
    });

    test('hands over metadata alone, of any type, where no bytes are wanted', async () => {
      const before = report.problems.length;
      const read = await collectRead(view, ['/etc/info-link', '/etc/pipe', '/var/lib/*', '/etc/big'], 0);
      expect([...read.keys()].sort()).toEqual(['/etc/big', '/etc/info-link', '/etc/pipe', '/var/lib/info']);
      expect(read.get('/etc/info-link')?.entry).toMatchObject({ path: '/var/lib/info', type: 'dir' });
      expect(read.get('/etc/pipe')?.entry.type).toBe('fifo');
      for (const { skip } of read.values()) expect(skip).toBe('not-read');
      expect(report.problems.slice(before)).toEqual([]);
    });

    test('fills in a * within the last component', async () => {
      const read = await collectRead(view, ['/etc/info-link/*.list', '/nowhere/*']);
      expect([...read.keys()].sort()).toEqual(
        ['a', 'b', 'same'].map((stem) => `/etc/info-link/${stem}.list`).sort(),
      );
    });

    test('opens nothing but regular files, and says what it could not read', async () => {
      const before = report.problems.length;
      const read = await collectRead(view, ['/etc/pipe', '/etc/empty', '/etc/loop-a', '/etc/larger']);
      expect(read.get('/etc/pipe')?.skip).toBe('unreadable');
      expect(read.get('/etc/empty')?.skip).toBe('unreadable');
      expect(read.get('/etc/larger')?.skip).toBe('too-large');
      expect(read.has('/etc/loop-a')).toBe(false);
      const problems = report.problems.slice(before);
      expect(problems.map(({ path }) => path).sort()).toEqual(['/etc/empty', '/etc/loop-a', '/etc/pipe']);
      expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['UNFOLD_UNREADABLE']));
    });

    test('ends with the reason of an abort', async () => {
      const reason = new Error('stopped by the test');
      const visitor = { want: () => 0, found: () => undefined };
      await expect(view.walk(visitor, AbortSignal.abort(reason))).rejects.toBe(reason);
      await expect(
        view.read([{ pattern: '/etc/exact', maxBytes: 1 }], () => undefined, AbortSignal.abort(reason)),
      ).rejects.toBe(reason);
    });

    test('walks again with the same outcome', async () => {
      expect((await collectWalk(view)).map(({ entry }) => entry)).toEqual(walked.map(({ entry }) => entry));
    });

    test('may be closed twice', async () => {
      await view.close();
      await expect(view.close()).resolves.toBeUndefined();
    });
  });
}
