// Inventories as Ansible reads them: names it takes, addresses that reach, nothing of a guest that it would run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ansibleInventory } from '../../../query/inventory/ansible.ts';
import { hostNames } from '../../../query/inventory/host-names.ts';
import { reachableAddress } from '../../../query/inventory/reachable-address.ts';
import type { InterfaceEntry } from '../../../schemas/entries.ts';
import type { EntryLine } from '../../../schemas/frame.ts';
import type { SystemRef } from '../../../schemas/system.ts';
import { os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { requirement } from '../../requirements.ts';
import { withFleet } from '../setting.ts';

function system(
  name: string,
  labels: Record<string, string> = {},
  id = `rootfs:host1/srv/${name}`,
): SystemRef {
  return { id, kind: 'host', name, labels };
}

function networkInterface(
  name: string,
  ip: string[],
  namespace?: string,
): EntryLine & { entry: InterfaceEntry } {
  const entry = { name, ip, ...(namespace === undefined ? {} : { namespace }) };
  return { feature: 'interface', key: `${name} ${namespace ?? ''}`, entry };
}

const FEATURES = ['os', 'interface'] as const;
const FLEET: readonly FrameSketch[] = [
  {
    system: system('web1', { role: 'proxy', 'data-center': 'Zürich 1' }),
    at: 1,
    features: FEATURES,
    entries: [os('debian', '12'), networkInterface('eth0', ['fe80::1/64', '10.1.0.5/24'])],
  },
  {
    system: system('web2', { role: 'proxy' }),
    at: 1,
    features: FEATURES,
    entries: [
      os('{{ lookup("pipe", "touch /tmp/owned") }}', '{% raw %}'),
      networkInterface('lo', ['127.0.0.1/8']),
    ],
  },
  { system: system('twin', {}, 'podman:host1/a'), at: 1, features: FEATURES },
  { system: system('twin', {}, 'podman:host2/a'), at: 1, features: FEATURES },
];

const OPTIONS = { at: null, staleAfterHours: 1_000_000, signal: NO_SIGNAL };

describe('an inventory', () => {
  test('has hosts with what is known of them, in groups by kind, operating system and labels', () =>
    withFleet(FLEET, async (engine) => {
      const { inventory, hosts } = await ansibleInventory(engine, 'system:web1', OPTIONS);
      expect(hosts).toBe(1);
      expect(inventory).toEqual({
        _meta: {
          hostvars: {
            web1: {
              ansible_host: '10.1.0.5',
              unfold_id: 'rootfs:host1/srv/web1',
              unfold_name: 'web1',
              unfold_kind: 'host',
              unfold_labels: { role: 'proxy', 'data-center': 'Zürich 1' },
              unfold_os: { name: 'debian', platform: 'debian', version: '12' },
              unfold_as_of: '2026-01-01T12:00:00.000Z',
              unfold_frame: 'complete',
            },
          },
        },
        all: {
          vars: {
            unfold_at: expect.any(String),
            unfold_coverage: {
              complete: true,
              inScope: 4,
              answered: 4,
              partial: 0,
              stale: 0,
              failed: 0,
              unknown: 0,
            },
          },
        },
        kind_host: { hosts: ['web1'] },
        label_data_center_z_rich_1: { hosts: ['web1'] },
        label_role_proxy: { hosts: ['web1'] },
        os_debian: { hosts: ['web1'] },
        os_debian_12: { hosts: ['web1'] },
      });
    }));

  test('tells systems of one name apart', () =>
    withFleet(FLEET, async (engine) => {
      const { inventory } = await ansibleInventory(engine, 'system:twin', OPTIONS);
      const names = Object.keys(inventory._meta.hostvars);
      expect(names).toHaveLength(2);
      for (const name of names) expect(name).toMatch(/^twin-[0-9a-f]{8}$/);
    }));

  test('gives a name of a system the same, whatever the query', () =>
    withFleet(FLEET, async (engine) => {
      const all = Object.keys((await ansibleInventory(engine, '', OPTIONS)).inventory._meta.hostvars);
      const one = await ansibleInventory(engine, 'system:podman\\:host1/a OR system:podman:host1/a', OPTIONS);
      expect(all).toEqual(expect.arrayContaining(Object.keys(one.inventory._meta.hostvars)));
    }));

  test('has no text of a guest that is a template', () =>
    withFleet(FLEET, async (engine) => {
      const { inventory } = await ansibleInventory(engine, 'system:web2', OPTIONS);
      expect(inventory._meta.hostvars['web2']).toMatchObject({
        unfold_os: {
          platform: { __ansible_unsafe: '{{ lookup("pipe", "touch /tmp/owned") }}' },
          version: { __ansible_unsafe: '{% raw %}' },
        },
      });
      expect(inventory._meta.hostvars['web2']).not.toHaveProperty('ansible_host');
    }));
});

test('names of hosts are unique and plain, those of groups are identifiers, whatever systems are called', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([id]) => id }), (pairs) => {
      const names = hostNames(pairs.map(([id, name]) => system(name, {}, `podman:${id}`)));
      expect(new Set([...names.values()].map((name) => name.toLowerCase())).size).toBe(pairs.length);
      for (const name of names.values()) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
      for (const reserved of ['all', 'ungrouped', 'localhost'])
        expect([...names.values()]).not.toContain(reserved);
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(text, text, { maxKeys: 3 }), async (labels) =>
      withFleet([{ system: system('one', labels), at: 1, features: FEATURES }], async (engine) => {
        const { inventory } = await ansibleInventory(engine, '', OPTIONS);
        for (const group of Object.keys(inventory)) expect(group).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
      }),
    ),
    { numRuns: 20 },
  );
});

