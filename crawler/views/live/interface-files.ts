// Parses what /proc/PID/net says of the interfaces of a network namespace and their addresses.
import { endianness } from 'node:os';
import { ipv6 } from './net-files.ts';

/** The files of /proc/PID/net that tell. */
export interface InterfaceFiles {
  readonly dev: string;
  readonly route: string;
  readonly fibTrie: string;
  readonly ifInet6: string;
}

/** Interfaces by name, with their addresses and prefix lengths; addresses of no interface that can be told have the name ''. */
export type Addresses = ReadonlyMap<string, readonly string[]>;

interface Network {
  readonly device: string;
  readonly base: number;
  readonly bits: number;
}

const LITTLE = endianness() === 'LE';
const LOOPBACK = 'lo';
const DEVICE = /^[^\S\n]*(\S+):\s+\d/gm;
const INET6 = /^([0-9a-f]{32}) [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+ [0-9a-f]+\s+(\S+)$/gm;

/**
 * The kernel lists local IPv4 addresses without their interfaces, and networks with them: an address belongs to the
 * interface of the smallest network around it, else to the only one there is besides the loopback.
 */
export function parseInterfaces({ dev, route, fibTrie, ifInet6 }: InterfaceFiles): Addresses {
  const found = new Map<string, string[]>();
  for (const [, name = ''] of dev.matchAll(DEVICE)) found.set(name, []);
  const others = [...found.keys()].filter((name) => name !== LOOPBACK);
  const [only = ''] = others.length === 1 ? others : [];
  const add = (name: string, ip: string): void => void found.set(name, [...(found.get(name) ?? []), ip]);
  const local = localRanges(fibTrie);
  const networks = [...connectedNetworks(route), ...local.filter(({ bits }) => bits < 32)];
  networks.sort((a, b) => b.bits - a.bits);
  for (const { base } of local.filter(({ bits }) => bits === 32)) {
    const { device, bits } = networks.find((each) => isWithin(base, each)) ?? { device: only, bits: 32 };
    add(device, `${dotted(base)}/${bits}`);
  }
  for (const [, hex = '', prefix = '', name = ''] of ifInet6.matchAll(INET6)) {
    add(name, `${ipv6(Buffer.from(hex, 'hex'))}/${Number.parseInt(prefix, 16)}`);
  }
  return found;
}

/** /proc/net/route: networks that are reached without a gateway. */
function connectedNetworks(route: string): Network[] {
  const networks: Network[] = [];
  for (const line of route.split('\n').slice(1)) {
    const [device = '', destination = '', gateway, , , , , mask = ''] = line.split(/\s+/);
    if (gateway !== '00000000') continue;
    const bits = hexNumber(mask).toString(2).replace(/0*$/, '').length;
    if (hexNumber(mask) !== 0) networks.push({ device, base: hexNumber(destination), bits });
  }
  return networks;
}

function hexNumber(hex: string): number {
  const bytes = Buffer.from(hex.padStart(8, '0'), 'hex');
  return (LITTLE ? bytes.swap32() : bytes).readUInt32BE();
}

function numberOf(ip: string): number {
  return Buffer.from(ip.split('.').map(Number)).readUInt32BE();
}

function isWithin(number: number, { base, bits }: Network): boolean {
  return (number ^ base) >>> (32 - bits) === 0;
}

/** /proc/net/fib_trie: local addresses, and the networks of the loopback, all of which is local; each once. */
function localRanges(trie: string): Network[] {
  const ranges = new Map<string, Network>();
  for (const [, ip = '', under = ''] of trie.matchAll(/\|-- ([\d.]+)\n((?:\s+\/\d+ .*\n?)+)/g)) {
    for (const [, bits = ''] of under.matchAll(/\/(\d+) host LOCAL/g)) {
      ranges.set(`${ip}/${bits}`, { device: LOOPBACK, base: numberOf(ip), bits: Number(bits) });
    }
  }
  return [...ranges.values()];
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}
