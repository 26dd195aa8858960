// Host names and addresses lead to each other by what the systems say, with the chain shown; nobody else is asked.
import { describe, expect, test } from '@jest/globals';
import { file, instant, type FrameSketch } from '../../conformance/search-engine/frames.ts';
import { withFleet } from '../setting.ts';
import { found, isCalled, LIVE, look, ownsAddress, systemsOf } from './asking.ts';

const HOSTS = '127.0.0.1 localhost\n\n10.1.2.3\tdb1.corp.example db1 # the database\n';

const FLEET: readonly FrameSketch[] = [
  { system: 'admin', at: 1, entries: [file('/etc/hosts', HOSTS)] },
  { system: 'by-address', at: 1, entries: [file('/etc/app.conf', 'a = 1\ndb = 10.1.2.3:5432\n')] },
  { system: 'by-name', at: 1, entries: [file('/etc/app.conf', 'db=DB1.corp.example.\n')] },
  { system: 'by-short-name', at: 1, entries: [file('/etc/app.conf', 'host db1\n')] },
  {
    system: 'others',
    at: 1,
    entries: [
      file('/etc/a', 'mydb1.corp.example db1.corp.example.org db1-old.db1.corp.example sub.db1\n'),
      file('/etc/b', '10.1.2.30 db10\n'),
    ],
  },
];

const BY_ADDRESS = 'by-address /etc/app.conf:2 10.1.2.3 db1.corp.example=10.1.2.3@admin';

test('a name finds where it is written whole, and where the address is that a hosts file gives it', async () => {
  await withFleet(FLEET, async (engine) => {
    const answer = await look(engine, ['db1.corp.example']);
    expect(found(answer)).toEqual([
      'admin /etc/hosts:3 10.1.2.3 db1.corp.example=10.1.2.3@admin',
      'admin /etc/hosts:3 db1.corp.example',
      BY_ADDRESS,
      'by-name /etc/app.conf:1 DB1.corp.example',
    ]);
    const hit = systemsOf(answer).find(({ system }) => system.name === 'by-address');
    expect(hit?.evidence[0]?.via).toEqual([
      {
        name: 'db1.corp.example',
        address: '10.1.2.3',
        system: 'rootfs:host1/srv/admin',
        path: '/etc/hosts',
        line: 3,
      },
    ]);
    // What says it outright comes first.
    expect(systemsOf(answer).map(({ system }) => system.name)).toEqual(['admin', 'by-name', 'by-address']);
  });
});

test('an address finds where its names are written, if names are asked for', async () => {
  await withFleet(FLEET, async (engine) => {
    const plain = ['admin /etc/hosts:3 10.1.2.3', 'by-address /etc/app.conf:2 10.1.2.3'];
    expect(found(await look(engine, ['10.1.2.3']))).toEqual(plain);
    expect(found(await look(engine, ['10.1.2.3'], { names: true }))).toEqual(
      [
        ...plain,
        'admin /etc/hosts:3 db1 db1=10.1.2.3@admin',
        'admin /etc/hosts:3 db1.corp.example db1.corp.example=10.1.2.3@admin',
        'by-name /etc/app.conf:1 DB1.corp.example db1.corp.example=10.1.2.3@admin',
        'by-short-name /etc/app.conf:1 db1 db1=10.1.2.3@admin',
      ].sort(),
    );
    const inNetwork = found(await look(engine, ['10.1.2.0/29'], { names: true }));
    expect(inNetwork).toContain('by-short-name /etc/app.conf:1 db1 db1=10.1.2.3@admin');
  });
});

test('a name finds its other names, two steps away, if names are asked for', async () => {
  await withFleet(FLEET, async (engine) => {
    expect(found(await look(engine, ['db1.corp.example'], { names: true }))).toContain(
      'by-short-name /etc/app.conf:1 db1 db1.corp.example=10.1.2.3@admin db1=10.1.2.3@admin',
    );
  });
});

test('only relations that are asked for count, on the way as well as at its end', async () => {
  await withFleet(FLEET, async (engine) => {
    expect(found(await look(engine, ['db1.corp.example'], { match: 'contained' }))).toEqual([]);
    expect(found(await look(engine, ['db1.corp.example'], { match: 'exact', roles: ['owns'] }))).toEqual([]);
  });
});

describe("a system's own names and addresses", () => {
  const own: readonly FrameSketch[] = [
    {
      system: 'guest',
      at: 1,
      features: LIVE,
      entries: [
        isCalled('db1'),
        ownsAddress('lo', '127.0.0.1/8', '::1/128'),
        ownsAddress('eth0', '10.1.2.3/24', 'fe80::1/64', '2001:db8::3/64'),
        ownsAddress('docker0', '172.17.0.1/16'),
        file('/etc/hosts', '127.0.0.1 localhost\n127.0.1.1 db1.corp.example db1\n'),
      ],
    },
    { system: 'client', at: 1, entries: [file('/etc/app.conf', '[2001:db8::3]:5432 172.17.0.1 fe80::1\n')] },
    { system: 'other', at: 1, entries: [file('/etc/hosts', '127.0.0.1 localhost\n127.0.1.1 other\n')] },
    { system: 'named', at: 1, entries: [file('/etc/app.conf', 'db1.corp.example\n')] },
  ];

  test.each(['db1', 'guest', 'db1.corp.example'])('%s is known by them', async (name) => {
    await withFleet(own, async (engine) => {
      const all = found(await look(engine, [name]));
      expect(all).toContain(`client /etc/app.conf:1 2001:db8::3 ${name}=2001:db8::3@guest`);
      expect(all.filter((one) => one.startsWith('client '))).toHaveLength(1);
      expect(all.filter((one) => one.startsWith('other '))).toEqual([]);
    });
  });

  test('they are found from the address', async () => {
    await withFleet(own, async (engine) => {
      expect(found(await look(engine, ['2001:db8::3'], { names: true }))).toContain(
        'named /etc/app.conf:1 db1.corp.example db1.corp.example=2001:db8::3@guest',
      );
    });
  });

  test('the name that a system has of its own is owned by it', async () => {
    await withFleet(own, async (engine) => {
      const answer = await look(engine, ['db1'], { roles: ['owns'], match: 'exact' });
      expect(found(answer)).toEqual([
        'guest eth0 10.1.2.3 db1=10.1.2.3@guest',
        'guest eth0 2001:db8::3 db1=2001:db8::3@guest',
        'guest os db1',
      ]);
    });
  });
});

