// The order of Debian's versions is dpkg's.
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareDebianVersions } from '../../../query/compare/debian-version.ts';
import { whereFound } from '../../requirements.ts';

test.each([
  ['1.0', '1.0', 0],
  ['1.0', '1.00', 0],
  ['1.0', '1.0-0', 0],
  ['0:1.0', '1.0', 0],
  ['1:0.1', '2.0', 1],
  ['2:1', '10:1', -1],
  ['1.0~rc1', '1.0', -1],
  ['1.0~~', '1.0~', -1],
  ['1.0~rc1-1', '1.0-1', -1],
  ['1.10', '1.9', 1],
  ['1.0a', '1.0+', -1],
  ['1.0a', '1.0', 1],
  ['1.22.1-9+deb12u1', '1.22.1-9', 1],
  ['1-2-3', '1-2-4', -1],
  ['2.36-9', '2.36-10', -1],
  ['123456789012345678901', '123456789012345678902', -1],
])('%s and %s', (a, b, order) => {
  expect(Math.sign(compareDebianVersions(a, b))).toBe(order);
  expect(Math.sign(compareDebianVersions(b, a))).toBe(order === 0 ? 0 : -order);
});

const part = fc
  .array(fc.constantFrom('0', '1', '9', '10', '00', 'a', 'Z', 'rc', '~', '+', '.', '-'), { maxLength: 6 })
  .map((pieces) => pieces.join(''));
const version = fc
  .tuple(fc.constantFrom('', '0:', '1:', '12:'), fc.constantFrom('0', '1', '2.5'), part)
  .map((pieces) => pieces.join(''))
  // dpkg refuses an empty revision.
  .filter((text) => !text.endsWith('-'));

const hasDpkg = spawnSync('dpkg', ['--version']).status === 0;

whereFound(
  'dpkg',
  hasDpkg,
  'it is the reference',
)('any two versions, as dpkg compares them', () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      const order = Math.sign(compareDebianVersions(a, b));
      const expected = holds(a, 'lt', b) ? -1 : holds(a, 'gt', b) ? 1 : 0;
      expect([a, b, order]).toEqual([a, b, expected]);
    }),
    { numRuns: 150 },
  );
});

function holds(a: string, relation: string, b: string): boolean {
  const { status, stderr } = spawnSync('dpkg', ['--compare-versions', a, relation, b], { encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return status === 0;
}
