// What changed in a span of time: facts that began after a system's first frame, and facts that ended.
import { expect, test } from '@jest/globals';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import type { PlanNode } from '../../../schemas/plan.ts';
import { file, installed, instant, os } from './frames.ts';
import {
  ALL_FACETS,
  apply,
  changed,
  field,
  names,
  search,
  withEngine,
  word,
  type OpenEngine,
} from './setting.ts';

/** `SYSTEM KEY FROM-TO` of every fact of the answer in its order; days of January 2026, nothing for what still holds. */
async function spans(
  engine: SearchEngine,
  where: PlanNode,
  more: { at?: string; limit?: number } = {},
): Promise<string[]> {
  const day = (at: string | null) => (at === null ? '' : String(new Date(at).getUTCDate()));
  const { systems } = await search(engine, where, more);
  return systems.flatMap(({ system, facts }) =>
    facts.map(({ key, validFrom, validTo }) => `${system.name} ${key} ${day(validFrom)}-${day(validTo)}`),
  );
}

/** `a` changes on days 2 and 5, `b` never, `c` comes on day 4 and fails on day 6. */
async function fill(engine: SearchEngine): Promise<void> {
  const hosts = file('/etc/hosts', 'first');
  await apply(engine, { system: 'a', at: 1, entries: [os('debian'), installed('nginx', '1'), hosts] });
  await apply(engine, { system: 'b', at: 1, entries: [os('debian'), hosts] });
  const second = file('/etc/hosts', 'second');
  await apply(engine, { system: 'a', at: 2, entries: [os('debian'), installed('nginx', '1'), second] });
  await apply(engine, { system: 'b', at: 3, entries: [os('debian'), hosts] });
  await apply(engine, { system: 'c', at: 4, entries: [os('alpine')] });
  const temporary = file('/tmp/x');
  await apply(engine, { system: 'a', at: 5, entries: [os('debian'), installed('nginx', '2'), temporary] });
  await apply(engine, { system: 'c', at: 6, status: 'failed', problems: [] });
}

export function changeConformance(open: OpenEngine): void {
  test.each<[string, PlanNode, string[]]>([
    ['nothing of a first frame', changed(0, 1), []],
    ['nothing of a later system either', changed(3, 4), []],
    ['what began and what it replaced', changed(1, 2), ['a /etc/hosts 1-2', 'a /etc/hosts 2-5']],
    ['what ended for good', changed(4, 5, 'file'), ['a /etc/hosts 2-5', 'a /tmp/x 5-']],
    ['one feature', changed(0, null, 'package'), ['a deb:nginx:amd64 1-5', 'a deb:nginx:amd64 5-']],
    ['nothing after the last frame', changed(5), []],
    ['nothing between frames', changed(2, 4), []],
    [
      'every change',
      changed(0),
      [
        'a /etc/hosts 1-2',
        'a /etc/hosts 2-5',
        'a deb:nginx:amd64 1-5',
        'a deb:nginx:amd64 5-',
        'a /tmp/x 5-',
      ],
    ],
  ])('a span shows %s', async (_, where, expected) => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect(await spans(engine, where)).toEqual(expected);
    });
  });

  test('a span begins after its first instant and takes in its last', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      const within = (after: string, until: string): PlanNode => ({
        leaf: { leaf: 'changed', after, until },
      });
      const before = '2026-01-02T11:59:59.999Z';
      expect(await names(engine, within(before, instant(2)))).toEqual(['a']);
      expect(await names(engine, within(instant(2), instant(2)))).toEqual([]);
      expect(await names(engine, within(instant(1), before))).toEqual([]);
    });
  });

  test('nothing counts that comes after the instant of the answer', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect(await spans(engine, changed(1), { at: instant(4) })).toEqual([
        'a /etc/hosts 1-2',
        'a /etc/hosts 2-5',
      ]);
      expect(await names(engine, changed(2), { at: instant(4) })).toEqual([]);
      expect(await names(engine, changed(4, 9), { at: instant(5) })).toEqual(['a']);
      expect(await names(engine, changed(0), { at: instant(1) })).toEqual([]);
    });
  });

  test('it joins other conditions at the system, also negated', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect(await names(engine, { not: changed(0) })).toEqual(['b', 'c']);
      expect(await names(engine, { and: [changed(1, 2), word('first')] })).toEqual([]);
      expect(await names(engine, { and: [{ not: changed(1) }, field('os', 'debian')] })).toEqual(['b']);
      expect(await spans(engine, { and: [changed(4), { not: changed(1, 2) }] })).toEqual([]);
      expect((await spans(engine, { or: [changed(4, 5, 'package'), word('alpine')] })).sort()).toEqual([
        'a deb:nginx:amd64 1-5',
        'a deb:nginx:amd64 5-',
        'c os 4-',
      ]);
    });
  });

  test('a fact that does not hold is there for its change alone', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      const where = { and: [changed(4), { or: [word('nginx'), word('second')] }] };
      const [hit] = (await search(engine, where)).systems;
      const leaves = hit!.facts.map(({ key, validTo, leaves: own, text }) => [key, validTo, own, text]);
      expect(leaves).toEqual([
        ['deb:nginx:amd64', null, [0, 1], null],
        ['/etc/hosts', instant(5), [0], null],
        ['deb:nginx:amd64', instant(5), [0], null],
        ['/tmp/x', null, [0], null],
      ]);
    });
  });

  test('an entry that came and went has a fact for each time', async () => {
    await withEngine(open, async (engine) => {
      for (const [at, there] of [true, false, true, false, true].entries())
        await apply(engine, { system: 'a', at: at + 1, entries: there ? [file('/etc/x', 'x')] : [os('x')] });
      expect(await spans(engine, changed(0, null, 'file'))).toEqual([
        'a /etc/x 1-2',
        'a /etc/x 3-4',
        'a /etc/x 5-',
      ]);
      expect(await spans(engine, changed(2, 3, 'file'))).toEqual(['a /etc/x 3-4']);
      expect(await spans(engine, changed(0, null, 'file'), { at: instant(4) })).toEqual([
        'a /etc/x 1-2',
        'a /etc/x 3-4',
      ]);
    });
  });

  test('facets count systems by what changed, and by what they have at the instant', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      const { facets, total } = await search(engine, changed(0), { facets: ALL_FACETS });
      expect(total).toBe(1);
      const values = facets.map(({ field: name, buckets }) => [name, ...buckets.map(({ value }) => value)]);
      expect(values).toEqual([
        ['kind', 'host'],
        ['os', 'debian'],
        ['package', 'nginx'],
        ['directory', '/etc', '/tmp'],
        ['feature', 'file', 'package'],
      ]);
    });
  });
}