test.each<[string | null, InterfaceEntry[], string[]]>([
  [
    '10.0.0.5',
    [
      { name: 'docker0', ip: ['172.17.0.1/16'] },
      { name: 'eth1', ip: ['10.0.0.5/24'] },
    ],
    [],
  ],
  ['10.0.0.5', [{ name: 'eth0', ip: ['2001:db8::5/64', '10.0.0.5/24'] }], []],
  ['2001:db8::5', [{ name: 'eth0', ip: ['fe80::5/64', '2001:db8::5/64'] }], []],
  [
    '10.0.0.1',
    [
      { name: 'eth1', ip: ['10.0.0.2/24'] },
      { name: 'eth0', ip: ['10.0.0.1/24'] },
    ],
    [],
  ],
  ['10.88.0.7', [{ name: 'lo', ip: ['127.0.0.1/8'] }], ['10.88.0.7']],
  [null, [{ name: 'eth0', ip: ['10.0.0.9/24'], namespace: '4026532' }], []],
  [null, [{ name: 'eth0', ip: ['no address', '10.0.0.300', '169.254.3.4/16'] }], []],
])('reaches %s', (address, interfaces, container) => {
  const known = { id: 'c1', engine: { name: 'podman', root: '/' }, state: 'running' as const, mounts: [] };
  expect(reachableAddress({ ...system('x'), container: { ...known, ip: container } }, interfaces)).toBe(
    address,
  );
});

const version = spawnSync('ansible-inventory', ['--version'], { encoding: 'utf8' });
const withAnsible = requirement('ansible-inventory', version.status === 0, 'Debian has it in ansible-core');

withAnsible('ansible-inventory takes it, and runs nothing of a guest', () =>
  withFleet(FLEET, async (engine) => {
    const { inventory } = await ansibleInventory(engine, '', OPTIONS);
    const folder = mkdtempSync(join(tmpdir(), 'unfold-ansible-'));
    try {
      const script = join(folder, 'unfold');
      writeFileSync(join(folder, 'inventory.json'), JSON.stringify(inventory));
      writeFileSync(script, `#!/bin/sh\nexec cat '${folder}/inventory.json'\n`, { mode: 0o700 });
      const env = { ...process.env, HOME: folder, ANSIBLE_INVENTORY_UNPARSED_FAILED: 'true' };
      const run = (...args: string[]) => {
        const { status, stdout, stderr } = spawnSync('ansible-inventory', ['-i', script, ...args], {
          env,
          encoding: 'utf8',
        });
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        return JSON.parse(stdout) as Record<string, { hosts: string[] }>;
      };
      const listed = run('--list');
      expect(listed['label_role_proxy']?.hosts).toEqual(['web1', 'web2']);
      expect(listed['kind_host']?.hosts).toHaveLength(4);
      const shown = spawnSync(
        'ansible',
        ['-i', script, 'web2', '-m', 'debug', '-a', 'var=unfold_os.platform'],
        { env, encoding: 'utf8' },
      );
      expect(shown.stdout).toContain('{{ lookup(');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }),
);
