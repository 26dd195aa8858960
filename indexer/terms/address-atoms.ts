// Finds single addresses and reverse names in text, in linear time; pairing them into networks and ranges comes after.
import { standsFreeAsIpv4, standsFreeAsIpv6 } from './address-context.ts';
import { network, parseIpv6, parseOctets } from './address-values.ts';
import type { Span } from './address-values.ts';

/** One address as it stands in a text; `end` is after its zone. A reverse name comes with the `span` it stands for. */
export interface Atom {
  readonly start: number;
  readonly end: number;
  readonly value: bigint;
  readonly width: 32 | 128;
  readonly span?: Span;
}

const COLON = 58;
/** Four octets with plain, backslashed (once or twice) or bracketed dots. */
const DOTTED = /\d+(?:(?:\\{0,2}\.|\[\.\])\d+)*/y;
const SEPARATOR = /\\{0,2}\.|\[\.\]/;
const LAST_OCTET_RANGE = /-(\d{1,3})(?![\w+~]|\.\d)/y;
const ZONE = /%[A-Za-z0-9](?:[\w.:@-]*\w)?/y;
const HEX_RUN = /[0-9A-Fa-f:]+/y;
const DOTTED_TAIL = /\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d]|\.\d)/y;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

/** Where the digits begin that end before the dot at `dot` (its escapes skipped); -1 without digits. */
function digitsBefore(text: string, dot: number, from: number): number {
  let at = dot - 1;
  if (text[at] === '[') at -= 1;
  else for (let escapes = 0; escapes < 2 && text[at] === '\\'; escapes++) at -= 1;
  const last = at;
  while (at >= from && isDigit(text.charCodeAt(at))) at -= 1;
  return at === last ? -1 : at + 1;
}

/** The last octet that `10.1.2.1-9` counts up to, and where it ends. */
export function lastOctetRange(
  text: string,
  atom: { readonly end: number; readonly value: bigint },
): { high: bigint; end: number } | null {
  const match = matchAt(LAST_OCTET_RANGE, text, atom.end);
  if (match === null) return null;
  const last = Number(match[1]);
  if (last > 255 || BigInt(last) <= (atom.value & 255n)) return null;
  return { high: (atom.value & ~255n) | BigInt(last), end: atom.end + match[0].length };
}

function ipv4Atoms(text: string, taken: readonly Atom[], atoms: Atom[]): void {
  let from = 0;
  let next = 0;
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', Math.max(from, dot + 1))) {
    const after = text.charCodeAt(dot + 1);
    if (!isDigit(after) && after !== 93) continue;
    const start = digitsBefore(text, dot, from);
    if (start === -1) continue;
    const run = matchAt(DOTTED, text, start)?.[0] ?? '';
    const end = start + run.length;
    from = end;
    while ((taken[next]?.end ?? Infinity) <= start) next += 1;
    if ((taken[next]?.start ?? Infinity) < end) continue;
    const value = run.length > 6 && run.length < 30 ? parseOctets(run.split(SEPARATOR)) : null;
    if (value === null) continue;
    const ranged = lastOctetRange(text, { end, value }) !== null;
    if (standsFreeAsIpv4(text, start, end, ranged)) atoms.push({ start, end, value, width: 32 });
  }
}

/** Where a run of hex digits and colons begins that contains `colon`. */
function runBefore(text: string, colon: number, from: number): number {
  let at = colon - 1;
  while (at >= from && (isHex(text.charCodeAt(at)) || text.charCodeAt(at) === COLON)) at -= 1;
  return at + 1;
}

/** Cuts what surrounds an address in its run: `key:ADDRESS`, `ADDRESS:` and a ninth group, its port. */
function trimRun(text: string, run: string, start: number): { token: string; start: number } {
  let token = run;
  let at = start;
  const glued = /^[0-9A-Fa-f]*:(?!:)/.exec(token);
  if (glued !== null && (token.startsWith(':') || /[A-Za-z_]/.test(text[start - 1] ?? ''))) {
    token = token.slice(glued[0].length);
    at += glued[0].length;
  }
  if (/[^:]:$/.test(token)) token = token.slice(0, -1);
  const port = /^((?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}):\d{1,5}$/.exec(token);
  if (port?.[1] !== undefined && /[0-9A-Fa-f]{3}/.test(port[1])) token = port[1];
  return { token, start: at };
}

