// The order of Alpine's versions is the one apk-package(5) describes.
import { expect, test } from '@jest/globals';
import { compareApkVersions } from '../../../../indexer/terms/versions/apk.ts';

/** In rising order: each comes before all that follow it. */
const RISING = [
  'not a version',
  '0.9.12-r3',
  '0.12',
  '1.0_alpha_pre2',
  '1.0_alpha',
  '1.0_alpha2',
  '1.0_beta',
  '1.0_pre20240101',
  '1.0_rc1-r9',
  '1.0_unknown',
  '1.0',
  '1.0-r0',
  '1.0-r10',
  '1.0~0123abc',
  '1.0_cvs',
  '1.0_svn3',
  '1.0_git20240101-r0',
  '1.0_hg',
  '1.0_p9-r0',
  '1.0_p10-r0',
  '1.0a',
  '1.0b-r1',
  '1.0.0',
  '1.0.1',
  '1.05',
  '1.050',
  '1.06',
  '1.1',
  '1.9',
  '1.10',
  '006',
  '20240101',
];

test('versions come in the order of their form', () => {
  for (const [index, one] of RISING.entries()) {
    for (const [place, other] of RISING.entries()) {
      expect([one, other, Math.sign(compareApkVersions(one, other))]).toEqual([
        one,
        other,
        Math.sign(index - place),
      ]);
    }
  }
});

test.each([
  ['1.0', '1.0'],
  ['6', '006'],
  ['1.0-r1', '1.0-r01'],
  ['1.0_unknown', '1.0_other'],
])('%s and %s are the same', (a, b) => {
  expect(compareApkVersions(a, b)).toBe(0);
});
