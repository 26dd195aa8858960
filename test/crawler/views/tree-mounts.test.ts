// A tree is read without leaving its mount and without a trace.
import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Boundary } from '../../../crawler/views/tree/boundary.ts';
import { describeMount, mountIdOf, mountsBelow, parseMountinfo } from '../../../crawler/views/tree/mounts.ts';
import { RecordedReport } from '../../conformance/system-view.ts';
import { AS_NOBODY, crawlInChild, withMounts } from './tree-child.ts';
import { testAsRoot, testWithMounts } from './tree-requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-mounts-'));
afterAll(() => rmSync(folder, { recursive: true }));
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(folder, 'root-'));
});

const MOUNTINFO = String.raw`27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 27 0:28 / /srv rw,noatime master:1 shared:2 - xfs /dev/vdb rw
32 31 0:29 / /srv/web\0401/proc rw - proc proc rw
33 32 0:30 / /srv/web\0401/proc/sys/bin\134x rw - autofs systemd-1 rw
34 31 0:31 / /srv/web rw - cifs //user:secret@files/share rw
35 31 0:32 / /srv/web\0401/data rw - ext4 /dev/old rw
36 31 0:33 / /srv/web\0401/data rw - ext4 /dev/new rw
37 27 0:34 / /srv/web\0401/hidden rw - tmpfs tmpfs rw
`;

describe('mountinfo', () => {
  const mounts = parseMountinfo(MOUNTINFO);

  test('is parsed, escapes and optional fields included', () => {
    expect(mounts).toHaveLength(8);
    expect(mounts[1]).toEqual({
      id: 31,
      parent: 27,
      point: '/srv',
      options: ['rw', 'noatime'],
      fstype: 'xfs',
      source: '/dev/vdb',
    });
    expect(mounts[3]?.point).toBe('/srv/web 1/proc/sys/bin\\x');
  });

  test('tells what is mounted below a directory of a mount, the last one where several are', () => {
    const below = mountsBelow(mounts, 31, '/srv/web 1');
    expect([...below].map(([path, mount]) => [path, describeMount(mount)])).toEqual([
      ['/data', 'ext4 /dev/new'],
      ['/proc', 'proc proc'],
      ['/proc/sys/bin\\x', 'autofs systemd-1'],
    ]);
    expect([...mountsBelow(mounts, 27, '/').keys()]).toContain('/srv/web');
  });

  test('is described without credentials', () => {
    expect(describeMount(mounts[4]!)).toBe('cifs //files/share');
  });
});

describe('other mounts', () => {
  for (const privateMounts of [false, true]) {
    testWithMounts(`are left out and reported (private mounts: ${privateMounts})`, () => {
      for (const name of ['data', 'data2', 'with space']) mkdirSync(join(root, name));
      writeFileSync(join(root, 'data/below'), 'below');
      writeFileSync(join(root, 'file'), 'own');
      const script = `mount -t tmpfs outer '${root}/data'; echo foreign > '${root}/data/foreign'
        mkdir '${root}/data/inner'; mount -t tmpfs inner '${root}/data/inner'
        mount --bind '${root}/data' '${root}/with space'; mount --bind '${root}/data/foreign' '${root}/file'
        echo visible > '${root}/data2/visible'`;
      const crawl = crawlInChild(withMounts(script), {
        root,
        privateMounts,
        patterns: ['/data/foreign', '/data/*', '/file', '/data2/visible'],
      });
      expect(Object.keys(crawl.found).sort()).toEqual(
        ['/', '/data', '/data2', '/data2/visible', '/file', '/with space'].sort(),
      );
      expect(crawl.found['/file']).toBeNull();
      expect(crawl.read).toEqual({ '/data2/visible': 'visible\n' });
      expect(crawl.left.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
        '/data other-mount',
        '/data/inner other-mount',
        '/file other-mount',
        '/with space other-mount',
      ]);
      expect(crawl.left[0]?.detail).toBe('tmpfs outer');
      expect(crawl.problems).toEqual([]);
      expect(crawl.mounts.filter((point) => point.includes('unfold-scratch'))).toEqual([]);
    });
  }

  test('that came after the crawl began are left out too', () => {
    const report = new RecordedReport();
    const fd = openSync(root, 'r');
    const here = new Boundary(mountIdOf(fd), new Map(), [], report);
    expect(here.leavesMount(fd, '/same')).toBe(false);
    const elsewhere = openSync('/proc', 'r');
    expect(here.leavesMount(elsewhere, '/late')).toBe(true);
    expect(report.left).toEqual([{ path: '/late', reason: 'other-mount', detail: 'proc proc' }]);
    [fd, elsewhere].forEach((open) => closeSync(open));
  });

  test('and the data folder are left out wherever they are', () => {
    const dataFolder = join(root, 'var/lib/anything');
    mkdirSync(join(dataFolder, 'inside'), { recursive: true });
    const crawl = crawlInChild([], { root, dataFolder });
    expect(Object.keys(crawl.found)).toEqual(['/', '/var', '/var/lib', '/var/lib/anything']);
    expect(crawl.left).toEqual([{ path: '/var/lib/anything', reason: 'own-data' }]);
  });
});

