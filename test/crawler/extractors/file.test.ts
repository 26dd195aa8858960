// What an entry says of a path.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { file } from '../../../crawler/extractors/file.ts';
import type { FileEntry } from '../../../schemas/entries.ts';
import type { PackagedPath } from '../../../crawler/extractors/extractor.ts';
import type { Content } from '../../../crawler/views/view.ts';
import { drive, readFile, treeEntry, type Driven } from './driving.ts';

const of = (
  path: string,
  content: string | Buffer | Content,
  packaged?: Map<string, PackagedPath>,
): Driven => {
  const bytes = typeof content === 'string' || Buffer.isBuffer(content) ? Buffer.from(content) : null;
  return drive(
    file,
    [],
    [[treeEntry(path, bytes?.length ?? 0), bytes ? { bytes } : (content as Content)]],
    packaged,
  );
};
const entryOf = (driven: Driven): FileEntry => [...driven.entries.values()][0] as FileEntry;

describe('a file entry', () => {
  test('writes what stat tells', () => {
    const told = treeEntry('/srv/\\xff', 7, {
      pathBytes: Buffer.from('/srv/\xff', 'latin1'),
      type: 'symlink',
      mode: 0o4755,
      uid: 33,
      gid: 4,
      mtimeMs: 1_700_000_000_123.456,
      ctimeMs: -1000,
      inode: 99,
      target: '../x',
    });
    const accounts = [
      readFile('/etc/passwd', 'www:x:33:33\nother:x:33:1\nbroken\n:x:4:4\nneg:x:-1:0\n'),
      readFile('/etc/group', 'adm:x:4:\n'),
    ];
    expect(entryOf(drive(file, accounts, [[told, null]]))).toEqual({
      path: '/srv/\\xff',
      path_bytes: Buffer.from('/srv/\xff', 'latin1').toString('base64'),
      type: 'symlink',
      size: 7,
      mode: '4755',
      uid: 33,
      gid: 4,
      owner: 'www',
      group: 'adm',
      mtime: '2023-11-14T22:13:20.123Z',
      ctime: '1969-12-31T23:59:59.000Z',
      inode: 99,
      target_path: '../x',
    });
  });

  test('keeps times that no calendar has within four digits of year', () => {
    const odd = treeEntry('/x', 0, { mtimeMs: 8.64e18, ctimeMs: -8.64e18 });
    expect(entryOf(drive(file, [], [[odd, null]]))).toMatchObject({
      mtime: '9999-12-31T23:59:59.999Z',
      ctime: '0000-01-01T00:00:00.000Z',
    });
  });

  test('tells a packaged file that was changed, replaced or could not be read', () => {
    const packaged = new Map([
      ['/a', { name: 'p', md5: createHash('md5').update('as packaged').digest('hex') }],
    ]);
    expect(entryOf(of('/a', 'as packaged', packaged)).package).toEqual({ name: 'p', modified: false });
    expect(entryOf(of('/a', 'changed', packaged)).package).toEqual({ name: 'p', modified: true });
    expect(entryOf(of('/a', { skip: 'too-large' }, packaged)).package).toEqual({ name: 'p' });
    const link = treeEntry('/a', 1, { type: 'symlink', target: 'b' });
    expect(entryOf(drive(file, [], [[link, null]], packaged)).package).toEqual({
      name: 'p',
      modified: true,
    });
  });

  test('says why there is no text', () => {
    for (const skip of ['too-large', 'unreadable', 'torn'] as const) {
      const driven = of('/a', { skip });
      expect(entryOf(driven)).toMatchObject({ skipped: skip });
      expect(driven.skipped).toEqual([skip]);
    }
    expect(of('/a', null).skipped).toEqual(['not-read']);
    expect(drive(file, [], [[treeEntry('/d', 0, { type: 'dir' }), null]]).skipped).toEqual([]);
  });
});

describe('secrets', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const body = pem.split('\n')[1] ?? '';

  test.each([
    ['as it is', Buffer.from(pem)],
    ['in gzip', gzipSync(pem)],
    ['in UTF-16', Buffer.from(`\ufeff${pem}`, 'utf16le')],
  ])('a private key %s leaves neither text nor hash', (_, bytes) => {
    const driven = of('/srv/key', bytes);
    const entry = entryOf(driven);
    expect(JSON.stringify(entry)).not.toContain(body);
    expect(entry.hash).toBeUndefined();
    expect(Object.values(driven.masked)).toEqual([1]);
  });

  test('a credential file is counted, and nothing of it is kept', () => {
    const shadow = 'root:$y$j9T$abc$def:19000:0:99999:7:::\n';
    for (const [path, bytes] of [
      ['/etc/shadow', Buffer.from(shadow)],
      ['/var/backups/shadow.bak.gz', gzipSync(shadow)],
    ] as const) {
      const driven = of(path, bytes);
      expect(entryOf(driven)).toMatchObject({ skipped: 'credential' });
      expect(entryOf(driven).hash ?? entryOf(driven).content).toBeUndefined();
      expect(driven.skipped).toEqual(['credential']);
      expect(Object.keys(driven.masked)).toHaveLength(1);
    }
  });
});
