// Versions of no known scheme: numbers by size, and what announces a release before it.
import { expect, test } from '@jest/globals';
import { compareNaturally } from '../../../../indexer/terms/versions/natural.ts';

/** In rising order: each comes before all that follow it. */
const RISING = [
  'rolling',
  '5.14.0-427.13.1.el9_4.x86_64',
  '5.14.0-503.el9.x86_64',
  '6.1-rc2',
  '6.1',
  '6.1.0-9-amd64',
  '6.1.0-18-amd64',
  '6.1.0-18-cloud-amd64',
  '6.1a',
  '6.1.1',
  '6.6.0~x',
  '6.6.0-dev',
  '6.6.0-alpha.2',
  '6.6.0beta1',
  '6.6.0-rc1',
  '6.6.0-rc10',
  '6.6.0',
  '9',
  '9.4',
  '9.10',
  '12',
  '12.5',
  '15-SP5',
  '22.04',
  '22.04.3',
  '22.10',
  '20240101',
];

test('versions of operating systems and kernels come in their order', () => {
  for (const [index, one] of RISING.entries()) {
    for (const [place, other] of RISING.entries()) {
      const order = Math.sign(compareNaturally(one, other));
      expect([one, other, order]).toEqual([one, other, Math.sign(index - place)]);
    }
  }
});

test.each([
  ['12', '12.0'],
  ['12.0.0-rc1', '12 RC1'],
  ['15-SP5', '15-sp5'],
  ['06.1', '6.1'],
  ['', '0'],
])('%s and %s are the same', (a, b) => {
  expect(compareNaturally(a, b)).toBe(0);
});
