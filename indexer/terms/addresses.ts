// Addresses, networks and ranges as they are written in text, and how two of them relate.
import type { Relation } from '../../schemas/answer.ts';
import { findAtoms, lastOctetRange } from './address-atoms.ts';
import type { Atom } from './address-atoms.ts';
import { netmaskBits, network, toHex, wildcardBits } from './address-values.ts';
import type { Span } from './address-values.ts';

/** An inclusive range of addresses, each end 32 lower-case hex digits; IPv4 is v4-mapped. */
export interface AddressRange {
  readonly low: string;
  readonly high: string;
}

/** An address, network or range written at [start, end) of a text, in UTF-16 units. */
export interface AddressMention {
  readonly start: number;
  readonly end: number;
  readonly low: string;
  readonly high: string;
  /** As it is written. */
  readonly text: string;
}

const PREFIX = /\/0?(\d{1,3})(?!\w|\.\d|\/\w)/y;
const BLANKS = /^[ \t]+$/;
const HYPHEN = /^[ \t]*[-–][ \t]*$/;
const MASK_WORD = /^["']?\s*[;,]?\s*["']?(?:sub)?-?(?:net)?[-_]?mask["']?\s*[:=]?\s*["']?$/i;
const RANGE_WORD = /range[\s=:]+(?:[\w:-]+[\s,]+){0,3}$/i;
const RANGE_GAP = /^(?:[ \t]+|,)$/;
const LONGEST_GAP = 80;

function mention(text: string, start: number, end: number, span: Span): AddressMention {
  return { start, end, low: toHex(span.low), high: toHex(span.high), text: text.slice(start, end) };
}

/** A network written at an address: the address too, where it is not the first of its network. */
function networkMentions(text: string, atom: Atom, end: number, span: Span): AddressMention[] {
  const whole = mention(text, atom.start, end, span);
  return atom.value === span.low ? [whole] : [mention(text, atom.start, atom.end, single(atom)), whole];
}

function single(atom: Atom): Span {
  return atom.span ?? { low: atom.value, high: atom.value };
}

function prefixed(text: string, atom: Atom): AddressMention[] | null {
  PREFIX.lastIndex = atom.end;
  const match = PREFIX.exec(text);
  const bits = Number(match?.[1]);
  if (match === null || bits > atom.width || text.slice(atom.start - 2, atom.start) === '//') return null;
  return networkMentions(text, atom, PREFIX.lastIndex, network(atom.value, bits, atom.width));
}

/** Leading bits if `mask`, written after `gap`, is the mask of `atom`. */
function maskBits(atom: Atom, gap: string, mask: Atom): number | null {
  const blank = BLANKS.test(gap);
  if (!blank && gap !== '/' && !MASK_WORD.test(gap)) return null;
  const any = (atom.value & 0xffff_ffffn) === 0n;
  const bits = netmaskBits(mask.value);
  const wildcard = wildcardBits(mask.value);
  if (bits === 0 || wildcard === 0) return any || !blank ? 0 : wildcard === 0 ? 32 : null;
  if (wildcard !== null) return wildcard;
  if (bits === null || !blank || bits >= 8) return bits;
  return network(atom.value, bits, 32).low === atom.value ? bits : null;
}

function masked(text: string, atom: Atom, next: Atom): AddressMention[] | null {
  if (atom.width !== 32 || next.width !== 32 || next.span !== undefined) return null;
  const bits = maskBits(atom, text.slice(atom.end, next.start), next);
  return bits === null ? null : networkMentions(text, atom, next.end, network(atom.value, bits, 32));
}

function ranged(text: string, atom: Atom, next: Atom): AddressMention[] | null {
  if (atom.width !== next.width || atom.value >= next.value || next.span !== undefined) return null;
  const gap = text.slice(atom.end, next.start);
  const named = RANGE_GAP.test(gap) && RANGE_WORD.test(text.slice(Math.max(0, atom.start - 64), atom.start));
  if (!named && !HYPHEN.test(gap)) return null;
  return [mention(text, atom.start, next.end, { low: atom.value, high: next.value })];
}

function short(text: string, atom: Atom): AddressMention[] | null {
  const range = atom.width === 32 ? lastOctetRange(text, atom) : null;
  return range === null
    ? null
    : [mention(text, atom.start, range.end, { low: atom.value, high: range.high })];
}

/** Every address, network and range written in a text, by where it starts. */
export function addressesIn(text: string): AddressMention[] {
  const atoms = findAtoms(text);
  const mentions: AddressMention[] = [];
  for (let index = 0; index < atoms.length; index++) {
    const atom = atoms[index];
    if (atom === undefined) break;
    const next = atoms[index + 1];
    const near = next !== undefined && atom.span === undefined && next.start - atom.end <= LONGEST_GAP;
    const pair = near ? (masked(text, atom, next) ?? ranged(text, atom, next)) : null;
    if (pair !== null) index += 1;
    const alone = atom.span === undefined ? (prefixed(text, atom) ?? short(text, atom)) : null;
    mentions.push(...(pair ?? alone ?? [mention(text, atom.start, atom.end, single(atom))]));
  }
  return mentions;
}

const AROUND_BEFORE = /^\[?$/;
const AROUND_AFTER = /^\]?(?:[:#@]\d{1,5})?$/;

/** The range a whole query term asks for, in any notation of a text, with or without port; null if it is no address. */
export function parseAddress(query: string): AddressRange | null {
  const term = query.trim();
  if (term.length > 256) return null;
  const widest = addressesIn(term).reduce<AddressMention | null>(
    (best, each) => (best === null || each.end - each.start > best.end - best.start ? each : best),
    null,
  );
  if (widest === null) return null;
  const before = term.slice(0, widest.start);
  const after = term.slice(widest.end);
  if (!AROUND_BEFORE.test(before) || !AROUND_AFTER.test(after)) return null;
  return { low: widest.low, high: widest.high };
}

/** How a written range relates to the asked one; null if they share no address. */
export function relationOf(asked: AddressRange, written: AddressRange): Relation | null {
  if (asked.low === written.low && asked.high === written.high) return 'exact';
  if (written.low > asked.high || written.high < asked.low) return null;
  if (written.low >= asked.low && written.high <= asked.high) return 'contained';
  if (written.low <= asked.low && written.high >= asked.high) return 'containing';
  return 'overlapping';
}
