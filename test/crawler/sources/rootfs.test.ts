// Targets of the form rootfs:PATH.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { rootfs } from '../../../crawler/sources/rootfs.ts';
import type { FoundSystem } from '../../../crawler/sources/source.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'unfold-rootfs-')));
afterAll(() => rmSync(folder, { recursive: true }));
const web = join(folder, 'web 1');
mkdirSync(web);
writeFileSync(join(folder, 'file'), '');
symlinkSync(web, join(folder, 'link'));

const list = (place: string, more: object = {}): Promise<readonly FoundSystem[]> =>
  rootfs.list({ target: `rootfs:${place}`, labels: {}, ...more }, 'host1');

test('a directory is one system, named by host and absolute path', async () => {
  expect(await list(web)).toEqual([
    {
      ref: { id: `rootfs:host1${web}`, kind: 'host', name: 'web 1', labels: {} },
      scheme: 'rootfs',
      place: web,
      target: { target: `rootfs:${web}`, labels: {} },
      features: ['os', 'package', 'file'],
    },
  ]);
});

test('the same directory has the same id, however it is written', async () => {
  const written = [`${web}/`, relative(process.cwd(), web), join(folder, 'link'), `${web}/../web 1/.`];
  const found = await Promise.all(written.map((place) => list(place)));
  expect(new Set(found.flat().map(({ ref }) => ref.id))).toEqual(new Set([`rootfs:host1${web}`]));
});

test('the whole machine has the name of the host', async () => {
  const [system] = await rootfs.list({ target: 'rootfs:/', labels: {} }, hostname());
  expect(system?.ref).toMatchObject({ id: `rootfs:${hostname()}/`, name: hostname() });
});

test('a directory that went away stands for the system it was, however it is written', async () => {
  const gone = join(folder, 'gone');
  mkdirSync(join(gone, 'inside'), { recursive: true });
  symlinkSync(gone, join(folder, 'gone link'));
  symlinkSync('gone link', join(folder, 'link to link'));
  symlinkSync('loop', join(folder, 'loop'));
  const known = (await Promise.all([list(web), list(gone), list(`${gone}/inside`)]))
    .flat()
    .map(({ ref }) => ref);
  rmSync(gone, { recursive: true });
  const lost = (place: string): readonly FoundSystem[] =>
    rootfs.lost({ target: `rootfs:${place}`, labels: {} }, 'host1', known, null);
  for (const place of [gone, `${gone}/`, join(folder, 'gone link'), join(folder, 'link to link')])
    expect(lost(place)).toMatchObject([{ ref: known[1], scheme: 'rootfs', place: gone }]);
  expect(lost(join(folder, 'link to link/inside'))).toMatchObject([{ ref: known[2] }]);
  for (const place of ['', join(folder, 'loop'), join(folder, 'never')]) expect(lost(place)).toEqual([]);
});

test('name and labels come from the configuration', async () => {
  const [system] = await list(web, { name: 'shop', labels: { tier: 'front' } });
  expect(system?.ref).toMatchObject({ name: 'shop', labels: { tier: 'front' } });
});

test.each([
  [join(folder, 'missing'), 'UNFOLD_PATH_MISSING'],
  ['', 'UNFOLD_PATH_MISSING'],
  [join(folder, 'file'), 'UNFOLD_NOT_A_DIRECTORY'],
  [join(folder, 'file/below'), 'UNFOLD_NOT_A_DIRECTORY'],
  [join(folder, `${basename(web)}${'x'.repeat(300)}`), 'UNFOLD_PATH_UNREADABLE'],
])('%s is refused', async (place, code) => {
  await expect(list(place)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(`rootfs:${place}`),
  });
});
