// Addresses as numbers: what digits say, and what prefixes and masks span.

/** IPv4 addresses are numbered as their v4-mapped IPv6 form. */
const MAPPED = 0xffff_0000_0000n;
const ALL = (1n << 128n) - 1n;
const IPV4_ALL = 0xffff_ffffn;

/** An inclusive range of addresses as numbers. */
export interface Span {
  readonly low: bigint;
  readonly high: bigint;
}

/** One address as it stands in a text; `end` is after its zone. A name for a whole network comes with its `span`. */
export interface Atom {
  readonly start: number;
  readonly end: number;
  readonly value: bigint;
  /** Bits of its family. */
  readonly width: 32 | 128;
  readonly span?: Span;
}

/** 32 lower-case hex digits. */
export function toHex(value: bigint): string {
  return value.toString(16).padStart(32, '0');
}

/**
 * The number of an IPv4 address from its octets; null unless there are four, each 0 to 255. An octet with a leading
 * zero is none: half of the world reads it as octal.
 */
export function parseOctets(octets: readonly string[]): bigint | null {
  if (octets.length !== 4) return null;
  let value = 0;
  for (const octet of octets) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = value * 256 + Number(octet);
  }
  return MAPPED | BigInt(value);
}

function parseGroups(part: string): string[] | null {
  if (part === '') return [];
  const groups = part.split(':');
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? groups : null;
}

/** A dotted tail as two groups; the text itself where it has none, null where that is no IPv4 address. */
function withoutDottedTail(text: string): string | null {
  if (!text.includes('.')) return text;
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const value = parseOctets(tail.split('.'));
  if (value === null) return null;
  const ipv4 = Number(value & IPV4_ALL);
  const groups = `${(ipv4 >>> 16).toString(16)}:${(ipv4 & 0xffff).toString(16)}`;
  return text.slice(0, -tail.length) + groups;
}

/** The number of an IPv6 address, with or without a dotted tail, without zone, brackets or prefix; null if it is none. */
export function parseIpv6(text: string): bigint | null {
  const halves = withoutDottedTail(text)?.split('::') ?? [];
  const left = parseGroups(halves[0] ?? '');
  const right = parseGroups(halves[1] ?? '');
  if (left === null || right === null || halves.length > 2) return null;
  const zeros = 8 - left.length - right.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return null;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

/** The network of the first `bits` bits (of 32 or 128, as the family has) that `value` lies in. */
export function network(value: bigint, bits: number, width: 32 | 128): Span {
  const host = (1n << BigInt(width - bits)) - 1n;
  return { low: value & (ALL ^ host), high: value | host };
}

/** Leading bits of a dotted netmask (255.255.0.0) given as address; null if it is none. */
export function netmaskBits(mask: bigint): number | null {
  const host = (mask & IPV4_ALL) ^ IPV4_ALL;
  if ((host & (host + 1n)) !== 0n) return null;
  return host === 0n ? 32 : 32 - host.toString(2).length;
}

/** Leading bits of a Cisco wildcard mask (0.0.255.255) given as address; null if it is none. */
export function wildcardBits(mask: bigint): number | null {
  return netmaskBits(mask ^ IPV4_ALL);
}
