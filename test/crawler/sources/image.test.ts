// Images as systems: listed from layouts and archives, crawled and indexed; platforms, names, and what is broken.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { image } from '../../../crawler/sources/image.ts';
import type { FoundSystem } from '../../../crawler/sources/source.ts';
import { hostPlatform } from '../../../crawler/views/image/platform.ts';
import {
  dockerFiles,
  layoutFiles,
  sha256,
  tarOf,
  writeArchive,
  writeFolder,
  type MadeImage,
} from '../views/image-archives.ts';
import { layer } from '../views/image-opening.ts';
import { crawlTargets } from '../frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-images-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fresh = (): string => mkdtempSync(join(folder, 'i-'));

const BASE = tarOf([
  { name: 'usr/lib/os-release', data: 'ID=tiny\n' },
  { name: 'etc/passwd', data: 'root:x:0:0::/:/bin/sh\n' },
  { name: 'etc/upstream.conf', data: 'upstream = 10.99.7.9\n' },
  { name: 'etc/obsolete', data: 'never' },
]);
const APP = tarOf([{ name: 'etc/.wh.obsolete' }, { name: 'srv/app.conf', data: 'db = 10.99.0.5:5432\n' }]);
const made = (name: string, packing: 'none' | 'gzip' | 'zstd', more: Partial<MadeImage> = {}): MadeImage => ({
  name,
  layers: [BASE, APP].map((tar) => layer(tar, packing)),
  config: { Labels: { tier: 'app' } },
  ...more,
});
const list = (place: string, more: object = {}): Promise<readonly FoundSystem[]> =>
  image.list({ target: `image:${place}`, labels: {}, ...more }, 'testhost');

describe('images', () => {
  test('are the same system wherever and however they are kept, with what they say of themselves', async () => {
    const places = [
      writeFolder(fresh(), layoutFiles([made('localhost/app:1', 'gzip')])),
      writeArchive(join(fresh(), 'app.tar'), layoutFiles([made('localhost/app:1', 'zstd')])),
      writeArchive(join(fresh(), 'app.tar'), dockerFiles([made('localhost/app:1', 'none')])),
      writeArchive(join(fresh(), 'app.tar.zst'), dockerFiles([made('localhost/app:1', 'gzip')]), 'zstd'),
    ];
    const listed = await Promise.all(places.map((place) => list(place)));
    const [first] = listed[0] ?? [];
    for (const [index, found] of listed.entries()) {
      expect(found.map(({ ref }) => ref)).toMatchObject([
        {
          id: first?.ref.id,
          kind: 'image',
          name: 'localhost/app:1',
          labels: { tier: 'app' },
          image: {
            names: ['localhost/app:1'],
            platform: 'linux/amd64',
            created: '2026-01-02T03:04:05.678Z',
            layers: [sha256(BASE), sha256(APP)],
            place: places[index],
          },
        },
      ]);
    }
    expect(first?.ref.id).toMatch(/^image:sha256:[0-9a-f]{64}$/);
  });

  test('are crawled like any system, and once more without reading again what is the same', async () => {
    const place = writeFolder(fresh(), layoutFiles([made('app', 'zstd')]));
    const { frames } = await crawlTargets(fresh(), [`image:${place}`]);
    const [frame] = frames;
    expect(frame?.problems).toEqual([]);
    expect(frame?.end.status).toBe('complete');
    expect(frame?.entries.os?.get('os')).toMatchObject({ platform: 'tiny' });
    expect([...(frame?.entries.file?.keys() ?? [])].sort()).toEqual([
      '/',
      '/etc',
      '/etc/passwd',
      '/etc/upstream.conf',
      '/srv',
      '/srv/app.conf',
      '/usr',
      '/usr/lib',
      '/usr/lib/os-release',
    ]);
    expect(frame?.entries.file?.get('/srv/app.conf')).toMatchObject({
      owner: 'root',
      content: { text: 'db = 10.99.0.5:5432\n' },
    });
  });

  test('of several platforms are read for this machine, unless another is asked for', async () => {
    const other = hostPlatform() === 'linux/amd64' ? 'arm64' : 'amd64';
    const architectures = [other, hostPlatform().slice('linux/'.length), 's390x'];
    const builds = architectures.map((architecture) => made('1.2', 'gzip', { architecture }));
    const place = writeFolder(join(fresh(), 'app'), layoutFiles(builds));
    const platforms = async (more: object = {}): Promise<(string | undefined)[]> =>
      (await list(place, more)).map(({ ref }) => `${ref.name} ${ref.image?.platform ?? ''}`);
    expect(await platforms()).toEqual([`app:1.2 ${hostPlatform()}`]);
    expect(await platforms({ platform: 'linux/s390x' })).toEqual(['app:1.2 linux/s390x']);
    await expect(platforms({ platform: 'linux/riscv64' })).rejects.toMatchObject({
      code: 'UNFOLD_IMAGE_UNREADABLE',
      message: expect.stringContaining(`linux/${other}, ${hostPlatform()}, linux/s390x`),
    });
    const notices: string[] = [];
    const notice = (message: string): unknown => notices.push(message);
    await crawlTargets(fresh(), [`image:${place}`], {}, { notice });
    expect(notices).toEqual([expect.stringContaining(`the image for ${hostPlatform()} is read`)]);
  });

  test('that are broken fail by themselves, and the others of the layout are read', async () => {
    const files = layoutFiles([
      made('good', 'gzip'),
      made('bad', 'gzip', { config: { Labels: { is: 'bad' } } }),
    ]);
    const configuration = [...files].find(([, bytes]) => bytes.includes('"is":"bad"'));
    files.set(configuration?.[0] ?? '', Buffer.from('{}'));
    const place = writeFolder(join(fresh(), 'two'), files);
    const { crawled, frames } = await crawlTargets(fresh(), [`image:${place}`]);
    expect(crawled.map(({ system, end }) => `${system.name} ${end.status}`).sort()).toEqual([
      'two:bad failed',
      'two:good complete',
    ]);
    expect(frames.find(({ end }) => end.status === 'failed')?.problems).toMatchObject([
      { code: 'UNFOLD_IMAGE_UNREADABLE', message: expect.stringContaining('has another content') },
    ]);
  });

  test('of an archive that is gone or is none are missed by name', async () => {
    const place = writeArchive(join(fresh(), 'app.tar'), dockerFiles([made('app:1', 'none')]));
    const known = (await list(place)).map(({ ref }) => ref);
    rmSync(place);
    await expect(list(place)).rejects.toMatchObject({ code: 'UNFOLD_PATH_MISSING' });
    const target = { target: `image:${place}`, labels: {} };
    expect(image.lost(target, 'testhost', known, null).map(({ ref }) => ref.name)).toEqual(['app:1']);
    expect(image.lost(target, 'testhost', known, [])).toEqual([]);
    const others: [string, string][] = [
      [fresh(), 'holds no image'],
      [writeArchive(join(fresh(), 'a.tar'), new Map([['a', Buffer.from('text')]])), 'holds no image'],
      [
        writeArchive(join(fresh(), 'b.tar.gz'), new Map([['manifest.json', Buffer.from('[{')]]), 'gzip'),
        'is no JSON',
      ],
      [import.meta.filename, 'is no archive of images'],
    ];
    for (const [path, why] of others)
      await expect(list(path)).rejects.toMatchObject({
        code: 'UNFOLD_IMAGE_UNREADABLE',
        message: expect.stringContaining(why),
      });
  });
});
