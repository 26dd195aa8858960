// The order of Python's versions, by the examples of PEP 440.
import { expect, test } from '@jest/globals';
import { comparePep440 } from '../../../../indexer/terms/versions/pep440.ts';

/** In rising order: each comes before all that follow it. */
const RISING = [
  // Refused: before all others, in natural order.
  'banana',
  '1.0-banana-2',
  '1.0-banana-10',
  // PEP 440, "Summary of permitted suffixes and relative ordering" and "Local version identifiers".
  '0.1',
  '1.dev0',
  '1.0.dev456',
  '1.0a1',
  '1.0a2.dev456',
  '1.0a12.dev456',
  '1.0a12',
  '1.0b1.dev456',
  '1.0b2',
  '1.0b2.post345.dev456',
  '1.0b2.post345',
  '1.0rc1.dev456',
  '1.0rc1',
  '1.0',
  '1.0+abc.5',
  '1.0+abc.7',
  '1.0+5',
  '1.0.post456.dev34',
  '1.0.post456',
  '1.0.15',
  '1.1.dev1',
  '1.1',
  '1.10',
  '2013.10',
  '1!1.0',
];

test('versions come in the order of the specification', () => {
  for (const [index, one] of RISING.entries()) {
    for (const [place, other] of RISING.entries()) {
      const order = Math.sign(comparePep440(one, other));
      expect([one, other, order]).toEqual([one, other, Math.sign(index - place)]);
    }
  }
});

test.each([
  ['1.0', '1.0.0'],
  ['v1.0', '1.0'],
  ['1.1RC1', '1.1rc1'],
  ['1.0-1', '1.0.post1'],
  [' 1.0\n', '1.0'],
  ['1.0+ubuntu-1', '1.0+ubuntu.1'],
])('%s and %s are the same', (a, b) => {
  expect(comparePep440(a, b)).toBe(0);
});
