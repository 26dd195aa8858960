// Finds the IPv4 addresses of a text, one by one, in linear time.
import { isIpv4There } from './address-context.ts';
import { parseOctets } from './address-values.ts';
import type { Atom } from './address-values.ts';

const CLOSING_BRACKET = 93;
/** Numbers joined by plain, backslashed (once or twice) or bracketed dots. */
const DOTTED = /\d+(?:(?:\\{0,2}\.|\[\.\])\d+)*/y;
const SEPARATOR = /\\{0,2}\.|\[\.\]/;
/** Four octets with the widest separators. */
const LONGEST = 4 * 3 + 3 * 3;
const LAST_OCTET_RANGE = /-(\d{1,3})(?![\w+~]|\.\d)/y;

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/** Where the digits begin that end at the separator around `dot`; -1 where none do. */
function digitsBefore(text: string, dot: number, from: number): number {
  let at = dot - 1;
  if (text[at] === '[') at -= 1;
  else for (let escapes = 0; escapes < 2 && text[at] === '\\'; escapes++) at -= 1;
  const last = at;
  while (at >= from && isDigit(text.charCodeAt(at))) at -= 1;
  return at === last ? -1 : at + 1;
}

/** The range of `10.1.2.1-9`: its last address and where it ends; null where the address ends no such range. */
export function lastOctetRange(
  text: string,
  end: number,
  value: bigint,
): { high: bigint; end: number } | null {
  LAST_OCTET_RANGE.lastIndex = end;
  const match = LAST_OCTET_RANGE.exec(text);
  if (match === null) return null;
  const high = (value & ~255n) | BigInt(match[1] ?? '');
  return high > value && Number(match[1]) <= 255 ? { high, end: LAST_OCTET_RANGE.lastIndex } : null;
}

function ipv4Atom(text: string, start: number, run: string): Atom | null {
  const value = run.length <= LONGEST ? parseOctets(run.split(SEPARATOR)) : null;
  if (value === null) return null;
  const end = start + run.length;
  const ranged = lastOctetRange(text, end, value) !== null;
  return isIpv4There(text, start, end, ranged) ? { start, end, value, width: 32 } : null;
}

/** The IPv4 addresses of a text, in order. */
export function ipv4Atoms(text: string): Atom[] {
  const atoms: Atom[] = [];
  let from = 0;
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', Math.max(from, dot + 1))) {
    const after = text.charCodeAt(dot + 1);
    if (!isDigit(after) && after !== CLOSING_BRACKET) continue;
    const start = digitsBefore(text, dot, from);
    if (start === -1) continue;
    // The run is looked at whole and once, so a longer one is no address anywhere.
    DOTTED.lastIndex = start;
    const run = DOTTED.exec(text)?.[0] ?? '';
    from = start + run.length;
    const atom = ipv4Atom(text, start, run);
    if (atom !== null) atoms.push(atom);
  }
  return atoms;
}
