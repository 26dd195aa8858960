// The order of Semantic Versioning 2.0.0, as npm has it.
import { createRequire } from 'node:module';
import type parseSemver from 'semver/functions/parse.js';
import type { SemVer } from 'semver';
import { compareParsed } from './parsed.ts';
import { compareDigits } from './tokens.ts';

interface Version {
  readonly version: SemVer;
  /** A fourth number, as NuGet and Composer have it. */
  readonly fourth: string;
}

const FORM = /^[v=\s]*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?![.\d])(.*)$/s;

const require = createRequire(import.meta.url);
let parseWhole: typeof parseSemver | undefined;

/**
 * Negative, zero or positive as `a` is older than, the same as, or newer than `b`. Numbers left out are zero: who asks
 * for `<1.3` means `<1.3.0`.
 */
export const compareSemver = compareParsed(parse, (a: Version, b: Version) => {
  return (
    a.version.compareMain(b.version) || compareDigits(a.fourth, b.fourth) || a.version.comparePre(b.version)
  );
});

function parse(text: string): Version | null {
  // Loaded when the first version is compared: most searches compare none.
  parseWhole ??= require('semver/functions/parse.js') as typeof parseSemver;
  const [, major = '', minor = '0', patch = '0', fourth = '', rest = ''] = FORM.exec(text.trim()) ?? [];
  const version = parseWhole(`${major}.${minor}.${patch}${rest}`, { loose: true });
  return version && { version, fourth };
}
