// Containers of a real containerd, one that runs and one that does not: listed from its own databases, and crawled.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hasTool } from '../../../crawler/process.ts';
import { containerd } from '../../../crawler/sources/containerd.ts';
import { startContainerd, testWithContainerd } from '../containers/engines.ts';
import { crawlTargets, type Frame } from '../frames.ts';
import { layoutFiles, tarOf, writeArchive } from '../views/image-archives.ts';
import { layer } from '../views/image-opening.ts';
import type { Running } from '../views/live-setting.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-containerd-'));
const root = join(folder, 'root');
const frames = new Map<string, Frame>();
let running: Running | null = null;

function writeImage(): void {
  const tree = join(folder, 'tree');
  for (const path of ['bin', 'etc', 'usr/lib', 'srv', 'tmp', 'proc', 'dev', 'sys'])
    mkdirSync(join(tree, path), { recursive: true });
  copyFileSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim(), join(tree, 'bin/busybox'));
  for (const applet of ['sh', 'sleep', 'rm', 'touch']) symlinkSync('busybox', join(tree, 'bin', applet));
  writeFileSync(join(tree, 'usr/lib/os-release'), 'ID=tiny\n');
  writeFileSync(join(tree, 'etc/obsolete'), 'never\n');
  writeFileSync(join(tree, 'etc/gone'), 'never\n');
  const base = execFileSync('tar', ['-C', tree, '-cf', '-', '.'], { maxBuffer: 16 * 1024 * 1024 });
  const app = tarOf([{ name: 'etc/.wh.gone' }, { name: 'etc/app.conf', data: 'db = 10.99.0.5\n' }]);
  const image = { name: 'localhost/tiny:1', layers: [base, app].map((tar) => layer(tar, 'gzip')) };
  writeArchive(join(folder, 'image.tar'), layoutFiles([image]));
}

beforeAll(async () => {
  if (hasTool('busybox')) writeImage();
  running = await startContainerd(folder);
  if (running === null) return;
  const targets = [`containerd:${root}`, `image:${folder}/image.tar`];
  const crawled = await crawlTargets(join(folder, 'data'), targets);
  for (const frame of crawled.frames) frames.set(frame.header.system.name, frame);
}, 60_000);
afterAll(async () => {
  await running?.end();
  rmSync(folder, { recursive: true, force: true });
});

const textOf = (name: string, path: string): unknown =>
  frames.get(name)?.entries.file?.get(path)?.['content'];

testWithContainerd('containers are listed with their names, images and mounts, running or not', () => {
  const image = frames.get('localhost/tiny:1')?.header.system;
  expect(frames.get('app')?.header.system).toMatchObject({
    id: 'containerd:testhost/default/running',
    kind: 'container',
    container: {
      engine: { name: 'containerd', root },
      state: 'running',
      image: { name: 'localhost/tiny:1', digest: image?.image?.digest },
      mounts: [{ path: '/srv', source: join(folder, 'shared') }],
    },
    derivedFrom: image?.id,
  });
  expect(frames.get('stopped')?.header.system).toMatchObject({
    id: 'containerd:testhost/default/stopped',
    labels: { tier: 'data' },
    container: { state: 'stopped', mounts: [] },
    derivedFrom: image?.id,
  });
});

testWithContainerd(
  'shows what a container changed, what runs in it, and of an untouched one its image',
  () => {
    for (const name of ['app', 'stopped']) expect(frames.get(name)?.problems).toEqual([]);
    expect(textOf('app', '/etc/app.conf')).toMatchObject({ text: 'db = 10.99.0.6\n' });
    expect(frames.get('app')?.entries.file?.has('/etc/obsolete')).toBe(false);
    expect([...(frames.get('app')?.entries.process?.values() ?? [])].map(({ name }) => name).sort()).toEqual([
      'sleep',
    ]);
    expect(textOf('stopped', '/etc/app.conf')).toMatchObject({ text: 'db = 10.99.0.5\n' });
    const paths = (name: string): string[] => [...(frames.get(name)?.entries.file?.keys() ?? [])].sort();
    expect(paths('stopped')).toEqual(paths('localhost/tiny:1'));
    expect(paths('stopped')).not.toContain('/etc/gone');
  },
);

test('a folder that is none of containerd, or a damaged one, is named', async () => {
  const asked = (place: string): Promise<unknown> =>
    containerd.list({ target: `containerd:${place}`, labels: {} }, 'testhost');
  await expect(asked(folder)).rejects.toMatchObject({ code: 'UNFOLD_CONTAINERS_UNREADABLE' });
  const damaged = mkdtempSync(join(folder, 'damaged-'));
  const database = join(damaged, 'io.containerd.metadata.v1.bolt/meta.db');
  mkdirSync(join(database, '..'));
  writeFileSync(database, '');
  truncateSync(database, 32_768);
  await expect(asked(damaged)).rejects.toMatchObject({
    code: 'UNFOLD_CONTAINERS_UNREADABLE',
    message: expect.stringContaining(database),
  });
});
