// What a user may call a system.
import { expect, test } from '@jest/globals';
import type { SystemState } from '../../indexer/engines/search-engine.ts';
import { systemNamed } from '../../query/system-named.ts';

function state(id: string, name: string): SystemState {
  return { system: { id, kind: 'host', name, labels: {} }, frame: null, failure: null };
}

const STATES = [
  state('rootfs:host1/srv/web1', 'web1'),
  state('rootfs:host2/srv/web1', 'web1'),
  state('rootfs:host1/srv/db1', 'db1'),
  state('disk:host1/images/db2.qcow2', 'db2'),
  state('host:db2.qcow2', 'rootfs:host1/srv/db1'),
];

test.each([
  ['rootfs:host1/srv/web1', 'rootfs:host1/srv/web1'],
  // An id comes before a name.
  ['rootfs:host1/srv/db1', 'rootfs:host1/srv/db1'],
  ['db1', 'rootfs:host1/srv/db1'],
  ['host2/srv/web1', 'rootfs:host2/srv/web1'],
  ['/images/db2.qcow2', 'disk:host1/images/db2.qcow2'],
  ['srv/db1', 'rootfs:host1/srv/db1'],
])('%s', (named, id) => {
  expect(systemNamed(STATES, named).system.id).toBe(id);
});

test.each([
  ['web1', '2 systems have the name web1'],
  ['srv/web1', '2 systems have an id that ends in srv/web1'],
  ['db2.qcow2', '2 systems have an id that ends in db2.qcow2'],
  // A part of a name is none.
  ['b1', 'no system of the index has the id or name b1'],
  ['', 'no system of the index has the id or name'],
  ['wb1', 'did you mean web1?'],
])('%j is not one system', (named, message) => {
  expect(() => systemNamed(STATES, named)).toThrow(message);
});

test('ids are offered where a name is ambiguous, not without end', () => {
  const many = Array.from({ length: 30 }, (_, number) => state(`rootfs:host${number}/srv/web1`, 'web1'));
  expect(() => systemNamed(many, 'web1')).toThrow(
    expect.objectContaining({
      remedy: expect.stringMatching(/^Name one by its id: rootfs:host0.* and 20 more$/),
    }),
  );
});