/** Eight pairs of digits are a world wide name or a fingerprint. */
const PAIRS = /^(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}$/;

function ipv6Atom(text: string, run: string, runStart: number): Atom | null {
  if (run === ':::' || /^:::\d{1,5}$/.test(run)) {
    const free = standsFreeAsIpv6(text, '::', runStart, runStart + 2);
    return free || run.length > 3 ? { start: runStart, end: runStart + 2, value: 0n, width: 128 } : null;
  }
  const { token, start } = trimRun(text, run, runStart);
  let end = start + token.length;
  const tail = /\d$/.test(token) ? matchAt(DOTTED_TAIL, text, end) : null;
  if (tail !== null) end += tail[0].length;
  const written = text.slice(start, end);
  const value = PAIRS.test(written) ? null : parseIpv6(written);
  if (value === null || !standsFreeAsIpv6(text, written, start, end)) return null;
  end += matchAt(ZONE, text, end)?.[0].length ?? 0;
  return { start, end, value, width: 128 };
}

function ipv6Atoms(text: string): Atom[] {
  const atoms: Atom[] = [];
  let from = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', Math.max(from, colon + 1))) {
    const after = text.charCodeAt(colon + 1);
    if (after !== COLON && !isHex(after)) continue;
    const start = runBefore(text, colon, from);
    const run = matchAt(HEX_RUN, text, start)?.[0] ?? '';
    from = start + run.length;
    if (run.length < 2 || run.length > 64 || run.indexOf(':') === run.lastIndexOf(':')) continue;
    const atom = ipv6Atom(text, run, start);
    if (atom === null) continue;
    atoms.push(atom);
    from = Math.max(from, atom.end);
  }
  return atoms;
}

const REVERSE = /\.(in-addr|ip6)\.arpa(?![\w-])/gi;
const REVERSE_IPV6 = /(?<![0-9a-f])((?:[0-9a-f]\.){0,31}[0-9a-f])$/i;

function reverseIpv4(name: string): Span | null {
  const labels = name.split('.').reverse();
  const value = parseOctets([...labels, '0', '0', '0'].slice(0, 4));
  return value === null ? null : network(value, labels.length * 8, 32);
}

function reverseIpv6(name: string): Span {
  const nibbles = name.split('.').reverse();
  const value = BigInt(`0x${nibbles.join('').padEnd(32, '0')}`);
  return network(value, nibbles.length * 4, 128);
}

function reverseAtoms(text: string, atoms: Atom[]): void {
  for (const match of text.matchAll(REVERSE)) {
    const isIpv4 = match[1]?.toLowerCase() === 'in-addr';
    const before = text.slice(Math.max(0, match.index - 80), match.index);
    const name = (isIpv4 ? /(?<![\w.-])(?:\d{1,3}\.){0,3}\d{1,3}$/ : REVERSE_IPV6).exec(before)?.[0];
    if (name === undefined) continue;
    const span = isIpv4 ? reverseIpv4(name) : reverseIpv6(name);
    const start = match.index - name.length;
    const end = match.index + match[0].length;
    if (span !== null) atoms.push({ start, end, value: span.low, width: isIpv4 ? 32 : 128, span });
  }
}

/** Every single address and reverse name of a text, by where it starts. */
export function findAtoms(text: string): Atom[] {
  const ipv6 = ipv6Atoms(text);
  const atoms = [...ipv6];
  ipv4Atoms(text, ipv6, atoms);
  if (text.includes('.arpa') || text.includes('.ARPA')) reverseAtoms(text, atoms);
  return atoms.sort((a, b) => a.start - b.start);
}
