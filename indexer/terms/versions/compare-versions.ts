// Which order versions have: that of their package manager.
import type { Entry, Feature } from '../../../schemas/entries.ts';
import { compareApkVersions } from './apk.ts';
import { compareDebianVersions } from './debian.ts';
import { compareNaturally } from './natural.ts';
import { comparePep440 } from './pep440.ts';
import { compareRpmVersions } from './rpm.ts';
import { compareSemver } from './semver.ts';

/** `natural` is for what no other describes, such as operating systems and kernels. */
export type VersionScheme = 'deb' | 'rpm' | 'apk' | 'semver' | 'pep440' | 'natural';

/**
 * How versions of a scheme compare: negative, zero or positive as `a` is older than, the same as, or newer than `b`. Any
 * two texts compare, none throws, and the order is total: what a scheme refuses has its place too.
 */
const ORDERS: Readonly<Record<VersionScheme, (a: string, b: string) => number>> = {
  deb: compareDebianVersions,
  rpm: compareRpmVersions,
  apk: compareApkVersions,
  semver: compareSemver,
  pep440: comparePep440,
  natural: compareNaturally,
};

/** By the type of a package, which is that of its package URL. */
const TYPES: ReadonlyMap<string, VersionScheme> = new Map([
  ['deb', 'deb'],
  ['rpm', 'rpm'],
  ['apk', 'apk'],
  ['pypi', 'pep440'],
  ['npm', 'semver'],
  ['cargo', 'semver'],
  ['composer', 'semver'],
  ['golang', 'semver'],
  ['hex', 'semver'],
  ['nuget', 'semver'],
  ['pub', 'semver'],
  ['swift', 'semver'],
]);

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`, for any two texts. */
export function compareVersions(scheme: VersionScheme, a: string, b: string): number {
  return ORDERS[scheme](a, b);
}

/** The scheme that versions in an entry follow. */
export function schemeOf(feature: Feature, entry: Entry): VersionScheme {
  const type = feature === 'package' && 'type' in entry ? entry.type : '';
  return TYPES.get(type) ?? 'natural';
}
