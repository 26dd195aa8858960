// Addresses, networks and ranges as they are written in text, and how two of them relate.
import type { Relation } from '../../schemas/answer.ts';
import { routedNetwork, writtenTogether } from './address-pairs.ts';
import type { Written } from './address-pairs.ts';
import { toHex } from './address-values.ts';
import type { Atom, Span } from './address-values.ts';
import { ipv4Atoms } from './ipv4-atoms.ts';
import { ipv6Atoms } from './ipv6-atoms.ts';
import { reverseNames } from './reverse-names.ts';

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

/** How the hex digits of a v4-mapped address begin. */
const MAPPED = '00000000000000000000ffff';

function mention(text: string, start: number, end: number, span: Span): AddressMention {
  return { start, end, low: toHex(span.low), high: toHex(span.high), text: text.slice(start, end) };
}

/** The single addresses and reverse names of a text by where they start, none within another. */
function atomsIn(text: string): Atom[] {
  const others = [...ipv6Atoms(text), ...reverseNames(text)];
  const ipv4 = ipv4Atoms(text);
  if (others.length === 0) return ipv4;
  let end = 0;
  return [...others, ...ipv4]
    .sort((a, b) => a.start - b.start)
    .filter((atom) => {
      const free = atom.start >= end;
      if (free) end = atom.end;
      return free;
    });
}

/**
 * `::ffff:0:0/96` names the mapping itself, in /etc/gai.conf of nearly every system. As numbers it is 0.0.0.0/0, but who
 * writes it means no IPv4 network.
 */
function isMappedBlock({ low, high }: Span): boolean {
  return low === 0xffff_0000_0000n && high === 0xffff_ffff_ffffn;
}

function mentionsAt(text: string, atom: Atom, written: Written | null): AddressMention[] {
  const single = mention(text, atom.start, atom.end, atom.span ?? { low: atom.value, high: atom.value });
  if (written === null) return [single];
  if (atom.width === 128 && isMappedBlock(written.span)) return [];
  const whole = mention(text, written.start, written.end, written.span);
  return atom.value === written.span.low ? [whole] : [single, whole];
}

/**
 * Every address, network and range written in a text, by where it starts. An address within the network written at it
 * (`10.0.0.5/24`) is two mentions; the first address of a network or range (`10.0.0.0/24`) is none of its own.
 * `0.0.0.0/0` covers all of IPv4, `::/0` all of IPv6.
 */
export function addressesIn(text: string): AddressMention[] {
  const atoms = atomsIn(text);
  const mentions: AddressMention[] = [];
  for (let index = 0; index < atoms.length;) {
    const atom = atoms[index];
    if (atom === undefined) break;
    const routed = routedNetwork(text, atoms, index);
    const written = routed ?? writtenTogether(text, atom, atoms[index + 1]);
    mentions.push(...mentionsAt(text, atom, written));
    const gateway = routed === null ? undefined : atoms[index + 1];
    if (gateway !== undefined) mentions.push(...mentionsAt(text, gateway, null));
    index += written?.atoms ?? 1;
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

/** IPv4 lies in the numbers of IPv6, but `::/0` in a firewall rule covers no IPv4 address: ranges relate within a family. */
export function isIpv4({ low, high }: AddressRange): boolean {
  return low.startsWith(MAPPED) && high.startsWith(MAPPED);
}

/** How a written range relates to the asked one; null if they share no address, or are of two families. */
export function relationOf(asked: AddressRange, written: AddressRange): Relation | null {
  if (isIpv4(asked) !== isIpv4(written)) return null;
  if (asked.low === written.low && asked.high === written.high) return 'exact';
  if (written.low > asked.high || written.high < asked.low) return null;
  if (written.low >= asked.low && written.high <= asked.high) return 'contained';
  if (written.low <= asked.low && written.high >= asked.high) return 'containing';
  return 'overlapping';
}
