// disk: targets, and what is refused before any tool looks at an image.
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { disk } from '../../../crawler/sources/disk.ts';
import type { FoundSystem, OpenContext } from '../../../crawler/sources/source.ts';
import { diskChain } from '../../../crawler/views/appliance/chain.ts';
import { CrawlConfiguration } from '../../../schemas/configuration.ts';
import { RecordedReport } from '../../conformance/system-view.ts';
import { qcow2Header, type MadeHeader } from '../formats/qcow2-image.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'unfold-disk-')));
afterAll(() => rmSync(base, { recursive: true }));
let folder = base;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'images-'));
});

const at = (name: string): string => join(folder, name);
const image = (name: string, made: MadeHeader = {}): string => {
  writeFileSync(at(name), qcow2Header(made));
  return at(name);
};
const list = (target: string, more: object = {}): Promise<readonly FoundSystem[]> =>
  disk.list({ target: `disk:${target}`, labels: {}, ...more }, 'host1');

describe('a target', () => {
  test('is one system, named by its path', async () => {
    const path = image('db.qcow2');
    await expect(list(path, { labels: { site: 'a' } })).resolves.toEqual([
      expect.objectContaining({
        ref: { id: `disk:host1${path}`, kind: 'vm', name: 'db', labels: { site: 'a' } },
        scheme: 'disk',
        place: path,
      }),
    ]);
    await expect(list(path, { name: 'shop' })).resolves.toMatchObject([{ ref: { name: 'shop' } }]);
  });

  test('states its format by name or configuration, never by its bytes', async () => {
    image('disk');
    await expect(list(at('disk'))).rejects.toMatchObject({ code: 'UNFOLD_DISK_FORMAT_UNKNOWN' });
    await expect(list(at('disk'), { format: 'qcow2' })).resolves.toHaveLength(1);
  });

  test('must exist', async () => {
    await expect(list(at('missing.raw'))).rejects.toMatchObject({ code: 'UNFOLD_PATH_MISSING' });
    await expect(list(folder)).rejects.toMatchObject({ code: 'UNFOLD_PATH_MISSING' });
  });

  test('may be a folder: all images that no other is based on', async () => {
    image('a.qcow2', { backing: 'golden.qcow2', format: 'qcow2' });
    image('b.qcow2', { backing: at('golden.qcow2'), format: 'qcow2' });
    image('golden.qcow2');
    writeFileSync(at('c.img'), 'x');
    writeFileSync(at('notes.txt'), 'x');
    mkdirSync(at('folder.raw'));
    const found = await list(folder);
    expect(found.map(({ ref }) => ref.name)).toEqual(['a', 'b', 'c']);
  });
});

