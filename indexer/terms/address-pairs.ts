// What an address and its neighbours write together: networks by prefix or mask, and ranges.
import { lastOctetRange } from './ipv4-atoms.ts';
import { netmaskBits, network, wildcardBits } from './address-values.ts';
import type { Atom, Span } from './address-values.ts';

/** A network or range written at [start, end) that takes up `atoms` addresses of the text. */
export interface Written {
  readonly span: Span;
  readonly start: number;
  readonly end: number;
  readonly atoms: number;
}

const PREFIX = /(\]?)(?:\\?\/|%2f)0?(\d{1,3})(?!\w|\.\d|\/\w)/iy;
const WITHIN_URL = /:\/\/[^\s/"']*$/;
const BLANKS = /^[ \t]+$/;
const HYPHEN = /^(?:[ \t]*[-–][ \t]*|\.\.)$/;
const MASK_WORD = /^["']?\s*[;,]?\s*["']?(?:sub)?-?(?:net)?[-_]?mask["']?\s*[:=]?\s*["']?$/i;
const RANGE_WORD = /range[\s=:]+(?:[\w:-]+[\s,]+){0,3}$/i;
const RANGE_GAP = /^(?:[ \t]+|,)$/;
const LONGEST_GAP = 80;
const WINDOW = 64;

function before(text: string, atom: Atom): string {
  return text.slice(Math.max(0, atom.start - WINDOW), atom.start);
}

/** `10.1.0.0/16`, `[2001:db8::]/32`; the number after an address in a URL is a path. */
function byPrefix(text: string, atom: Atom): Written | null {
  PREFIX.lastIndex = atom.end;
  const match = PREFIX.exec(text);
  const bits = Number(match?.[2]);
  if (match === null || bits > atom.width || WITHIN_URL.test(before(text, atom))) return null;
  if (match[1] === ']' && text[atom.start - 1] !== '[') return null;
  const start = atom.start - (match[1]?.length ?? 0);
  return { span: network(atom.value, bits, atom.width), start, end: PREFIX.lastIndex, atoms: 1 };
}

function byLastOctet(text: string, atom: Atom): Written | null {
  const range = atom.width === 32 ? lastOctetRange(text, atom.end, atom.value) : null;
  return range === null
    ? null
    : { span: { low: atom.value, high: range.high }, start: atom.start, end: range.end, atoms: 1 };
}

function isFirstOf(atom: Atom, bits: number): boolean {
  return network(atom.value, bits, 32).low === atom.value;
}

/**
 * Leading bits where nothing but blanks is between an address and what may be its mask. `10.1.2.3 0.0.0.0` are two
 * addresses, `0.0.0.0 255.255.255.255` is Cisco's `any`, and a mask below 8 bits must fit its address.
 */
function bitsAfterBlanks(atom: Atom, mask: Atom): number | null {
  const bits = netmaskBits(mask.value);
  const wildcard = wildcardBits(mask.value);
  if (isFirstOf(atom, 0) && (bits === 0 || wildcard === 0)) return 0;
  if (bits !== null && (bits >= 8 || (bits > 0 && isFirstOf(atom, bits)))) return bits;
  return wildcard === 32 ? null : wildcard;
}

/** `10.1.0.0 255.255.0.0`, `10.1.0.0/255.255.0.0`, `10.1.0.0 netmask 255.255.0.0`, `10.1.0.0 0.0.255.255`. */
function byMask(text: string, atom: Atom, mask: Atom): Written | null {
  if (atom.width !== 32 || mask.width !== 32) return null;
  const gap = text.slice(atom.end, mask.start);
  let bits: number | null = null;
  if (BLANKS.test(gap)) bits = bitsAfterBlanks(atom, mask);
  else if (gap === '/' || MASK_WORD.test(gap)) bits = netmaskBits(mask.value) ?? wildcardBits(mask.value);
  return bits === null
    ? null
    : { span: network(atom.value, bits, 32), start: atom.start, end: mask.end, atoms: 2 };
}

/** `10.1.2.1-10.1.2.9`, `10.1.2.1 - 10.1.2.9`, `10.1.2.1..10.1.2.9`, `range 10.1.2.1 10.1.2.9`. */
function byRange(text: string, atom: Atom, last: Atom): Written | null {
  if (atom.width !== last.width || atom.value >= last.value) return null;
  const gap = text.slice(atom.end, last.start);
  const named = RANGE_GAP.test(gap) && RANGE_WORD.test(before(text, atom));
  if (!named && !HYPHEN.test(gap)) return null;
  return { span: { low: atom.value, high: last.value }, start: atom.start, end: last.end, atoms: 2 };
}

/** What the address and those after it write together; null if it stands alone. */
export function writtenTogether(text: string, atom: Atom, next: Atom | undefined): Written | null {
  if (atom.span !== undefined) return null;
  const near = next !== undefined && next.span === undefined && next.start - atom.end <= LONGEST_GAP;
  const pair = near ? (byRange(text, atom, next) ?? byMask(text, atom, next)) : null;
  return pair ?? byPrefix(text, atom) ?? byLastOctet(text, atom);
}

/** The network of a routing table's line, `10.1.0.0  10.9.0.1  255.255.0.0`: the mask belongs to the first address. */
export function routedNetwork(text: string, atoms: readonly Atom[], index: number): Written | null {
  const [atom, gateway, mask] = atoms.slice(index, index + 3);
  if (atom === undefined || gateway === undefined || mask === undefined) return null;
  if (atom.width + gateway.width + mask.width !== 96) return null;
  if (!BLANKS.test(text.slice(atom.end, Math.min(gateway.start, atom.end + LONGEST_GAP)))) return null;
  const bits = netmaskBits(mask.value);
  if (bits === null || !BLANKS.test(text.slice(gateway.end, Math.min(mask.start, gateway.end + LONGEST_GAP))))
    return null;
  const fits = isFirstOf(atom, bits) && (isFirstOf(gateway, 0) || !isFirstOf(gateway, bits));
  return fits ? { span: network(atom.value, bits, 32), start: atom.start, end: mask.end, atoms: 3 } : null;
}
