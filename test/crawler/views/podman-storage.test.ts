// What is made of a storage folder of podman, whichever database it has.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { podmanContainers } from '../../../crawler/views/container/podman-storage.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-storage-'));
afterAll(() => rmSync(folder, { recursive: true }));

function storage(name: string, files: Readonly<Record<string, unknown>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return join(folder, name);
}

const FILES = {
  'overlay-containers/containers.json': [
    { id: 'c1', names: ['web'], image: 'i1', layer: 'l2' },
    { id: 'c2', layer: 'l1' },
    {},
  ],
  'overlay-layers/layers.json': [{ id: 'l1' }, { id: 'l2', parent: 'l1' }],
  'overlay-images/images.json': [{ id: 'i1', names: ['example.com/web:1'], digest: 'sha256:d1' }],
};
const PLAIN = { labels: {}, ip: [], mounts: [], hasWhiteoutFiles: false };

test('without a database there are names, images and layers', async () => {
  const root = storage('plain', FILES);
  expect(await podmanContainers(root)).toEqual([
    {
      ...PLAIN,
      id: 'c1',
      name: 'web',
      image: { name: 'example.com/web:1', id: 'sha256:i1', digest: 'sha256:d1' },
      layers: [join(root, 'overlay/l2/diff'), join(root, 'overlay/l1/diff')],
    },
    { ...PLAIN, id: 'c2', name: 'c2', image: {}, layers: [join(root, 'overlay/l1/diff')] },
  ]);
});

test('storage that a program mounts, as fuse-overlayfs for users, has whiteouts that are files', async () => {
  const root = storage('fuse', { ...FILES, 'overlay/.has-mount-program': 'true' });
  expect(await podmanContainers(root)).toMatchObject([
    { hasWhiteoutFiles: true },
    { hasWhiteoutFiles: true },
  ]);
});

test('an SQLite database adds labels, addresses and mounts, and is left as it is', async () => {
  const root = storage('sqlite', FILES);
  const database = new DatabaseSync(join(root, 'db.sql'));
  database.exec(
    'CREATE TABLE ContainerConfig (ID TEXT PRIMARY KEY NOT NULL, Name TEXT, PodID TEXT, JSON TEXT NOT NULL)',
  );
  database.exec(
    'CREATE TABLE ContainerState (ID TEXT PRIMARY KEY NOT NULL, State INTEGER, ExitCode INTEGER, JSON TEXT NOT NULL)',
  );
  const config = {
    labels: { tier: 'web' },
    userVolumes: ['/srv'],
    spec: {
      mounts: [
        { destination: '/srv', source: '/data/web' },
        { destination: '/proc', source: 'proc' },
      ],
    },
    namedVolumes: [{ volumeName: 'logs', dest: '/var/log' }],
  };
  const state = {
    networkStatus: { net: { interfaces: { eth0: { subnets: [{ ipnet: '10.88.0.5/16' }] } } } },
  };
  database
    .prepare('INSERT INTO ContainerConfig VALUES (?, ?, NULL, ?)')
    .run('c1', 'web', JSON.stringify(config));
  database.prepare('INSERT INTO ContainerState VALUES (?, 2, 0, ?)').run('c1', JSON.stringify(state));
  database.close();
  const [web] = (await podmanContainers(root)) ?? [];
  expect(web).toMatchObject({
    labels: { tier: 'web' },
    ip: ['10.88.0.5/16'],
    mounts: [
      { path: '/srv', source: '/data/web' },
      { path: '/var/log', source: join(root, 'volumes/logs/_data') },
    ],
  });
});

test('a damaged database or file is named, a circle of layers ends, no storage is none', async () => {
  expect(await podmanContainers(join(folder, 'missing'))).toBeNull();
  const bolt = storage('bolt', { ...FILES, 'libpod/bolt_state.db': 'no database' });
  expect(await podmanContainers(bolt)).toHaveLength(2);
  const circle = storage('circle', {
    ...FILES,
    'overlay-layers/layers.json': [
      { id: 'l1', parent: 'l2' },
      { id: 'l2', parent: 'l1' },
    ],
  });
  expect((await podmanContainers(circle))?.[0]?.layers.length).toBeLessThanOrEqual(512);
  for (const files of [
    { 'overlay-containers/containers.json': '[{' },
    { 'db.sql': 'no database, but long enough to be looked into'.repeat(50) },
  ]) {
    const root = storage(`damaged-${Object.keys(files).join('').length}`, { ...FILES, ...files });
    await expect(podmanContainers(root)).rejects.toMatchObject({ code: 'UNFOLD_CONTAINERS_UNREADABLE' });
  }
});
