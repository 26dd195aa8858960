// Lookups: every place, each with its relation and role, and a coverage that can be relied on.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { LookupAnswer } from '../../../schemas/answer.ts';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { lookup } from '../../../query/lookup/lookup.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { FLEET, withFleet } from '../setting.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../schemas/json/lookup.1.json'), 'utf8'),
) as object;
const isLookup = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

function look(engine: SearchEngine, asked: string[], evidence: number | null = null): Promise<LookupAnswer> {
  return lookup(engine, asked, { at: null, evidence, staleAfterHours: 1_000_000, signal: NO_SIGNAL });
}

/** `PATH:LINE ADDRESS RELATION ROLE` of all evidence, sorted. */
function places(answer: LookupAnswer, index = 0): string[] {
  return (answer.lookups[index]?.systems ?? [])
    .flatMap(({ evidence }) => evidence)
    .map(
      ({ path, key, line, address, relation, role }) =>
        `${path ?? key}:${line ?? ''} ${address} ${relation} ${role}`,
    )
    .sort();
}

test('every place where an address, or what covers it, is written', async () => {
  await withFleet(FLEET, async (engine) => {
    const answer = await look(engine, ['10.20.30.40']);
    expect(LookupAnswer.parse(answer)).toEqual(answer);
    expect(isLookup(JSON.parse(JSON.stringify(answer)))).toBe(true);
    expect(places(answer)).toEqual(
      [
        '/etc/app.conf:3 10.20.30.40 exact references',
        '/etc/app.conf:4 10.20.30.40 exact references',
        '/etc/firewall.rules:1 10.20.0.0/16 containing references',
        '/etc/firewall.rules:2 10.20.30.30-10.20.30.50 containing references',
        '/etc/firewall.rules:3 0.0.0.0/0 containing references',
        '/etc/hosts:2 10.20.30.40 exact references',
        '/usr/share/doc/10.20.30.40: 10.20.30.40 exact references',
      ].sort(),
    );
  });
});

test('a network: what lies inside it, what covers it, what shares a part', async () => {
  await withFleet(FLEET, async (engine) => {
    const answer = await look(engine, ['10.20.30.40/31', '10.20.30.48/29', '10.99.0.0/16']);
    expect(places(answer, 0)).toContain('/etc/app.conf:4 10.20.30.41 contained references');
    expect(places(answer, 1)).toEqual(
      [
        '/etc/firewall.rules:1 10.20.0.0/16 containing references',
        '/etc/firewall.rules:2 10.20.30.30-10.20.30.50 overlapping references',
        '/etc/firewall.rules:3 0.0.0.0/0 containing references',
      ].sort(),
    );
    expect(answer.lookups.map(({ asked }) => asked)).toEqual([
      '10.20.30.40/31',
      '10.20.30.48/29',
      '10.99.0.0/16',
    ]);
  });
});

test('snippets show the line with the address marked', async () => {
  await withFleet(FLEET, async (engine) => {
    const { lookups } = await look(engine, ['10.20.30.40']);
    for (const { snippet, marks, address } of lookups[0]?.systems[0]?.evidence ?? [])
      for (const [start, end] of marks) expect(snippet.slice(start, end)).toBe(address);
  });
});

test('evidence beyond a limit is counted', async () => {
  await withFleet(FLEET, async (engine) => {
    const { lookups } = await look(engine, ['10.20.30.40'], 2);
    expect(lookups[0]?.systems[0]).toMatchObject({ moreEvidence: 5 });
    expect(lookups[0]?.systems[0]?.evidence).toHaveLength(2);
  });
});

test('roles: interfaces own, sockets listen and connect', async () => {
  const connection = (state: 'listening' | 'established', local: string, remote?: string) => ({
    feature: 'connection' as const,
    key: `tcp ${local} ${remote ?? '-'}`,
    entry: {
      transport: 'tcp',
      state,
      local: { ip: local, port: 5432 },
      ...(remote === undefined ? {} : { remote: { ip: remote, port: 4711 } }),
    },
  });
  const frame = {
    system: 'live1',
    at: 1,
    features: ['connection', 'interface', 'file'] as const,
    entries: [
      connection('listening', '10.9.0.1'),
      connection('established', '10.9.0.2', '10.9.0.3'),
      { feature: 'interface' as const, key: 'eth0', entry: { name: 'eth0', ip: ['10.9.0.4/24'] } },
    ],
  };
  await withFleet([frame], async (engine) => {
    const answer = await look(engine, ['10.9.0.0/24']);
    expect(places(answer)).toEqual(
      [
        'eth0: 10.9.0.4 contained owns',
        'eth0: 10.9.0.4/24 exact owns',
        'tcp 10.9.0.1 -: 10.9.0.1 contained listens',
        'tcp 10.9.0.2 10.9.0.3: 10.9.0.2 contained owns',
        'tcp 10.9.0.2 10.9.0.3: 10.9.0.3 contained connects-to',
      ].sort(),
    );
  });
});

test('what is no address is named', async () => {
  await withFleet([], async (engine) => {
    await expect(look(engine, ['10.1.2.3', '10.1.2.300'])).rejects.toMatchObject({
      code: 'UNFOLD_QUERY_INVALID',
      message: expect.stringContaining('10.1.2.300'),
    });
  });
});
