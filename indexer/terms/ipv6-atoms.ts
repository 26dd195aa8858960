// Finds the IPv6 addresses of a text, one by one, in linear time.
import { isIpv6There } from './address-context.ts';
import { parseIpv6 } from './address-values.ts';
import type { Atom } from './address-values.ts';

const COLON = 58;
const RUN = /[0-9a-f:]+/iy;
/** Longer than an address with a key before and a port after it. */
const LONGEST_RUN = 64;
const DOTTED_TAIL = /(?:\.\d{1,3}){3}(?!\d|\.\d)/y;
const ZONE = /%[a-z0-9](?:[\w.:@-]*\w)?/iy;
/** What `ss` and `netstat` print for port 80 of `::`. */
const UNSPECIFIED_WITH_PORT = /^:::\d{1,5}$/;
/** Eight pairs of digits are a world wide name or a fingerprint. */
const PAIRS = /^(?:[0-9a-f]{2}:){7}[0-9a-f]{2}$/i;
const EIGHT_GROUPS_AND_PORT = /^((?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}):\d{1,5}$/i;

function isHex(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 70) || (unit >= 97 && unit <= 102);
}

function lengthAt(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** What stands before the address in its run: the end of a key (`node:fe80::1`, where the run begins with `de:`). */
function keyLength(text: string, run: string, start: number): number {
  const key = /^[0-9a-f]*:(?!:)/i.exec(run)?.[0].length ?? 0;
  return run.startsWith(':') || /[a-z_]/i.test(text[start - 1] ?? '') ? key : 0;
}

/** The address in a run of hex digits and colons, without the colon or the port after it. */
function withoutTail(run: string): string {
  if (UNSPECIFIED_WITH_PORT.test(run)) return '::';
  const eight = EIGHT_GROUPS_AND_PORT.exec(run)?.[1];
  if (eight !== undefined && /[0-9a-f]{3}/i.test(eight)) return eight;
  return /[^:]:$|^:::$/.test(run) ? run.slice(0, -1) : run;
}

function ipv6Atom(text: string, run: string, runStart: number): Atom | null {
  const key = keyLength(text, run, runStart);
  const start = runStart + key;
  const groups = withoutTail(run.slice(key));
  const tail = groups.endsWith(':') ? 0 : lengthAt(DOTTED_TAIL, text, start + groups.length);
  const token = text.slice(start, start + groups.length + tail);
  const value = PAIRS.test(token) ? null : parseIpv6(token);
  if (value === null || !isIpv6There(text, token, start)) return null;
  const end = start + token.length;
  return { start, end: end + lengthAt(ZONE, text, end), value, width: 128 };
}

/** The IPv6 addresses of a text, in order. */
export function ipv6Atoms(text: string): Atom[] {
  const atoms: Atom[] = [];
  let from = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', Math.max(from, colon + 1))) {
    const after = text.charCodeAt(colon + 1);
    if (after !== COLON && !isHex(after)) continue;
    let start = colon;
    while (start > from && isHex(text.charCodeAt(start - 1))) start -= 1;
    const length = lengthAt(RUN, text, start);
    from = start + length;
    const run = length <= LONGEST_RUN ? text.slice(start, from) : '';
    const atom = run.includes(':', colon - start + 1) ? ipv6Atom(text, run, start) : null;
    if (atom === null) continue;
    atoms.push(atom);
    from = Math.max(from, atom.end);
  }
  return atoms;
}
