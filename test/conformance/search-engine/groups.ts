// Conditions on one fact, and what is said of systems whose frames do not tell.
import { expect, test } from '@jest/globals';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import type { FactNode, PlanNode } from '../../../schemas/plan.ts';
import { file, installed, os } from './frames.ts';
import { apply, names, search, withEngine, type OpenEngine } from './setting.ts';

const field = (name: string, value: string): FactNode => ({
  leaf: { leaf: 'field', field: name, op: 'is', value },
});
const word = (text: string): FactNode => ({ leaf: { leaf: 'word', word: text, within: 'any' } });

async function fill(engine: SearchEngine): Promise<void> {
  const [db, web] = [file('/etc/db.conf', 'redis on db1'), file('/etc/web.conf', 'nginx on web1')];
  await apply(engine, { system: 'a', at: 1, entries: [os('debian'), db, web, installed('nginx')] });
  const other = file('/etc/db.conf', 'nginx on db1');
  await apply(engine, { system: 'b', at: 1, entries: [os('debian'), other, installed('redis')] });
  const problems = [
    { code: 'UNFOLD_UNREADABLE', extractor: 'tree', path: '/srv/private', message: 'denied' },
  ];
  await apply(engine, { system: 'partial', at: 1, entries: [os('debian'), web], problems });
  await apply(engine, { system: 'files', at: 1, entries: [db], features: ['file'] });
}

function group(where: FactNode, feature: 'file' | 'package' | null = 'file'): PlanNode {
  return { fact: { feature, where } };
}

const DB_CONF = field('path', '/etc/db.conf');

export function groupConformance(open: OpenEngine): void {
  test.each<[string, PlanNode, string[], number]>([
    ['one fact satisfies all of a group', group({ and: [DB_CONF, word('nginx')] }), ['b'], 1],
    ['facts apart do without a group', { and: [DB_CONF, word('nginx')] }, ['a', 'b'], 1],
    ['a group with not', group({ and: [word('db1'), { not: word('redis') }] }), ['b'], 1],
    ['a group of another feature', group(word('nginx'), 'package'), ['a'], 2],
    ['a group of any feature', group(word('nginx'), null), ['a', 'b', 'partial'], 0],
    ['not a group', { not: group({ and: [DB_CONF, word('redis')] }) }, ['b'], 1],
    ['not a word: a partial frame leaves it open', { not: word('redis') }, [], 1],
    ['not a package: unknown without the feature', { not: field('package', 'nginx') }, ['b'], 2],
    ['a package', field('package', 'redis'), ['b'], 2],
    ['known enough', { or: [field('package', 'nginx'), word('db1')] }, ['a', 'b', 'files'], 1],
  ])('%s', async (_, where, expected, unknown) => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect((await names(engine, where)).sort()).toEqual(expected);
      expect(await search(engine, where)).toMatchObject({ total: expected.length, unknown });
    });
  });

  test('only facts that satisfy the whole group are evidence', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      const where = group({ or: [{ and: [DB_CONF, word('redis')] }, { and: [DB_CONF, word('web1')] }] });
      const { systems } = await search(engine, where);
      expect(systems.map(({ system, facts }) => [system.name, facts.map(({ key }) => key)])).toEqual([
        ['a', ['/etc/db.conf']],
        ['files', ['/etc/db.conf']],
      ]);
      expect(systems[0]?.facts[0]?.leaves).toEqual([0, 1, 2]);
    });
  });

  test('a group may ask for a change: of what is no longer there, too', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      await apply(engine, { system: 'a', at: 3, entries: [os('debian'), installed('nginx')] });
      const changed = { leaf: { leaf: 'changed', after: '2026-01-02T00:00:00.000Z', until: null } } as const;
      const gone = await search(engine, group({ and: [DB_CONF, changed] }));
      expect(gone.systems.map(({ system, facts }) => [system.name, facts.map(({ key }) => key)])).toEqual([
        ['a', ['/etc/db.conf']],
      ]);
      expect(await names(engine, group({ and: [word('nothing'), changed] }))).toEqual([]);
      expect(await names(engine, { and: [group(DB_CONF), changed] })).toEqual([]);
    });
  });
}
