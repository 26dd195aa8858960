// Addresses as numbers: parsing the digits, and what prefixes and masks span.

/** IPv4 addresses are numbered as their v4-mapped IPv6 form. */
const MAPPED = 0xffff_0000_0000n;
const ALL = (1n << 128n) - 1n;
const IPV4_ALL = 0xffff_ffffn;

/** An inclusive range of addresses as numbers. */
export interface Span {
  readonly low: bigint;
  readonly high: bigint;
}

/** 32 lower-case hex digits. */
export function toHex(value: bigint): string {
  return value.toString(16).padStart(32, '0');
}

/** The number of an IPv4 address from its octets; null unless there are four, each 0 to 255 without a leading zero. */
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

/** The number of an IPv6 address, with or without a dotted tail, without zone, brackets or prefix; null if it is none. */
export function parseIpv6(text: string): bigint | null {
  let hex = text;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail !== null) {
    const value = parseOctets((tail[2] ?? '').split('.'));
    if (value === null) return null;
    const low = value & IPV4_ALL;
    hex = `${tail[1] ?? ''}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const halves = hex.split('::');
  if (halves.length > 2) return null;
  const left = parseGroups(halves[0] ?? '');
  const right = parseGroups(halves[1] ?? '');
  if (left === null || right === null) return null;
  const zeros = 8 - left.length - right.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return null;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

/** The network of `bits` leading bits (of 32 or 128, as the family has) that `value` lies in. */
export function network(value: bigint, bits: number, width: 32 | 128): Span {
  const host = (1n << BigInt(width - bits)) - 1n;
  return { low: value & (ALL ^ host), high: value | host };
}

/** Leading bits of a dotted netmask (255.255.0.0) given as address; null if it is none. */
export function netmaskBits(mask: bigint): number | null {
  const ipv4 = mask & IPV4_ALL;
  const host = ipv4 ^ IPV4_ALL;
  return (host & (host + 1n)) === 0n ? 32 - host.toString(2).replace(/^0$/, '').length : null;
}

/** Leading bits of a Cisco wildcard mask (0.0.255.255) given as address; null if it is none. */
export function wildcardBits(mask: bigint): number | null {
  return netmaskBits(mask ^ IPV4_ALL);
}
