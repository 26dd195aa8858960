// The order of Alpine's versions: number{.number}{letter}{_suffix{number}}{~hash}{-r#}, as apk-package(5) has it.
import { compareTokens, type Token } from './tokens.ts';

/**
 * In rising order. What does not follow the form counts up to where it departs from it, and there as a little less
 * than nothing: as apk has it, two versions that depart at one place are the same.
 */
const RANKS = [
  'alpha',
  'beta',
  'pre',
  'rc',
  'departure',
  'end',
  'revision',
  'hash',
  'suffix number',
  'cvs',
  'svn',
  'git',
  'hg',
  'p',
  'letter',
  'number that begins with zero',
  'number',
] as const;

const FORM =
  /^(\d+)((?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)(?![a-z])\d*)*)(~[0-9a-f]+)?(-r\d+)?/;

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`. Any text is taken for a version. */
export function compareApkVersions(a: string, b: string): number {
  return compareTokens(tokens(a.trim()), tokens(b.trim()), RANKS.indexOf('end'));
}

function token(name: (typeof RANKS)[number], text: string, digits: boolean): Token {
  return { rank: RANKS.indexOf(name), text, digits };
}

function tokens(text: string): Token[] {
  const [whole = '', first, numbers = '', letter, suffixes = '', hash, revision] = FORM.exec(text) ?? [];
  const found = [
    first === undefined ? [] : token('number', first, true),
    [...numbers.matchAll(/\d+/g)].map(([number]) => further(number)),
    letter ? token('letter', letter, false) : [],
    [...suffixes.matchAll(/_([a-z]+)(\d*)/g)].flatMap(([, name = '', number = '']) => suffix(name, number)),
    hash === undefined ? [] : token('hash', hash, false),
    revision === undefined ? [] : token('revision', revision.slice(2), true),
  ].flat();
  return whole === text && text !== '' ? found : [...found, token('departure', '', false)];
}

/** After the first number, one that begins with zero compares as the decimals of a fraction do. */
function further(number: string): Token {
  return number.startsWith('0')
    ? token('number that begins with zero', number, false)
    : token('number', number, true);
}

function suffix(name: string, number: string): Token[] {
  const known = RANKS.find((rank) => rank === name);
  if (known === undefined) return [];
  const numbered = number === '' ? [] : [token('suffix number', number, true)];
  return [token(known, '', false), ...numbered];
}
