// Facts open, hold and end as complete frames say.
import { expect, test } from '@jest/globals';
import type { FileEntry } from '../../../schemas/entries.ts';
import { file, installed, instant, os } from './frames.ts';
import { apply, held, names, search, withEngine, word, type OpenEngine } from './setting.ts';

export function timeConformance(open: OpenEngine): void {
  test('a fact holds from its first frame on and ends with the frame that lacks it', async () => {
    await withEngine(open, async (engine) => {
      const [a, b] = [file('/etc/a', 'apple'), file('/etc/b', 'pear')];
      expect(await apply(engine, { system: 's', at: 1, entries: [a, b] })).toEqual({
        outcome: 'applied',
        opened: 2,
        closed: 0,
        kept: 0,
      });
      expect(await apply(engine, { system: 's', at: 2, entries: [a] })).toEqual({
        outcome: 'applied',
        opened: 0,
        closed: 1,
        kept: 1,
      });
      expect(await apply(engine, { system: 's', at: 3, entries: [a, b] })).toEqual({
        outcome: 'applied',
        opened: 1,
        closed: 0,
        kept: 1,
      });
      const pear = async (at: string | null) => {
        const { systems } = await search(engine, word('pear'), { at });
        return systems[0]?.facts.map(({ validFrom, validTo }) => [validFrom, validTo]) ?? null;
      };
      expect(await pear(instant('2026-01-01T11:59:59.999Z'))).toBeNull();
      expect(await pear(instant(1))).toEqual([[instant(1), instant(2)]]);
      expect(await pear('2026-01-02T11:59:59.999Z')).toEqual([[instant(1), instant(2)]]);
      expect(await pear(instant(2))).toBeNull();
      expect(await pear(instant(3))).toEqual([[instant(3), null]]);
      expect(await pear(null)).toEqual([[instant(3), null]]);
    });
  });

  test('an entry that changes is a new fact; the texts of both are found at their time', async () => {
    await withEngine(open, async (engine) => {
      await apply(engine, { system: 's', at: 1, entries: [file('/etc/a', 'apple')] });
      await apply(engine, { system: 's', at: 2, entries: [file('/etc/a', 'pear')] });
      expect(await names(engine, word('apple'), { at: instant(1) })).toEqual(['s']);
      expect(await names(engine, word('apple'))).toEqual([]);
      expect(await names(engine, { not: word('apple') })).toEqual(['s']);
      expect(
        (await held(engine, 's', instant(1))).map(({ entry }) => (entry as FileEntry).content?.text),
      ).toEqual(['apple']);
    });
  });

  test('what only the file tables say changes without a new fact; a time of change is one', async () => {
    await withEngine(open, async (engine) => {
      const at = (more: Partial<FileEntry>) => [file('/etc/a', 'apple', more)];
      await apply(engine, { system: 's', at: 1, entries: at({ inode: 1 }) });
      const moved = { inode: 2, ctime: '2026-01-01T00:00:00.000Z' };
      expect(await apply(engine, { system: 's', at: 2, entries: at(moved) })).toMatchObject({
        opened: 0,
        kept: 1,
      });
      expect(await held(engine, 's')).toMatchObject([{ entry: moved, validFrom: instant(1) }]);
      const touched = { ...moved, mtime: '2026-01-02T00:00:00.000Z' };
      expect(await apply(engine, { system: 's', at: 3, entries: at(touched) })).toMatchObject({
        opened: 1,
        closed: 1,
      });
      expect(await held(engine, 's')).toMatchObject([{ entry: touched, validFrom: instant(3) }]);
      expect(await held(engine, 's', instant(2))).toMatchObject([{ entry: moved, validTo: instant(3) }]);
    });
  });

  test('the order of names in an entry is no change', async () => {
    await withEngine(open, async (engine) => {
      const { entry } = file('/etc/a', 'apple', { package: { name: 'p', modified: true } });
      const reversed = Object.fromEntries(Object.entries(entry).reverse());
      await apply(engine, { system: 's', at: 1, entries: [{ feature: 'file', key: '/etc/a', entry }] });
      const again = {
        system: 's',
        at: 2,
        entries: [{ feature: 'file' as const, key: '/etc/a', entry: reversed }],
      };
      expect(await apply(engine, again)).toMatchObject({ opened: 0, kept: 1 });
    });
  });

  test('gives back whole entries, by feature and key', async () => {
    await withEngine(open, async (engine) => {
      const odd = file('/etc/odd', 'text', {
        mtime: '2026-01-01T00:00:00Z',
        ctime: '2026-01-01T00:00:00.123456Z',
        path_bytes: '/w==',
        content: {
          text: 'text',
          encoding: 'latin-1',
          compression: 'gzip',
          sha256: 'a'.repeat(64),
          masked: { token: 2 },
        },
      });
      const unknown = { ...os('debian'), entry: { ...os('debian').entry, later: { field: [1, null] } } };
      const entries = [
        odd,
        file('/etc/😀'),
        file('/etc/\uffee'),
        file('/'),
        file('/etc/a-b'),
        file('/etc/a/b'),
        installed('x'),
        unknown,
      ];
      await apply(engine, { system: 's', at: 1, entries });
      const found = await held(engine, 's');
      expect(found.map(({ feature, key }) => [feature, key])).toEqual([
        ['os', 'os'],
        ['file', '/'],
        ['file', '/etc/a-b'],
        ['file', '/etc/a/b'],
        ['file', '/etc/odd'],
        ['file', '/etc/\uffee'],
        ['file', '/etc/😀'],
        ['package', 'deb:x:amd64'],
      ]);
      for (const { key, entry } of found)
        expect(entry).toEqual(entries.find((line) => line.key === key)!.entry);
    });
  });
}
