// Every order of versions is total over all texts, and an entry's package manager says which one holds.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compareVersions,
  schemeOf,
  type VersionScheme,
} from '../../../../indexer/terms/versions/compare-versions.ts';
import type { PackageEntry } from '../../../../schemas/entries.ts';

const SCHEMES: readonly VersionScheme[] = ['deb', 'rpm', 'apk', 'semver', 'pep440', 'natural'];

const pieces =
  '0 1 9 10 00 07 2024 a b Z rc alpha beta dev p r post el9 _p _rc -r v x ~ ^ . .. - _ + : ! é ß 日 x10'.split(
    ' ',
  );
const version = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 7 }).map((parts) => parts.join('')),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('1.0', '1.0.0', '1', '1:1.0', '1.0.1'),
        fc.array(fc.constantFrom(...pieces), { maxLength: 3 }),
      )
      .map(([base, parts]) => base + parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.string() },
);

test.each(SCHEMES)('%s is a total order of all texts', (scheme) => {
  const order = (a: string, b: string): number => Math.sign(compareVersions(scheme, a, b));
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(order(a, a)).toBe(0);
      expect([-1, 0, 1]).toContain(order(a, b));
      expect(order(a, b) + order(b, a)).toBe(0);
      const [low, middle, high] = [a, b, c].sort(order) as [string, string, string];
      expect(order(low, middle)).toBeLessThanOrEqual(0);
      expect(order(middle, high)).toBeLessThanOrEqual(0);
      expect(order(low, high)).toBe(Math.min(order(low, middle), order(middle, high)));
    }),
    { numRuns: 2000 },
  );
});

test.each(SCHEMES)('%s compares very long texts at once', (scheme) => {
  for (const part of ['1', '1.', '.0', '-', 'a', '~', '_p', '0.0a', ' ', 'v', '+', '1!']) {
    const long = part.repeat(50_000);
    const order = compareVersions(scheme, long, `${long}!`);
    expect(Math.sign(compareVersions(scheme, `${long}!`, long)) + Math.sign(order)).toBe(0);
  }
});

test.each([
  ['deb', 'deb'],
  ['rpm', 'rpm'],
  ['apk', 'apk'],
  ['npm', 'semver'],
  ['pypi', 'pep440'],
  ['gem', 'natural'],
])('versions of %s packages compare as %s', (type, scheme) => {
  const entry = { name: 'x', version: '1', type, status: 'installed' } as PackageEntry;
  expect(schemeOf('package', entry)).toBe(scheme);
});

test('versions of operating systems compare naturally', () => {
  expect(schemeOf('os', { version: '12' })).toBe('natural');
  expect(compareVersions('natural', '6.1.0-18-amd64', '6.1.0-9-amd64')).toBeGreaterThan(0);
});
