// The order of rpm's versions is rpm's own.
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareRpmVersions } from '../../../../indexer/terms/versions/rpm.ts';
import { requirement } from '../../../requirements.ts';

test.each([
  ['1.0', '1.0', 0],
  ['1.0', '1_0', 0],
  ['1.0.', '1.0', 0],
  ['1.05', '1.5', 0],
  ['0:1.0', '1.0', 0],
  [':1.0', '1.0', 0],
  ['1:0.1', '2.0-9', 1],
  ['1.0', '1.0-1', -1],
  ['1.0-', '1.0', 1],
  ['1.0-1.el9', '1.0-1.el10', -1],
  ['3.0.7-24.el9', '3.0.7-24.el9_4.1', -1],
  ['1.0~rc1', '1.0', -1],
  ['1.0^git1', '1.0', 1],
  ['1.0^git1', '1.0.1', -1],
  ['1.0^git1~pre', '1.0^git1', -1],
  ['1.0a', '1.0', 1],
  ['1.0a', '1.0.1', -1],
  ['1.A', '1.a', -1],
  ['20240101', '9.1', 1],
  ['123456789012345678901', '123456789012345678902', -1],
])('%s and %s', (a, b, order) => {
  expect(Math.sign(compareRpmVersions(a, b))).toBe(order);
  expect(Math.sign(compareRpmVersions(b, a))).toBe(order === 0 ? 0 : -order);
});

const pieces = [
  '0',
  '1',
  '9',
  '10',
  '007',
  'a',
  'b',
  'Z',
  'rc',
  'el9',
  '~',
  '^',
  '.',
  '_',
  '+',
  '-',
  ':',
  '..',
  'é',
];
const version = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 })
  .map((parts) => parts.join(''));

const hasRpm = spawnSync('rpm', ['--version']).status === 0;

requirement(
  'rpm',
  hasRpm,
  'it is the reference',
)('three thousand pairs, as rpm compares them', () => {
  const pairs = fc.sample(fc.tuple(version, version), 3000);
  const ours = pairs.map(([a, b]) => [a, b, Math.sign(compareRpmVersions(a, b))]);
  const orders = ordersOfRpm(pairs);
  expect(ours).toEqual(pairs.map(([a, b], index) => [a, b, orders[index]]));
});

/** One rpm compares them all. */
function ordersOfRpm(pairs: readonly (readonly [string, string])[]): number[] {
  const macro = `%{lua: for line in io.stdin:lines() do
    local a, b = line:match("(.*) (.*)")
    io.write(rpm.vercmp(a, b), "\\n")
  end}`;
  const input = pairs.map((pair) => `${pair.join(' ')}\n`).join('');
  const { stdout, stderr } = spawnSync('rpm', ['--eval', macro], { input, encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return stdout.trim().split('\n').map(Number);
}