describe('a backing chain', () => {
  const chain = (path: string, allowed: string[] = []): ReturnType<typeof diskChain> =>
    diskChain(path, 'qcow2', allowed);
  const codeOf = (act: () => unknown): unknown => {
    try {
      act();
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
    return null;
  };

  test('is followed to its end, each file by its stated format', () => {
    writeFileSync(at('base.img'), 'x'.repeat(1000));
    image('middle', { backing: 'base.img' });
    mkdirSync(at('sub'));
    const top = image('sub/top.qcow2', { size: 2_000_001, backing: '../sub/under', format: 'qcow2' });
    symlinkSync('../middle', at('sub/under'));
    // `under` is a link: what it names counts from where the link stands.
    expect(codeOf(() => chain(top))).toBe('UNFOLD_DISK_BACKING_REFUSED');
    expect(codeOf(() => chain(top, [folder]))).toBe('UNFOLD_DISK_UNREADABLE');
    symlinkSync('../base.img', at('sub/base.img'));
    expect(chain(top, [folder])).toEqual({
      layers: [
        { path: top, format: 'qcow2' },
        { path: at('middle'), format: 'qcow2' },
        { path: at('base.img'), format: 'raw' },
      ],
      size: 2_000_384,
    });
  });

  test.each([
    ['a file of the host', '/etc/passwd', 'raw'],
    ['a way out of the folder', '../../../../../../etc/passwd', 'raw'],
    ['a link out of the folder', 'link.raw', 'raw'],
    ['a network disk', 'nbd://127.0.0.1/x', 'raw'],
    ['a page', 'http://127.0.0.1/x.raw', 'raw'],
    ['a description', 'json:{"driver":"file","filename":"/etc/passwd"}', 'raw'],
    ['a file by protocol', 'file:/etc/passwd', 'raw'],
    ['a folder beside', '../images-other/x.raw', 'raw'],
    ['an unknown format', 'fine.raw', 'vmdk'],
    ['no format at all', 'fine', undefined],
  ])('is refused: %s', (_, backing, format) => {
    symlinkSync('/etc/passwd', at('link.raw'));
    mkdirSync(join(base, 'images-other'), { recursive: true });
    writeFileSync(join(base, 'images-other', 'x.raw'), 'x');
    for (const name of ['fine.raw', 'fine']) writeFileSync(at(name), 'x');
    const top = image('top.qcow2', { backing, ...(format !== undefined && { format }) });
    expect(codeOf(() => chain(top))).toBe('UNFOLD_DISK_BACKING_REFUSED');
  });

  test('is refused where it goes round in circles, or is too long', () => {
    image('a.qcow2', { backing: 'b.qcow2' });
    image('b.qcow2', { backing: 'a.qcow2' });
    expect(codeOf(() => chain(at('a.qcow2')))).toBe('UNFOLD_DISK_BACKING_REFUSED');
    for (let depth = 0; depth < 40; depth++) image(`${depth}.qcow2`, { backing: `${depth + 1}.qcow2` });
    image('40.qcow2');
    expect(codeOf(() => chain(at('0.qcow2')))).toBe('UNFOLD_DISK_BACKING_REFUSED');
    expect(chain(at('9.qcow2')).layers).toHaveLength(32);
  });

  test('never reads what a raw image seems to say', () => {
    image('seems.raw', { backing: '/etc/passwd', format: 'raw' });
    expect(diskChain(at('seems.raw'), 'raw', []).layers).toEqual([{ path: at('seems.raw'), format: 'raw' }]);
    expect(chain(image('top.qcow2', { backing: 'seems.raw', format: 'raw' })).layers).toHaveLength(2);
  });

  test.each([
    ['no qcow2', () => writeFileSync(at('x.qcow2'), 'hello'), 'UNFOLD_DISK_UNREADABLE'],
    ['an empty file', () => writeFileSync(at('x.qcow2'), ''), 'UNFOLD_DISK_UNREADABLE'],
    ['encrypted', () => image('x.qcow2', { encryption: 2 }), 'UNFOLD_DISK_UNREADABLE'],
    ['data elsewhere', () => image('x.qcow2', { features: 4n }), 'UNFOLD_DISK_BACKING_REFUSED'],
    ['a folder', () => mkdirSync(at('x.qcow2')), 'UNFOLD_DISK_UNREADABLE'],
    ['without its backing file', () => image('x.qcow2', { backing: 'gone.raw' }), 'UNFOLD_DISK_UNREADABLE'],
    [
      'cut off',
      () => {
        image('x.qcow2', { firstTable: { offset: 65_536, entries: 2 } });
        truncateSync(at('x.qcow2'), 65_540);
      },
      'UNFOLD_DISK_UNREADABLE',
    ],
  ])('begins with an image that can be read, not: %s', (_, make, code) => {
    make();
    expect(codeOf(() => chain(at('x.qcow2')))).toBe(code);
  });

  test('that went away stands for the system it was, its folder for all that were in it', async () => {
    const path = image('a.qcow2');
    const beside = mkdtempSync(`${folder}-`);
    writeFileSync(join(beside, 'b.qcow2'), qcow2Header({}));
    const known = [...(await list(path)), ...(await list(beside))].map(({ ref }) => ref);
    rmSync(folder, { recursive: true });
    const lost = (target: string): unknown =>
      disk.lost({ target: `disk:${target}`, labels: {} }, 'host1', known, null);
    for (const target of [path, folder]) expect(lost(target)).toMatchObject([{ ref: known[0], place: path }]);
    expect(lost(at('other.qcow2'))).toEqual([]);
  });

  test('that went away from a folder is missed there, one that became a base is not', async () => {
    const images = ['gone.qcow2', 'base.qcow2', 'deep/c.qcow2'];
    mkdirSync(at('deep'));
    const known = (await Promise.all(images.map(async (name) => list(image(name))))).flat();
    rmSync(at('gone.qcow2'));
    rmSync(at('deep/c.qcow2'));
    image('overlay.qcow2', { backing: at('base.qcow2'), format: 'qcow2' });
    const refs = known.map(({ ref }) => ref);
    const lost = disk.lost({ target: `disk:${folder}`, labels: {} }, 'host1', refs, await list(folder));
    expect(lost.map(({ place }) => place)).toEqual([at('gone.qcow2')]);
  });

  test('is looked at before a system is opened', async () => {
    const [found] = await list(image('top.qcow2', { backing: '/etc/passwd', format: 'raw' }));
    expect(found).toBeDefined();
    if (found === undefined) return;
    await expect(disk.open(found, context())).rejects.toMatchObject({ code: 'UNFOLD_DISK_BACKING_REFUSED' });
    unlinkSync(at('top.qcow2'));
    await expect(disk.open(found, context())).rejects.toMatchObject({ code: 'UNFOLD_PATH_MISSING' });
  });
});

function context(): OpenContext {
  return {
    crawl: CrawlConfiguration.parse({}),
    scratch: folder,
    dataFolder: folder,
    report: new RecordedReport(),
    signal: new AbortController().signal,
    privateMounts: false,
    notice: () => undefined,
    phase: () => undefined,
  };
}
