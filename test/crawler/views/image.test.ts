// Images in layouts and archives, merged from their layers: what is in them.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { collectWalk, RecordedReport, systemViewConformance } from '../../conformance/system-view.ts';
import {
  dockerFiles,
  layoutFiles,
  member,
  pax,
  tarOf,
  writeArchive,
  writeFolder,
  type MadeImage,
  type PACKERS,
} from './image-archives.ts';
import { fresh, layer, opened, shown } from './image-opening.ts';

/** An image with a tree of the suite in the middle of three layers. */
function populated(populate: (root: string) => void, packing: keyof typeof PACKERS): MadeImage {
  const tree = fresh();
  populate(tree);
  const middle = execFileSync('tar', ['-C', tree, '-cf', '-', '.'], { maxBuffer: 64 * 1024 * 1024 });
  const lower = tarOf([
    { name: 'secret/', type: '5' },
    { name: 'secret/file', data: 'hidden' },
    { name: 'gone', data: 'hidden' },
    { name: 'etc/exact', data: 'another' },
    { name: 'etc/empty/old', data: 'hidden' },
  ]);
  const upper = tarOf([{ name: '.wh.secret' }, { name: './.wh.gone' }, { name: 'etc/empty/.wh..wh..opq' }]);
  return { layers: [lower, middle, upper].map((tar) => layer(tar, packing)) };
}

const FORMS = {
  'a layout with gzip': (image: MadeImage) => writeFolder(fresh(), layoutFiles([image])),
  'an archive of a layout with zstd': (image: MadeImage) =>
    writeArchive(join(fresh(), 'i.tar'), layoutFiles([image])),
  'an archive of docker': (image: MadeImage) => writeArchive(join(fresh(), 'i.tar'), dockerFiles([image])),
  'a packed archive of docker with gzip': (image: MadeImage) =>
    writeArchive(join(fresh(), 'i.tar.gz'), dockerFiles([image]), 'gzip'),
} as const;
for (const [name, write] of Object.entries(FORMS)) {
  const packing = name.endsWith('gzip') ? 'gzip' : name.endsWith('zstd') ? 'zstd' : 'none';
  systemViewConformance(name, async (populate, report) =>
    opened(write(populated(populate, packing)), report),
  );
}

describe('layers', () => {
  test('hide, replace and add, in whatever order they say it', async () => {
    const { paths, report, read } = await shown([
      tarOf([
        { name: 'usr/lib/', type: '5' },
        { name: 'lib', type: '2', link: 'usr/lib' },
        { name: 'usr/lib/a', data: 'a' },
        { name: 'etc/conf.d/old', data: 'old' },
        { name: 'etc/conf.d/stays', data: 'stays' },
        { name: 'etc/dir/file', data: 'x' },
        { name: 'etc/file', data: 'x' },
        { name: 'opt/first', data: 'linked' },
        { name: 'opt/second', type: '1', link: 'opt/first' },
      ]),
      tarOf([
        { name: 'etc/conf.d/old', data: 'new' },
        { name: 'etc/conf.d/.wh.old' },
        { name: 'lib/b', data: 'through a link' },
        { name: 'etc/dir', data: 'file now' },
        { name: 'etc/file/', type: '5' },
        { name: 'etc/file/in', data: 'dir now' },
        { name: 'opt/.wh.first' },
        { name: 'opt/third', type: '1', link: '/opt/second' },
        { name: 'twice', data: 'first' },
        { name: 'twice', data: 'second' },
        { name: '.wh..wh.plnk', data: 'of a driver' },
      ]),
    ]);
    expect(report.problems).toEqual([]);
    expect(paths).toEqual({
      '/': 'dir',
      '/etc': 'dir',
      '/etc/conf.d': 'dir',
      '/etc/conf.d/old': 'new',
      '/etc/conf.d/stays': 'stays',
      '/etc/dir': 'file now',
      '/etc/file': 'dir',
      '/etc/file/in': 'dir now',
      '/lib': '-> usr/lib',
      '/opt': 'dir',
      '/opt/second': 'linked',
      '/opt/third': 'linked',
      '/twice': 'second',
      '/usr': 'dir',
      '/usr/lib': 'dir',
      '/usr/lib/a': 'a',
      '/usr/lib/b': 'through a link',
    });
    expect(await read('/lib/b')).toBe('through a link');
  });

  test('have long names by GNU and POSIX, and sizes that only an extended header tells', async () => {
    const long = `${'d'.repeat(90)}/${'n'.repeat(120)}`;
    const { paths, report } = await shown([
      Buffer.concat([
        member({ name: '././@LongLink', type: 'L', data: `gnu/${long}\0` }),
        member({ name: 'cut', data: 'gnu' }),
        member({
          name: 'pax',
          type: 'x',
          data: pax({ path: `pax/${long}`, mtime: '1700000000.25', size: '3' }),
        }),
        member({ name: 'cut', data: 'pax', size: 0 }),
        member({ name: 'global', type: 'g', data: pax({ path: 'nobody' }) }),
        member({ name: '././@LongLink', type: 'K', data: `pax/${long}\0` }),
        member({ name: 'link', type: '1', link: 'cut', size: 7 }),
        member({
          name: 'sparse',
          type: 'x',
          data: pax({ 'GNU.sparse.realsize': '90000', 'GNU.sparse.name': 'holes' }),
        }),
        member({ name: 'sparse', data: 'x'.repeat(600) }),
        member({ name: 'dev', type: '3' }),
        Buffer.alloc(1024),
      ]),
    ]);
    expect(paths).toMatchObject({
      [`/gnu/${long}`]: 'gnu',
      [`/pax/${long}`]: 'pax',
      '/link': 'pax',
      '/holes': 'too-large',
      '/dev': 'char',
    });
    expect(report.problems).toEqual([]);
  });

  test('of many frames of zstd, some of them to be skipped, are read whole', async () => {
    const tar = tarOf([
      { name: 'a', data: 'a'.repeat(5000) },
      { name: 'b', data: 'end' },
    ]);
    const skipped = Buffer.from('502a4d1803000000414243', 'hex');
    const frames: Buffer[] = [skipped];
    for (let at = 0; at < tar.length; at += 700)
      frames.push(zstdCompressSync(tar.subarray(at, at + 700)), skipped);
    const report = new RecordedReport();
    const image = { layers: [{ tar, packed: Buffer.concat(frames) }] };
    const view = await opened(writeFolder(fresh(), layoutFiles([image])), report);
    const walked = await collectWalk(view, 10_000);
    await view.close();
    expect(report.problems).toEqual([]);
    expect(walked.map(({ entry, bytes }) => [entry.path, bytes?.length])).toEqual([
      ['/', undefined],
      ['/a', 5000],
      ['/b', 3],
    ]);
  });
});
