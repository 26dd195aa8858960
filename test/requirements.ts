// What a machine must offer for some of the tests: without it they are skipped, and say why.
import { test } from '@jest/globals';

/** `test` where the requirement is met; otherwise a skipped test that names it, or an error where all are required. */
export function requirement(name: string, met: boolean, why: string): typeof test {
  if (!met && process.env['UNFOLD_REQUIRE'] === 'all') throw new Error(`${name} is required here: ${why}`);
  return whereFound(name, met, why);
}

/** The same for what no machine has to offer. */
export function whereFound(name: string, met: boolean, why: string): typeof test {
  if (met) return test;
  const skipped = (...[title, ...rest]: Parameters<typeof test>): void =>
    test.skip(`${String(title)} [needs ${name}: ${why}]`, ...rest);
  return Object.assign(skipped, test);
}
