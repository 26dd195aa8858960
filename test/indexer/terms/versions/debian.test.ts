// The order of Debian's versions is dpkg's.
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareDebianVersions } from '../../../../indexer/terms/versions/debian.ts';
import { whereFound } from '../../../requirements.ts';

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
  ['3.0.11-1~deb12u2', '3.0.11', 1],
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
)('a thousand pairs, as dpkg compares them', () => {
  const pairs = fc.sample(fc.tuple(version, version), 1000);
  const ours = pairs.map(([a, b]) => [a, b, Math.sign(compareDebianVersions(a, b))]);
  const orders = ordersOfDpkg(pairs);
  expect(ours).toEqual(pairs.map(([a, b], index) => [a, b, orders[index]]));
});

/** One shell asks dpkg about them all. */
function ordersOfDpkg(pairs: readonly (readonly [string, string])[]): number[] {
  const script = `while read -r a b; do
    if dpkg --compare-versions "$a" lt "$b"; then echo -1
    elif dpkg --compare-versions "$a" eq "$b"; then echo 0
    else echo 1; fi
  done`;
  const input = pairs.map((pair) => `${pair.join(' ')}\n`).join('');
  const { stdout, stderr } = spawnSync('sh', ['-c', script], { input, encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return stdout.trim().split('\n').map(Number);
}