test('addresses that are not of one machine lead nowhere', async () => {
  const blocked = ['0.0.0.0 ads.example', '127.0.0.1 ads.example', '::1 ads.example', 'ff02::1 ads.example'];
  const sketches = [
    { system: 'a', at: 1, entries: [file('/etc/hosts', `${blocked.join('\n')}\n`)] },
    { system: 'b', at: 1, entries: [file('/etc/b', 'listen 0.0.0.0\n127.0.0.1\n::1\n')] },
  ];
  await withFleet(sketches, async (engine) => {
    expect(found(await look(engine, ['ads.example'], { names: true }))).toEqual(
      [1, 2, 3, 4].map((line) => `a /etc/hosts:${line} ads.example`),
    );
    expect(found(await look(engine, ['127.0.0.1'], { names: true }))).toHaveLength(2);
  });
});

test('only lines of the form of hosts files say so', async () => {
  const sketches = [
    {
      system: 'a',
      at: 1,
      entries: [
        file(
          '/etc/hosts',
          '10.5.0.1 web = 1\n#10.5.0.2 web\n10.5.0.0/24 web\nweb 10.5.0.3\n10.5.0.4 x#web\n',
        ),
        file('/etc/ansible/hosts', '10.5.0.5 ansible_host=web web\n'),
        file('/home/joe/.ssh/known_hosts', '10.5.0.6 web\n'),
        file('/etc/notes', '10.5.0.7 web\n'),
        file('/etc/hosts.d/site', '10.5.0.8\tweb\r\n'),
      ],
    },
    {
      system: 'b',
      at: 1,
      entries: [file('/etc/b', Array.from({ length: 8 }, (_, i) => `10.5.0.${i + 1}`).join('\n'))],
    },
  ];
  await withFleet(sketches, async (engine) => {
    const fromB = found(await look(engine, ['web'], { match: 'exact' })).filter((one) =>
      one.startsWith('b '),
    );
    expect(fromB).toEqual(['b /etc/b:8 10.5.0.8 web=10.5.0.8@a']);
  });
});

test('a chain holds for the instant or the window that is asked for', async () => {
  const sketches = [
    { system: 'admin', at: 1, entries: [file('/etc/hosts', '10.1.2.3 db1\n')] },
    { system: 'client', at: 1, entries: [file('/etc/c', '10.1.2.3\n')] },
    { system: 'admin', at: 3, entries: [file('/etc/hosts', '10.9.9.9 db1\n')] },
    { system: 'client', at: 4, entries: [file('/etc/c', 'nothing\n')] },
  ];
  await withFleet(sketches, async (engine) => {
    const day = (at: number) => new Date(instant(at));
    const client = async (options: { at: Date | null; from?: Date }) =>
      found(await look(engine, ['db1'], options)).filter((one) => one.startsWith('client '));
    const seen = ['client /etc/c:1 10.1.2.3 db1=10.1.2.3@admin'];
    expect(await client({ at: day(2) })).toEqual(seen);
    expect(await client({ at: day(3) })).toEqual([]);
    expect(await client({ at: null })).toEqual([]);
    expect(await client({ at: null, from: day(2) })).toEqual(seen);
    expect(await client({ at: null, from: day(3) })).toEqual([]);
  });
});

test('a large hosts file, and names that lead in a circle, come to an end', async () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255} h${i} all`,
  );
  const circle = '192.0.2.1 a b\n192.0.2.2 b c\n192.0.2.3 c a\n';
  const sketches = [
    { system: 'large', at: 1, entries: [file('/etc/hosts', `${lines.join('\n')}\n${circle}`)] },
    { system: 'client', at: 1, entries: [file('/etc/settings', '10.0.4.0\nh19999\n192.0.2.2\n')] },
  ];
  await withFleet(sketches, async (engine) => {
    const answer = await look(engine, ['h1024', '10.0.78.31', 'all', 'a'], { names: true });
    expect(found(answer, 0)).toContain('client /etc/settings:1 10.0.4.0 h1024=10.0.4.0@large');
    expect(found(answer, 1)).toContain('client /etc/settings:2 h19999 h19999=10.0.78.31@large');
    expect(answer.notices).toMatchObject([{ code: 'names-limited' }]);
    expect(found(answer, 3).filter((one) => one.startsWith('client '))).toEqual([]);
    const followed = found(await look(engine, ['b'], { names: true }));
    expect(followed).toContain('client /etc/settings:3 192.0.2.2 b=192.0.2.2@large');
  });
});
