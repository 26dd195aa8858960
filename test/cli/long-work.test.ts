// Progress of long work says how far it is, how fast it goes and how long it will take.
import { expect, test } from '@jest/globals';
import { progressLine } from '../../cli/output/long-work.ts';

test.each([
  [{ done: 0, total: 100, seconds: 1 }, '0/100  0/s'],
  [{ done: 12, total: 100, seconds: 4 }, '12/100  3/s  30 s left'],
  [{ done: 5000, total: 1_000_000, seconds: 10 }, '5000/1000000  500/s  33 min left'],
  [{ done: 1, total: 10_000, seconds: 10 }, '1/10000  0.1/s  27.8 h left'],
])('%j', (at, line) => {
  expect(progressLine(at, String)).toBe(line);
});
