// sbom and inventory as processes: what they print, and what their exit statuses say.
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { completeFrame, freshFleet, Place, UNFOLD } from './process.ts';

const place = new Place();
beforeAll(() => place.index(freshFleet()));
afterAll(() => place.remove());

test('a bill of materials', async () => {
  const { status, stdout, stderr } = await place.unfold(['sbom', 'web1']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    metadata: { component: { name: 'web1' } },
    components: [{ name: 'debian' }, { purl: 'pkg:deb/debian/nginx@1.22.1-9?arch=amd64&distro=debian-12' }],
  });
  expect((await place.unfold(['sbom', 'web1'])).stdout).toBe(stdout);
});

test('a bill of materials that may lack something', async () => {
  const { status, stdout, stderr } = await place.unfold(['sbom', 'cut1', '--format', 'spdx']);
  expect(status).toBe(3);
  expect(stderr).toContain('notice: partial: UNFOLD_UNREADABLE: /srv/private');
  expect(stderr).toContain('notice: no-packages: ');
  expect(JSON.stringify((JSON.parse(stdout) as { annotations: unknown }).annotations)).toContain(
    '/srv/private',
  );
});

test('errors', async () => {
  const results = await Promise.all([
    place.unfold(['sbom', 'nowhere']),
    place.unfold(['sbom', 'web1', '--format', 'other']),
    place.unfold(['inventory']),
    place.unfold(['inventory', '--ansible', '--list', '--host', 'web1']),
    place.unfold(['inventory', '--ansible', '--host', 'nowhere']),
  ]);
  expect(results.map(({ status }) => status)).toEqual([2, 2, 2, 2, 2]);
});

test('an inventory script', async () => {
  const script = place.path('inventory');
  writeFileSync(script, `#!/bin/sh\nexec '${UNFOLD}' inventory --ansible os:debian "$@"\n`, { mode: 0o700 });
  const listed = await place.run(script, ['--list']);
  expect(listed.status).toBe(0);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    _meta: { hostvars: { web1: { unfold_kind: 'host' }, db1: { unfold_labels: { tier: 'data' } } } },
    os_debian: { hosts: ['db1', 'web1'] },
    label_tier_data: { hosts: ['db1'] },
  });
  const shown = await place.run(script, ['--host', 'db1']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ unfold_id: 'disk:host1/images/db1.qcow2' });
});

test('an inventory without hosts is one, unless some system could not answer', async () => {
  const { status, stderr } = await place.unfold(['inventory', '--ansible', 'package:nowhere']);
  expect(status).toBe(3);
  expect(stderr).toContain('coverage: incomplete');
  const complete = new Place();
  try {
    await complete.index([completeFrame('a1', 'alpha\n')]);
    const empty = await complete.unfold(['inventory', '--ansible', 'nowhere']);
    expect([empty.status, empty.stderr]).toEqual([0, '']);
    expect(JSON.parse(empty.stdout)).toMatchObject({ _meta: { hostvars: {} } });
  } finally {
    complete.remove();
  }
});
