// How an answer is put together: systems by a tree of leaves, in order, with evidence, facets and pages.
import { expect, test } from '@jest/globals';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { file, installed, os } from './frames.ts';
import {
  ALL_FACETS,
  apply,
  field,
  names,
  NO_SIGNAL,
  plan,
  search,
  withEngine,
  word,
  type OpenEngine,
} from './setting.ts';

async function fill(engine: SearchEngine): Promise<void> {
  const redis = file('/etc/redis.conf', 'bind db');
  await apply(engine, { system: 'a', at: 1, entries: [os('debian'), installed('nginx'), redis] });
  await apply(engine, {
    system: 'b',
    at: 2,
    entries: [os('debian'), file('/usr/share/doc/db', 'about redis')],
  });
  await apply(engine, { system: 'c', at: 3, entries: [os('alpine'), installed('nginx')] });
}

export function answerConformance(open: OpenEngine): void {
  test.each([
    ['and', { and: [word('redis'), word('db')] }, ['a', 'b']],
    ['and joins at the system', { and: [word('nginx'), word('db')] }, ['a']],
    ['or', { or: [word('nginx'), word('about')] }, ['a', 'b', 'c']],
    ['not', { not: word('redis') }, ['c']],
    ['and not', { and: [field('package', 'nginx'), { not: word('bind') }] }, ['c']],
    ['not not', { not: { not: word('redis') } }, ['a', 'b']],
    ['all', { all: true as const }, ['a', 'b', 'c']],
    ['an empty and', { and: [] }, ['a', 'b', 'c']],
    ['an empty or', { or: [] }, []],
    ['nested', { or: [{ and: [word('nginx'), { not: word('bind') }] }, word('about')] }, ['b', 'c']],
  ])('%s', async (_, where, expected) => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect((await names(engine, where)).sort()).toEqual(expected);
      expect((await search(engine, where)).total).toBe(expected.length);
    });
  });

  test('says as of when, from which frame, and which leaves a fact satisfied', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      const where = { and: [field('package', 'nginx'), { not: word('redis') }, word('alpine')] };
      const [hit] = (await search(engine, where)).systems;
      expect(hit).toMatchObject({ asOf: '2026-01-03T12:00:00.000Z', frame: 'complete', moreFacts: 0 });
      expect(hit!.facts.map(({ key, leaves }) => [key, leaves])).toEqual([
        ['os', [2]],
        ['deb:nginx:amd64', [0]],
      ]);
    });
  });

  test('gives as evidence only what put the system into the answer', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      const where = { or: [{ and: [word('redis'), word('missing')] }, word('db')] };
      const { systems } = await search(engine, where);
      expect(systems.flatMap(({ facts }) => facts.map(({ leaves }) => leaves))).toEqual([[2], [2]]);
    });
  });

  test('puts the rare before the common, and configuration before documentation', async () => {
    await withEngine(open, async (engine) => {
      await fill(engine);
      expect(await names(engine, word('redis'))).toEqual(['a', 'b']);
      const { systems } = await search(engine, { or: [word('nginx'), word('about')] });
      expect(systems.map(({ system }) => system.name)).toEqual(['a', 'c', 'b']);
      expect(systems[0]!.score).toBe(systems[1]!.score);
    });
  });

  test('lists the best fact of each leaf first, then the rest, and counts what it leaves out', async () => {
    await withEngine(open, async (engine) => {
      const docs = ['a', 'b', 'c'].map((name) => file(`/usr/share/doc/${name}`, 'apple'));
      const etc = ['y', 'x'].map((name) => file(`/etc/${name}`, 'apple'));
      await apply(engine, {
        system: 'a',
        at: 1,
        entries: [...docs, ...etc, file('/usr/share/doc/z', 'pear')],
      });
      const where = { and: [word('apple'), word('pear')] };
      const shown = async (evidence: number | null) => {
        const [hit] = (await search(engine, where, { evidence })).systems;
        return [...hit!.facts.map(({ key }) => key), hit!.moreFacts];
      };
      expect(await shown(0)).toEqual([6]);
      expect(await shown(1)).toEqual(['/etc/x', 5]);
      expect(await shown(2)).toEqual(['/etc/x', '/usr/share/doc/z', 4]);
      expect(await shown(4)).toEqual(['/etc/x', '/usr/share/doc/z', '/etc/y', '/usr/share/doc/a', 2]);
      const all = [
        '/etc/x',
        '/usr/share/doc/z',
        '/etc/y',
        '/usr/share/doc/a',
        '/usr/share/doc/b',
        '/usr/share/doc/c',
      ];
      expect(await shown(null)).toEqual([...all, 0]);
    });
  });

  test('counts distinct systems by facet, and the values beyond those listed', async () => {
    await withEngine(open, async (engine) => {
      const files = ['/etc/a', '/etc/b', '/opt/a', '/vmlinuz'].map((path) => file(path, 'apple'));
      const packages = ['nginx', 'redis', 'zsh'].map((name) => installed(name));
      await apply(engine, { system: 'a', at: 1, entries: [os('debian'), ...packages, ...files] });
      await apply(engine, {
        system: 'b',
        at: 1,
        entries: [os('debian'), installed('zsh'), file('/etc/x/y', 'apple')],
      });
      await apply(engine, {
        system: 'c',
        at: 1,
        entries: [os('alpine'), installed('only'), file('/etc/a', 'pear')],
      });
      const { facets } = await search(engine, word('apple'), { facets: ALL_FACETS, limit: 1 });
      expect(facets).toEqual([
        { field: 'kind', buckets: [{ value: 'host', systems: 2 }], more: 0 },
        { field: 'os', buckets: [{ value: 'debian', systems: 2 }], more: 0 },
        {
          field: 'package',
          buckets: [
            { value: 'zsh', systems: 2 },
            { value: 'nginx', systems: 1 },
          ],
          more: 1,
        },
        {
          field: 'directory',
          buckets: [
            { value: '/', systems: 1 },
            { value: '/etc', systems: 1 },
          ],
          more: 2,
        },
        { field: 'feature', buckets: [{ value: 'file', systems: 2 }], more: 0 },
      ]);
    });
  });

  test('pages through every system once, in the order of the whole answer', async () => {
    await withEngine(open, async (engine) => {
      for (let number = 0; number < 11; number++) {
        const entries = [file(number % 3 === 0 ? '/etc/a' : '/usr/share/doc/a', 'apple')];
        await apply(engine, { system: `s${number}`, at: 1, entries });
      }
      const whole = await search(engine, word('apple'));
      expect(whole.cursor).toBeNull();
      const paged: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page = await search(engine, word('apple'), { limit: 4, cursor });
        expect(page.total).toBe(11);
        paged.push(...page.systems.map(({ system }) => system.name));
        cursor = page.cursor;
        pages += 1;
      } while (cursor !== null);
      expect(paged).toEqual(whole.systems.map(({ system }) => system.name));
      expect(pages).toBe(3);
    });
  });

  test('a system that no frame touches between pages is listed once, whatever else arrives', async () => {
    await withEngine(open, async (engine) => {
      const apple = (path: string) => [file(path, 'apple')];
      const path = (number: number) => (number % 3 === 0 ? '/etc/a' : '/usr/share/doc/a');
      for (let number = 0; number < 12; number++)
        await apply(engine, {
          system: `s${String(number).padStart(2, '0')}`,
          at: 1,
          entries: apple(path(number)),
        });
      const where = { or: [word('apple'), word('pear')] };
      // What arrives makes the word rarer, and then more common.
      const arriving = [
        [0, 1, 2].map((number) => ({ system: `s0${number}`, at: 2, entries: [os('debian')] })),
        [0, 1, 2].map((number) => ({ system: `new${number}`, at: 2, entries: apple('/etc/a') })),
        [3, 4, 5, 6].map((number) => ({ system: `more${number}`, at: 2, entries: [os('debian')] })),
      ];
      const listed: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await search(engine, where, { limit: 3, cursor });
        listed.push(...page.systems.map(({ system }) => system.name));
        cursor = page.cursor;
        for (const sketch of arriving.shift() ?? []) await apply(engine, sketch);
      } while (cursor !== null);
      const untouched = [3, 4, 5, 6, 7, 8, 9, 10, 11].map((number) => `s${String(number).padStart(2, '0')}`);
      for (const name of untouched)
        expect([name, listed.filter((one) => one === name).length]).toEqual([name, 1]);
    });
  });

  test('refuses a cursor that is none, and that of another query', async () => {
    await withEngine(open, async (engine) => {
      const refused = { code: 'UNFOLD_QUERY_INVALID' };
      const nonsense = engine.search(plan({ all: true }, { cursor: 'bm9uc2Vuc2U' }), NO_SIGNAL);
      await expect(nonsense).rejects.toMatchObject(refused);
      for (const system of ['a', 'b']) await apply(engine, { system, at: 1, entries: [os('debian')] });
      const { cursor } = await search(engine, { all: true }, { limit: 1 });
      await expect(search(engine, word('debian'), { limit: 1, cursor })).rejects.toMatchObject(refused);
    });
  });

  test('rejects with the reason of an abort', async () => {
    await withEngine(open, async (engine) => {
      const aborted = AbortSignal.abort(new Error('enough'));
      await expect(engine.search(plan({ all: true }), aborted)).rejects.toThrow('enough');
      await expect(engine.systems(null, aborted)).rejects.toThrow('enough');
    });
  });

  test('answers an empty index with nothing', async () => {
    await withEngine(open, async (engine) => {
      expect(await search(engine, { all: true }, { facets: ALL_FACETS })).toMatchObject({
        total: 0,
        systems: [],
      });
      expect(await engine.systems(null, NO_SIGNAL)).toEqual([]);
    });
  });
}