describe('access times', () => {
  const OLD = new Date('2020-01-01T00:00:00Z');
  const NEW = new Date('2024-01-01T00:00:00Z');

  /** A tree whose every access time the kernel would renew. */
  function grow(): string[] {
    mkdirSync(join(root, 'dir/sub'), { recursive: true });
    writeFileSync(join(root, 'dir/file'), 'text');
    symlinkSync('file', join(root, 'dir/link'));
    const paths = ['dir/sub', 'dir/file', 'dir', '.'].map((path) => join(root, path));
    for (const path of paths) utimesSync(path, OLD, NEW);
    return [...paths, join(root, 'dir/link')];
  }
  const times = (paths: string[]): number[] => paths.map((path) => lstatSync(path).atimeMs);

  testWithMounts('of files, directories and links stay as they are in a private mount', () => {
    const paths = grow();
    const before = times(paths);
    const crawl = crawlInChild(withMounts(''), {
      root,
      privateMounts: true,
      patterns: ['/dir/link', '/dir/*'],
    });
    expect(crawl.found['/dir/file']).toBe('text');
    expect(crawl.read['/dir/link']).toBe('text');
    expect(crawl.notices).toEqual([]);
    expect(times(paths)).toEqual(before);
  });

  testAsRoot('of files stay as they are without one, and the user is told of the others once', () => {
    const paths = grow();
    const file = join(root, 'dir/file');
    const before = times([file]);
    const crawl = crawlInChild([], { root });
    expect(crawl.found['/dir/file']).toBe('text');
    expect(crawl.notices).toHaveLength(1);
    expect(times([file])).toEqual(before);
    expect(times(paths)).not.toEqual(paths.map(() => OLD.getTime()));
  });

  testWithMounts('need no word where the mount keeps none', () => {
    const words = withMounts(`mount --bind '${root}' '${root}'; mount -o remount,bind,noatime '${root}'`);
    expect(crawlInChild(words, { root }).notices).toEqual([]);
  });

  testWithMounts('are spoken of where the private mount is refused', () => {
    const words = [...withMounts(''), 'setpriv', '--bounding-set=-sys_admin', '--'];
    const { notices, found } = crawlInChild(words, { root, privateMounts: true });
    expect(notices.join('\n')).toContain('No private mount');
    expect(notices).toHaveLength(2);
    expect(Object.keys(found)).toEqual(['/']);
  });
});

describe('an ordinary user', () => {
  testAsRoot('gets what may be read, and a problem for everything else', () => {
    mkdirSync(join(root, 'closed'), { mode: 0o700 });
    mkdirSync(join(root, 'listable'), { mode: 0o744 });
    writeFileSync(join(root, 'closed/inner'), 'hidden');
    writeFileSync(join(root, 'listable/inner'), 'hidden');
    writeFileSync(join(root, 'secret'), 'hidden', { mode: 0o600 });
    writeFileSync(join(root, 'open'), 'visible', { mode: 0o644 });
    const nobody = [...withMounts(`chmod 755 '${folder}' '${root}'`), ...AS_NOBODY];
    const crawl = crawlInChild(nobody, {
      root,
      patterns: ['/secret', '/closed/inner', '/open', '/closed/*'],
    });
    expect(crawl.found).toMatchObject({ '/open': 'visible', '/secret': null, '/closed': null });
    expect(crawl.found).not.toHaveProperty('/closed/inner');
    expect(crawl.read).toEqual({ '/secret': 'unreadable', '/open': 'visible' });
    expect(new Set(crawl.problems.map(({ code }) => code))).toEqual(new Set(['UNFOLD_UNREADABLE']));
    const paths = new Set(crawl.problems.map(({ path }) => path));
    expect(paths).toEqual(new Set(['/secret', '/closed', '/closed/inner', '/listable']));
    expect(JSON.stringify(crawl.problems)).not.toContain(root);
    expect(crawl.notices).toHaveLength(1);
  });

  testAsRoot('may be started in a folder that is closed to it', () => {
    writeFileSync(join(root, 'file'), 'visible');
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const words = [
      'sh',
      '-ec',
      `chmod 755 '${folder}' '${root}'; cd '${closed}'; exec "$@"`,
      'sh',
      ...AS_NOBODY,
    ];
    expect(crawlInChild(words, { root }).found['/file']).toBe('visible');
  });
});
