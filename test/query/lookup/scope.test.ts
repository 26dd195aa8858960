// Scopes, roles and reconciliations: which systems an answer speaks for, and what their coverage says.
import { describe, expect, test } from '@jest/globals';
import type { SystemRef } from '../../../schemas/system.ts';
import { file, installed, instant, os, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { withFleet } from '../setting.ts';
import { found, LIVE, look, ownsAddress, socket, systemsOf } from './asking.ts';

function system(name: string, labels: Record<string, string>): SystemRef {
  return { id: `rootfs:host1/srv/${name}`, kind: 'host', name, labels };
}

const app = file('/etc/app.conf', 'db = 10.1.2.3\n');
const FLEET: readonly FrameSketch[] = [
  { system: system('p1', { env: 'prod' }), at: 1, entries: [os('debian'), installed('nginx'), app] },
  { system: system('p2', { env: 'prod' }), at: 1, features: ['file'], entries: [app] },
  { system: system('p3', { env: 'prod' }), at: 1, status: 'failed' },
  { system: system('t1', { env: 'test' }), at: 1, entries: [os('debian'), app] },
  { system: system('t2', { env: 'test' }), at: 1, status: 'failed' },
];

describe('a scope', () => {
  test.each<[scope: string, systems: string[], covered: [number, number, number, number]]>([
    ['label:env=prod', ['p1', 'p2'], [3, 2, 0, 1]],
    ['label:env=test', ['t1'], [2, 1, 0, 1]],
    ['label:env=none', [], [0, 0, 0, 0]],
    ['system:p1 OR system:t1', ['p1', 't1'], [2, 2, 0, 0]],
    // p2 was not asked for packages, p3 and t2 were never read: they may have it.
    ['package:nginx', ['p1'], [4, 1, 1, 2]],
    ['-package:nginx label:env=prod', [], [2, 0, 1, 1]],
    ['-package:nginx label:env=test', ['t1'], [2, 1, 0, 1]],
  ])('%s', async (scope, systems, [inScope, answered, partial, failed]) => {
    await withFleet(FLEET, async (engine) => {
      const answer = await look(engine, ['10.1.2.3'], { scope });
      expect(systemsOf(answer).map((hit) => hit.system.name)).toEqual(systems);
      const complete = inScope > 0 && partial === 0 && failed === 0;
      expect(answer.lookups[0]?.coverage).toMatchObject({ complete, inScope, answered, partial, failed });
      expect(answer.scope).toBe(scope);
    });
  });

  test('of a query that is taken literally the answer says so', async () => {
    await withFleet(FLEET, async (engine) => {
      const { notices } = await look(engine, ['10.1.2.3'], { scope: 'lable:env=prod' });
      expect(notices).toMatchObject([{ code: 'taken-literally' }]);
    });
  });

  test('systems out of it still tell names', async () => {
    const fleet: FrameSketch[] = [
      ...FLEET,
      { system: system('admin', {}), at: 1, entries: [file('/etc/hosts', '10.1.2.3 db1\n')] },
    ];
    await withFleet(fleet, async (engine) => {
      expect(found(await look(engine, ['db1'], { scope: 'system:p1' }))).toEqual([
        'p1 /etc/app.conf:1 10.1.2.3 db1=10.1.2.3@admin',
      ]);
    });
  });
});

const LIVE_FLEET: readonly FrameSketch[] = [
  {
    system: 'live',
    at: 1,
    features: LIVE,
    entries: [
      file('/etc/app.conf', 'db = 10.1.2.3\nold = 10.1.2.4\ncache = 10.1.3.0/24\nname = db9\n'),
      file('/etc/hosts', '10.8.0.9 db9\n'),
      file('/usr/share/doc/example', '10.1.2.99\n'),
      ownsAddress('eth0', '10.1.2.1/24'),
      socket('10.1.2.1:5432'),
      socket('10.1.2.1:40000', '10.1.2.3:5432'),
      socket('10.1.2.1:40001', '10.1.3.7:6379'),
      socket('10.1.2.1:40002', '10.1.2.77:443'),
    ],
  },
  { system: 'disk', at: 1, entries: [file('/etc/app.conf', 'db = 10.1.2.3\n')] },
];

test('of a window that began before a system was first crawled something is not known', async () => {
  const fleet = [
    { system: 'early', at: 1, entries: [app] },
    { system: 'late', at: 3, entries: [app] },
    { system: 'early', at: 4, entries: [app] },
  ];
  await withFleet(fleet, async (engine) => {
    const at = new Date(instant(4));
    const covered = async (from: number) =>
      (await look(engine, ['10.1.2.3'], { at, from: new Date(instant(from)) })).coverage;
    expect(await covered(3)).toMatchObject({ complete: true, inScope: 2 });
    expect(await covered(2)).toMatchObject({
      ...{ complete: false, inScope: 2, answered: 2, partial: 1 },
      gaps: [{ system: 'rootfs:host1/srv/late', reason: expect.stringContaining('first crawled') }],
    });
  });
});

test.each([
  ['references', 'file', true],
  ['listens', 'connection', false],
  ['connects-to', 'connection', false],
  ['owns', 'interface', false],
] as const)('the role %s wants systems to tell of every %s', async (role, feature, complete) => {
  await withFleet(LIVE_FLEET, async (engine) => {
    const answer = await look(engine, ['10.1.2.0/24'], { roles: [role] });
    const [first] = answer.lookups;
    expect(new Set(first?.systems.flatMap(({ evidence }) => evidence.map((one) => one.role)))).toEqual(
      new Set([role]),
    );
    expect(first?.coverage.complete).toBe(complete);
    if (!complete)
      expect(first?.coverage.gaps).toMatchObject([
        { status: 'partial', reason: expect.stringContaining(`not ${feature}`) },
      ]);
  });
});

test('sockets and processes are told with the evidence', async () => {
  await withFleet(LIVE_FLEET, async (engine) => {
    const [hit] = systemsOf(await look(engine, ['10.1.2.3'], { roles: ['connects-to'] }));
    expect(hit?.evidence).toMatchObject([
      {
        process: { pid: 42, name: 'postgres' },
        socket: { transport: 'tcp', state: 'established', local: '10.1.2.1:40000', remote: '10.1.2.3:5432' },
      },
    ]);
  });
});

test('what a system was made from is told where its frame or its labels tell it', async () => {
  const image = { name: 'registry.example/app:1', digest: 'sha256:ab' };
  const container: SystemRef = {
    ...system('c1', { 'org.opencontainers.image.base.name': 'debian:12' }),
    kind: 'container',
    container: {
      id: 'x',
      engine: { name: 'podman', root: '/r' },
      state: 'running',
      image,
      ip: [],
      mounts: [],
    },
  };
  const fleet = [
    { system: container, at: 1, entries: [app] },
    { system: system('golden', { derivedFrom: 'disk:host1/golden.qcow2' }), at: 1, entries: [app] },
    { system: system('plain', {}), at: 1, entries: [app] },
  ];
  await withFleet(fleet, async (engine) => {
    expect(systemsOf(await look(engine, ['10.1.2.3'])).map(({ lineage }) => lineage)).toEqual([
      { image, derivedFrom: 'debian:12' },
      { derivedFrom: 'disk:host1/golden.qcow2' },
      undefined,
    ]);
  });
});

describe('reconciliation', () => {
  test('what is configured and in no connection', async () => {
    await withFleet(LIVE_FLEET, async (engine) => {
      const answer = await look(engine, ['10.1.0.0/16'], { reconcile: 'configured-not-connected' });
      expect(found(answer)).toEqual(['live /etc/app.conf:2 10.1.2.4']);
      expect(answer.lookups[0]?.coverage).toMatchObject({
        complete: false,
        gaps: [{ system: 'rootfs:host1/srv/disk', status: 'partial' }],
      });
    });
  });

  test('what is connected and in no file', async () => {
    await withFleet(LIVE_FLEET, async (engine) => {
      const answer = await look(engine, ['10.1.0.0/16', '10.1.2.3'], {
        reconcile: 'connected-not-configured',
      });
      expect(found(answer)).toEqual(['live tcp 10.1.2.1:40002 10.1.2.77:443 10.1.2.77']);
      expect(found(answer, 1)).toEqual([]);
    });
  });

  test('a name that is written stands for its address', async () => {
    const fleet = [
      ...LIVE_FLEET,
      {
        system: 'live2',
        at: 1,
        features: LIVE,
        entries: [file('/etc/b', 'db9\n'), socket('10.8.0.1:1', '10.8.0.9:2')],
      },
      {
        system: 'live3',
        at: 1,
        features: LIVE,
        entries: [file('/etc/b', 'db9\n'), socket('10.8.0.1:1', '10.8.0.8:2')],
      },
    ];
    await withFleet(fleet, async (engine) => {
      const connected = { reconcile: 'connected-not-configured' as const };
      expect(found(await look(engine, ['10.8.0.9'], connected))).toHaveLength(1);
      expect(found(await look(engine, ['10.8.0.9'], { ...connected, names: true }))).toEqual([]);
      const answer = await look(engine, ['10.8.0.9'], { reconcile: 'configured-not-connected', names: true });
      expect(found(answer).filter((one) => one.startsWith('live3 '))).toEqual([
        'live3 /etc/b:1 db9 db9=10.8.0.9@live',
      ]);
      expect(found(answer).filter((one) => one.startsWith('live2 '))).toEqual([]);
    });
  });

  test('a name that is asked for stands for the addresses it leads to', async () => {
    await withFleet(LIVE_FLEET, async (engine) => {
      const configured = await look(engine, ['db9'], { reconcile: 'configured-not-connected' });
      expect(found(configured)).toEqual([
        ...[
          'live /etc/app.conf:4 db9',
          'live /etc/hosts:1 10.8.0.9 db9=10.8.0.9@live',
          'live /etc/hosts:1 db9',
        ],
      ]);
    });
    const connected = {
      ...LIVE_FLEET[0]!,
      entries: [...(LIVE_FLEET[0]?.entries ?? []), socket('10.1.2.1:9', '10.8.0.9:5')],
    };
    await withFleet([connected], async (engine) => {
      expect(found(await look(engine, ['db9'], { reconcile: 'configured-not-connected' }))).toEqual([]);
    });
  });

  test('a port alone cannot be reconciled', async () => {
    await withFleet([], async (engine) => {
      await expect(
        look(engine, ['10.1.2.3', ':5432'], { reconcile: 'connected-not-configured' }),
      ).rejects.toMatchObject({ code: 'UNFOLD_QUERY_INVALID', place: { parameter: 'asked', index: 1 } });
    });
  });
});
