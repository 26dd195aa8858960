// The order of npm's versions, by the examples of Semantic Versioning and by what people write.
import { expect, test } from '@jest/globals';
import { compareSemver } from '../../../../indexer/terms/versions/semver.ts';

/** In rising order: each comes before all that follow it. */
const RISING = [
  // Refused: before all others, in natural order.
  'latest',
  'workspace-2',
  'workspace-10',
  // Semantic Versioning 2.0.0, sections 9 to 11.
  '0.9.0',
  '1.0.0-0.3.7',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0-x.7.z.92',
  '1.0.0',
  '1.0.0.4-beta',
  '1.0.0.4',
  '1.0.0.10',
  '1.9.0',
  '1.10.0',
  '1.11.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
];

test('versions come in the order of the specification', () => {
  for (const [index, one] of RISING.entries()) {
    for (const [place, other] of RISING.entries()) {
      const order = Math.sign(compareSemver(one, other));
      expect([one, other, order]).toEqual([one, other, Math.sign(index - place)]);
    }
  }
});

test.each([
  ['1.3', '1.3.0'],
  ['2', '2.0.0'],
  ['v1.2.3', '1.2.3'],
  ['1.0.0+20130313144700', '1.0.0+21AF26D3'],
  ['1.0.0', '1.0.0.0'],
])('%s and %s are the same', (a, b) => {
  expect(compareSemver(a, b)).toBe(0);
});
