// The table of packaged paths is a map.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PackagedPathTable } from '../../crawler/packaged-paths.ts';
import type { PackagedPath } from '../../crawler/extractors/extractor.ts';

test('behaves as a map', () => {
  const path = fc.string({ unit: fc.constantFrom('/', 'a', 'b', 'ü', '🦆'), maxLength: 8 });
  const md5 = fc.option(fc.stringMatching(/^[0-9a-f]{32}$/), { nil: undefined });
  const name = fc.constantFrom('one', 'two', 'three');
  fc.assert(
    fc.property(fc.array(fc.tuple(path, name, md5)), (written) => {
      const table = new PackagedPathTable();
      const map = new Map<string, PackagedPath>();
      for (const [key, owner, sum] of written) {
        const packaged = sum === undefined ? { name: owner } : { name: owner, md5: sum };
        table.set(key, packaged);
        map.set(key, packaged);
      }
      for (const [key] of written) expect(table.get(key)).toEqual(map.get(key));
      expect(table.get('/absent')).toBeUndefined();
      expect(table.sumOf('/absent')).toBe(0);
      for (const [key] of written) {
        const known = map.get(key)?.md5;
        expect(table.ownerOf(key)).toBe(map.get(key)?.name);
        expect(table.sumOf(key)).toBe(known === undefined ? 0 : Number.parseInt(known.slice(3, 16), 16) + 1);
      }
    }),
  );
});

test('holds tens of thousands of like paths, growing', () => {
  const table = new PackagedPathTable();
  const count = 30_000;
  const sum = (n: number): string => n.toString(16).padStart(32, '0');
  const path = (n: number): string => `/usr/share/package-${n % 1000}/file-${n}`;
  for (let n = 0; n < count; n++) table.set(path(n), { name: `p${n % 1000}`, md5: sum(n) });
  let wrong = 0;
  for (let n = 0; n < count; n++) {
    const found = table.get(path(n));
    if (found?.name !== `p${n % 1000}` || found.md5 !== sum(n)) wrong++;
    if (table.get(`${path(n)}x`) !== undefined) wrong++;
  }
  expect(wrong).toBe(0);
});
