// Finds reverse names in text: `4.3.2.1.in-addr.arpa`, nibbles before `ip6.arpa`, and partial ones, which are networks.
import { network, parseOctets } from './address-values.ts';
import type { Atom, Span } from './address-values.ts';

const SUFFIX = /\.(in-addr|ip6)\.arpa(?![\w-])/gi;
/** Characters before the suffix that can belong to a name. */
const WINDOW = 80;
const OCTETS = /(?<![\w./-])(?:\d{1,3}\.){0,3}\d{1,3}$/;
/** A delegated part of a network (`0/25.2.0.192`) counts as the network. */
const DELEGATED = /(?<![\w./-])(?:\d{1,3}\.)?\d{1,3}[/-]\d{1,3}\.((?:\d{1,3}\.){0,2}\d{1,3})$/;
const NIBBLES = /(?<![0-9a-f])(?<![0-9a-f]\.)(?:[0-9a-f]\.){0,31}[0-9a-f]$/i;

function ipv4Network(name: string): Span | null {
  const octets = name.split('.').reverse();
  const value = parseOctets([...octets, '0', '0', '0'].slice(0, 4));
  return value === null ? null : network(value, octets.length * 8, 32);
}

function ipv6Network(name: string): Span {
  const nibbles = name.split('.').reverse();
  return network(BigInt(`0x${nibbles.join('').padEnd(32, '0')}`), nibbles.length * 4, 128);
}

/** The reverse names of a text, in order. */
export function reverseNames(text: string): Atom[] {
  const atoms: Atom[] = [];
  for (const match of text.matchAll(SUFFIX)) {
    const before = text.slice(Math.max(0, match.index - WINDOW), match.index);
    const isIpv4 = match[1]?.toLowerCase() === 'in-addr';
    const name = isIpv4
      ? (OCTETS.exec(before)?.[0] ?? DELEGATED.exec(before)?.[1])
      : NIBBLES.exec(before)?.[0];
    if (name === undefined) continue;
    const span = isIpv4 ? ipv4Network(name) : ipv6Network(name);
    if (span === null) continue;
    const end = match.index + match[0].length;
    atoms.push({ start: match.index - name.length, end, value: span.low, width: isIpv4 ? 32 : 128, span });
  }
  return atoms;
}
