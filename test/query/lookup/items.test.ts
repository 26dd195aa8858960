// What can be asked for: every notation, ports with and without a host, batches; and what is refused.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Reconciliation, MatchMode, Relation, Role } from '../../../schemas/answer.ts';
import { MATCH_MODES, RECONCILIATIONS, RELATIONS, ROLES } from '../../../query/lookup/choices.ts';
import { portsIn } from '../../../query/lookup/ports.ts';
import { parseTerms } from '../../../query/lookup/term.ts';
import { file } from '../../conformance/search-engine/frames.ts';
import { withFleet } from '../setting.ts';
import { found, LIVE, look, socket, systemsOf } from './asking.ts';

test('the choices are those of the schema', () => {
  expect(RELATIONS).toEqual(Relation.options);
  expect(MATCH_MODES).toEqual(MatchMode.options);
  expect(ROLES).toEqual(Role.options);
  expect(RECONCILIATIONS).toEqual(Reconciliation.options);
});

describe('an item is', () => {
  test.each<[string, object]>([
    ['10.1.2.3', { kind: 'address', port: null }],
    [' 10.1.2.3:5432 ', { kind: 'address', port: 5432 }],
    ['10.1.2.3#53', { kind: 'address', port: 53 }],
    ['[2001:db8::1]:443', { kind: 'address', port: 443 }],
    ['2001:db8::1:443', { kind: 'address', port: null }],
    ['10.1.2.0/24', { kind: 'address', port: null }],
    ['10.1.2.1-9', { kind: 'address', port: null }],
    ['10.1.2.0 255.255.255.0', { kind: 'address', port: null }],
    ['3.2.1.10.in-addr.arpa', { kind: 'address', port: null }],
    [':5432', { kind: 'port', port: 5432 }],
    ['port:22', { kind: 'port', port: 22 }],
    ['PORT:22', { kind: 'port', port: 22 }],
    ['DB1.Corp.Example.', { kind: 'name', name: 'db1.corp.example', port: null }],
    ['db1:5432', { kind: 'name', name: 'db1', port: 5432 }],
    ['_sip._tcp.example', { kind: 'name', name: '_sip._tcp.example', port: null }],
    ['3com.example', { kind: 'name', name: '3com.example', port: null }],
    ['bücher.example', { kind: 'name', name: 'bücher.example', port: null }],
  ])('%s', (text, term) => {
    expect(parseTerms([text])).toMatchObject([term]);
  });

  test.each([
    ...[
      '',
      ' ',
      '10.1.2.300',
      '1.2.3.4.5',
      '5432',
      ':0',
      ':65536',
      '10.1.2.3:70000',
      'db1:99999',
      '-x',
      'a..b',
      'a b',
    ],
    ...[
      '10.1.2.3/33',
      'http://db1/',
      'user@db1',
      '52:54:00:12:34:56',
      `${'a'.repeat(64)}.example`,
      'x'.repeat(300),
    ],
  ])('not %j', async (text) => {
    await withFleet([], async (engine) => {
      await expect(look(engine, ['10.1.2.3', 'db1', text, 'also wrong'])).rejects.toMatchObject({
        code: 'UNFOLD_QUERY_INVALID',
        place: { parameter: 'asked', index: 2, span: [0, text.length] },
      });
    });
  });

  test('told to be one or refused, whatever is written', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc
        .array(fc.constantFrom('1', '0', '.', ':', '[', ']', '/', '-', '#', '@', 'a', '%', '\\', ' '), {
          maxLength: 24,
        })
        .map((some) => some.join('')),
    );
    fc.assert(
      fc.property(nasty, (text) => {
        try {
          expect(parseTerms([text])).toHaveLength(1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'UNFOLD_QUERY_INVALID' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test('a thousand items and no more', () => {
  const asked = Array.from({ length: 1001 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  expect(parseTerms(asked.slice(1))).toHaveLength(1000);
  expect(() => parseTerms(asked)).toThrow(expect.objectContaining({ code: 'UNFOLD_QUERY_TOO_LONG' }));
});

test('a window that ends before it begins is refused', async () => {
  await withFleet([], async (engine) => {
    const window = { from: new Date('2026-01-02'), at: new Date('2026-01-01') };
    await expect(look(engine, ['10.1.2.3'], window)).rejects.toMatchObject({
      code: 'UNFOLD_QUERY_INVALID',
      place: { parameter: 'from' },
    });
  });
});

describe('ports are told by what stands around them', () => {
  test.each([
    ...[
      'host:5432',
      '10.1.2.3:5432',
      '[fe80::1]:5432',
      '*:5432',
      ':5432',
      'localhost:5432/x',
      '127.0.0.1:5432:80',
    ],
    ...['port = 5432', 'port=5432', 'Port 5432', 'port: 5432', '"port": 5432', '"port":5432', 'DB_PORT=5432'],
    ...['--dport 5432', 'listen 5432;', 'listen  5432', '8080:5432'],
  ])('%s', (text) => {
    expect(portsIn(`x ${text} y`, 5432).map(({ range }) => `x ${text} y`.slice(...range))).toEqual(['5432']);
  });

  test.each([
    ...[
      '12:54',
      '12:54:01',
      '01:12:54',
      '52:54:00:12:ab:54',
      '2001:db8::54',
      'fe80::54:1',
      'port 540',
      'port 5.54',
    ],
    ...['54', 'version 54', 'x:540', 'x:54a'],
  ])('not %s', (text) => {
    expect(portsIn(`x ${text} y`, 54)).toEqual([]);
  });
});

const FLEET = [
  {
    system: 's',
    at: 1,
    features: LIVE,
    entries: [
      file('/etc/a', 'db = 10.1.2.3:5432\nother = 10.1.2.3:80, 10.1.2.4:5432\nplain = 10.1.2.3\n'),
      file('/etc/b', 'host=10.1.2.3 port=5432\nallow 10.1.2.0/24 dport 5432\ndb1:5432 db1:80 db1\n'),
      file('/etc/c', 'at 54:32 or 5432 things\n'),
      socket('10.1.2.3:5432'),
      socket('10.1.2.3:40000', '10.1.2.9:5432'),
      socket('10.1.2.3:80'),
    ],
  },
];

test('an address with a port is found where both are written, or meet in a socket', async () => {
  await withFleet(FLEET, async (engine) => {
    expect(found(await look(engine, ['10.1.2.3:5432']))).toEqual([
      's /etc/a:1 10.1.2.3',
      's /etc/b:1 10.1.2.3',
      's /etc/b:2 10.1.2.0/24',
      's tcp 10.1.2.3:5432 - 10.1.2.3',
    ]);
    expect(found(await look(engine, ['10.1.2.0/24:5432'], { roles: ['connects-to'] }))).toEqual([
      's tcp 10.1.2.3:40000 10.1.2.9:5432 10.1.2.9',
    ]);
    expect(found(await look(engine, ['db1:80']))).toEqual(['s /etc/b:3 db1']);
  });
});

test('a port alone is found wherever it is one', async () => {
  await withFleet(FLEET, async (engine) => {
    const answer = await look(engine, [':5432']);
    expect(found(answer)).toEqual([
      ...['s /etc/a:1 :5432', 's /etc/a:2 :5432', 's /etc/b:1 :5432', 's /etc/b:2 :5432', 's /etc/b:3 :5432'],
      ...['s tcp 10.1.2.3:40000 10.1.2.9:5432 :5432', 's tcp 10.1.2.3:5432 - :5432'],
    ]);
    const roles = systemsOf(answer)[0]?.evidence.map(({ role }) => role);
    expect(new Set(roles)).toEqual(new Set(['references', 'listens', 'connects-to']));
  });
});

test('a batch answers each item as if it were alone, and what is asked twice twice', async () => {
  const asked = [
    '10.1.2.3',
    ':5432',
    'db1',
    '10.1.2.3',
    '10.1.2.0/24',
    'db1:80',
    '10.1.2.3:80',
    '192.0.2.1',
    'DB1.',
  ];
  await withFleet(FLEET, async (engine) => {
    const batch = await look(engine, asked, { names: true });
    expect(batch.lookups.map((one) => one.asked)).toEqual(asked);
    for (const [index, one] of asked.entries()) {
      const [alone] = (await look(engine, [one], { names: true })).lookups;
      expect(batch.lookups[index]).toEqual(alone);
    }
  });
});

test('a name is listed at every place, however many there are, and as it is written', async () => {
  const text = 'DB1 db1.x x-db1 ÉCOLE\nle db1\n'.repeat(6000);
  await withFleet([{ system: 's', at: 1, entries: [file('/etc/a', text)] }], async (engine) => {
    const answer = await look(engine, ['db1', 'école']);
    expect(systemsOf(answer)[0]?.evidence).toHaveLength(12_000);
    expect(systemsOf(answer, 1)[0]?.evidence).toHaveLength(6000);
    expect(systemsOf(answer, 1)[0]?.evidence[0]).toMatchObject({ name: 'ÉCOLE', marks: [[16, 21]] });
  });
});

test('an answer that no machine can hold is refused', async () => {
  const asked = Array.from({ length: 1000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const files = Array.from({ length: 501 }, (_, i) => file(`/etc/${i}`, 'allow 0.0.0.0/0\n'));
  await withFleet([{ system: 's', at: 1, entries: files }], async (engine) => {
    await expect(look(engine, asked)).rejects.toMatchObject({ code: 'UNFOLD_REQUEST_TOO_LARGE' });
    expect(systemsOf(await look(engine, asked, { match: 'exact' }))).toEqual([]);
  });
});
