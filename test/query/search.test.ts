// Answers over a real index: their shape, evidence, marks and counts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Answer } from '../../schemas/answer.ts';
import { ask, FLEET, withFleet } from './setting.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../schemas/json/answer.1.json'), 'utf8'),
) as object;
const isAnswer = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

const QUERIES = [
  '',
  'nginx',
  '-nginx',
  '10.20.30.40',
  'os:debian',
  '"max_connections = 100"',
  'foo:bar (',
  'kind:vm',
];

test.each(QUERIES)('the answer to %j has the published shape', async (query) => {
  await withFleet(FLEET, async (engine) => {
    const answer = await ask(engine, query);
    expect(Answer.parse(answer)).toEqual(answer);
    expect(isAnswer(JSON.parse(JSON.stringify(answer)))).toBe(true);
    expect(answer.query).toBe(query);
  });
});

/** Names of the systems that answer a query. */
async function namesFor(query: string): Promise<string[]> {
  return withFleet(FLEET, async (engine) =>
    (await ask(engine, query)).systems.map(({ system }) => system.name).sort(),
  );
}

test.each([
  ['', ['cut1', 'db1', 'web1']],
  ['nginx', ['web1']],
  ['NGINX package:nginx', ['web1']],
  ['-nginx', ['db1']],
  ['-nginx -os:alpine', ['db1']],
  ['os:debian', ['db1', 'web1']],
  ['os:debian OR os:alpine', ['cut1', 'db1', 'web1']],
  ['os:debian (nginx OR postgresql) -kind:vm', ['web1']],
  ['max_connections', ['cut1', 'db1']],
  ['"max_connections = 100"', ['db1']],
  ['10.20.30.40', ['web1']],
  ['10.20.0.0/16', ['web1']],
  ['10.20.30.40:5432', ['web1']],
  ['10.20.30.40:80', []],
  ['db1.example.com', ['web1']],
  ['/etc/hosts', ['web1']],
  ['path:/etc/*.conf', ['db1', 'web1']],
  ['path:/etc/a*.conf', ['web1']],
  ['version:13.*', ['db1']],
  ['system:db1', ['db1']],
  ['foo:bar', []],
])('%j finds %j', async (query, names) => expect(await namesFor(query)).toEqual(names));

describe('evidence', () => {
  test('a line of a file, with every mark on it', async () => {
    await withFleet(FLEET, async (engine) => {
      const { systems } = await ask(engine, 'shared_buffers postgresql');
      const line = systems[0]?.evidence.find(({ line: number }) => number === 2);
      expect(line).toMatchObject({
        feature: 'file',
        path: '/etc/postgresql/postgresql.conf',
        snippet: 'shared_buffers = 128MB',
        marks: [[0, 14]],
        validFrom: '2026-01-02T12:00:00.000Z',
        validTo: null,
      });
    });
  });

  test('marks mark what was asked', async () => {
    await withFleet(FLEET, async (engine) => {
      for (const [query, marked] of [
        ['nginx', 'nginx'],
        ['package:nginx', 'nginx'],
        ['os:debian', 'debian'],
        ['path:/etc/hosts', '/etc/hosts'],
        ['owner:root', 'root'],
        ['scalable', 'scalable'],
        ['"LISTEN"  localhost', 'localhost'],
      ] as const) {
        for (const { evidence } of (await ask(engine, query)).systems) {
          expect(evidence.length).toBeGreaterThan(0);
          for (const { snippet, marks } of evidence)
            expect(marks.map(([start, end]) => snippet.slice(start, end).toLowerCase())).toContain(marked);
        }
      }
    });
  });

  test('the address that is nearest to what was asked stands first', async () => {
    await withFleet(FLEET, async (engine) => {
      const { systems } = await ask(engine, '10.20.30.40');
      expect(systems[0]?.evidence).toContainEqual(
        expect.objectContaining({
          path: '/etc/app.conf',
          line: 3,
          snippet: 'db = 10.20.30.40:5432',
          marks: [[5, 16]],
          address: '10.20.30.40',
          relation: 'exact',
          role: 'references',
        }),
      );
    });
  });

  test('is limited, and what is left out is counted', async () => {
    await withFleet(FLEET, async (engine) => {
      const all = await ask(engine, 'path:/etc/*');
      const one = await ask(engine, 'path:/etc/*', { evidence: 1 });
      for (const [index, { evidence, moreEvidence }] of one.systems.entries()) {
        expect(evidence).toHaveLength(1);
        expect(evidence.length + moreEvidence).toBe(all.systems[index]?.evidence.length);
      }
    });
  });
});

test('pages follow one another', async () => {
  await withFleet(FLEET, async (engine) => {
    const whole = await ask(engine, '');
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer = await ask(engine, '', { limit: 2, cursor });
      expect(page.total).toEqual({ systems: 3, relation: 'exact' });
      seen.push(...page.systems.map(({ system }) => system.id));
      ({ cursor } = page);
    } while (cursor !== null);
    expect(seen).toEqual(whole.systems.map(({ system }) => system.id));
  });
});

test('as of an instant: `at:` of the query before the option', async () => {
  await withFleet(FLEET, async (engine) => {
    const at = new Date('2026-01-02T00:00:00Z');
    const option = await ask(engine, '', { at });
    expect(option.at).toBe(at.toISOString());
    expect(option.systems.map(({ system }) => system.name)).toEqual(['web1']);
    expect(option.coverage).toMatchObject({ complete: true, inScope: 1 });
    const query = await ask(engine, 'at:2026-01-02', { at });
    expect(query.at).toBe('2026-01-02T23:59:59.999Z');
    expect(query.total.systems).toBe(2);
  });
});

test('coverage is in every answer, an empty one above all', async () => {
  await withFleet(FLEET, async (engine) => {
    const { total, coverage } = await ask(engine, 'nowhere');
    expect(total.systems).toBe(0);
    expect(coverage).toMatchObject({ complete: false, inScope: 3, answered: 3, partial: 1 });
    expect(coverage.gaps).toEqual([
      {
        system: 'rootfs:host1/srv/cut1',
        status: 'partial',
        code: 'UNFOLD_UNREADABLE',
        reason: 'UNFOLD_UNREADABLE: /srv/private',
        lastFrame: '2026-01-03T12:00:00.000Z',
      },
    ]);
  });
});
