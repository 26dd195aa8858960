// Containers that are directories: nspawn, LXC, Incus; running ones are recognised by their root.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { incus } from '../../../crawler/sources/incus.ts';
import { lxc } from '../../../crawler/sources/lxc.ts';
import { nspawn } from '../../../crawler/sources/nspawn.ts';
import { makeMachine, startMachine, testWithMachines } from '../containers/machines.ts';
import { crawlTargets } from '../frames.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'unfold-directories-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe('nspawn', () => {
  testWithMachines(
    'shows directories, and what runs in them',
    async () => {
      for (const name of ['one', 'two']) makeMachine(join(folder, 'machines', name));
      write('machines/empty/file', '');
      write('machines/.hidden/usr/x', '');
      const running = await startMachine(join(folder, 'machines/one'), 'busybox httpd -f -p 8081');
      try {
        const { frames: unsorted } = await crawlTargets(join(folder, 'data'), [`nspawn:${folder}/machines`]);
        const frames = unsorted.sort((a, b) => (a.header.system.id < b.header.system.id ? -1 : 1));
        expect(
          frames.map(({ header: { system } }) => [system.id, system.kind, system.container?.state]),
        ).toEqual([
          ['nspawn:testhost/one', 'container', 'running'],
          ['nspawn:testhost/two', 'container', 'stopped'],
        ]);
        expect(frames.flatMap(({ problems }) => problems)).toEqual([]);
        expect(frames.map(({ entries }) => entries.os?.get('os')?.['platform'])).toEqual(['one', 'two']);
        const live = (feature: 'process' | 'connection'): unknown[] =>
          frames.flatMap(({ entries }) => [...(entries[feature]?.values() ?? [])]);
        expect(live('process')).toMatchObject([{ name: 'sh' }, { name: 'busybox' }]);
        expect(live('connection')).toMatchObject([{ local: { port: 8081 }, process: { name: 'busybox' } }]);
        // Of what is stopped it is known that nothing runs.
        expect(frames[1]?.end.counts).toMatchObject({ process: 0, connection: 0, interface: 0 });
      } finally {
        await running.end();
      }
    },
    60_000,
  );
});

test('LXC containers tell their addresses and mounts', async () => {
  write('lxc/web/rootfs/etc/os-release', 'ID=debian\n');
  write(
    'lxc/web/config',
    `lxc.include = /usr/share/lxc/config/common.conf\nlxc.rootfs.path = dir:${folder}/lxc/web/rootfs\nlxc.uts.name = web.example\n` +
      'lxc.net.0.type = veth\nlxc.net.0.ipv4.address = 10.0.3.5/24 10.0.3.255\nlxc.mount.entry = /srv/data srv/data none bind 0 0\nlxc.mount.entry = proc proc proc nodev 0 0\n',
  );
  write('lxc/disk/config', 'lxc.rootfs.path = lvm:/dev/vg/disk\n');
  write('lxc/notes/readme', '');
  expect(await lxc.list({ target: `lxc:${folder}/lxc/`, labels: {} }, 'h')).toMatchObject([
    {
      ref: {
        id: 'lxc:h/web',
        kind: 'container',
        name: 'web',
        labels: { hostname: 'web.example' },
        container: {
          state: 'stopped',
          ip: ['10.0.3.5/24'],
          mounts: [{ path: '/srv/data', source: '/srv/data' }],
        },
      },
    },
  ]);
});

test('Incus containers tell what backup.yaml keeps', async () => {
  const backup = `container:
  name: shop
  config: {user.tier: web, image.description: Debian bookworm amd64, volatile.base_image: 0123abcd}
  expanded_devices:
    eth0: {type: nic, ipv4.address: 10.8.0.5}
    data: {type: disk, path: /srv/data, source: /data/shop}
    root: {type: disk, path: /, pool: default}
`;
  write('incus/storage-pools/default/containers/shop/backup.yaml', backup);
  write('incus/storage-pools/default/containers/shop/rootfs/etc/os-release', 'ID=debian\n');
  write('incus/storage-pools/default/containers/odd/backup.yaml', '{: [');
  mkdirSync(join(folder, 'incus/storage-pools/default/containers/odd/rootfs'));
  mkdirSync(join(folder, 'incus/storage-pools/zfs/containers/unmounted'), { recursive: true });
  const found = await incus.list({ target: `incus:${folder}/incus`, labels: {} }, 'h');
  expect(found.map(({ ref }) => ref.id)).toEqual(['incus:h/odd', 'incus:h/shop']);
  expect(found[1]?.ref).toMatchObject({
    labels: { tier: 'web' },
    container: {
      image: { name: 'Debian bookworm amd64', id: '0123abcd' },
      ip: ['10.8.0.5'],
      mounts: [{ path: '/srv/data', source: '/data/shop' }],
    },
  });
});

test('a folder without containers is named', async () => {
  for (const source of [nspawn, lxc, incus])
    await expect(
      source.list({ target: `${source.scheme}:${folder}/missing`, labels: {} }, 'h'),
    ).rejects.toMatchObject({
      code: 'UNFOLD_CONTAINERS_UNREADABLE',
    });
});
