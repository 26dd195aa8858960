// Finds written addresses by scanning a tree's files one by one: nothing of it is shared with the indexer.
import { hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const MAX_BYTES = 262_144;

/** The text of each regular file of a tree that has one, by absolute path within the tree. */
export function* textsOf(tree: string, folder = '/'): Generator<[string, string]> {
  for (const name of readdirSync(join(tree, folder))) {
    const path = join(folder, name);
    const stats = lstatSync(join(tree, path));
    if (stats.isDirectory()) yield* textsOf(tree, path);
    if (!stats.isFile() || stats.size > MAX_BYTES) continue;
    const text = textOf(readFileSync(join(tree, path)));
    if (text !== null) yield [path, text];
  }
}

function textOf(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le');
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  return plain.includes(0) ? null : plain.toString('utf8');
}

function ipv4(text: string): number | null {
  const parts = text.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => part < 256)
    ? parts.reduce((number, part) => number * 256 + part, 0)
    : null;
}

/** Whether a text writes the IPv4 address, plain or with escaped dots; `1.2.3.4.5` and `1.2.3.4567` write none. */
export function writes(text: string, address: string): boolean {
  const pattern = `(?<![\\d.])${address.replaceAll('.', String.raw`\\?\.`)}(?!\\d|\\.\\d)`;
  return new RegExp(pattern, 'u').test(text);
}

const DOTTED = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const WITH_PREFIX = new RegExp(`(?<![\\d.])(${DOTTED})/(\\d{1,2})(?![\\d.])`, 'g');
const WITH_MASK = new RegExp(`(?<![\\d.])(${DOTTED})(?:/|\\s+(?:net)?mask\\s+)(255(?:\\.\\d{1,3}){3})`, 'g');
const FROM_TO = new RegExp(`(?<![\\d.])(${DOTTED})-(${DOTTED})(?![\\d.])`, 'g');

/** The IPv4 networks and ranges of a text, a single address not among them: a/n, a-b, or a with a netmask. */
function* networksIn(text: string): Generator<[number, number]> {
  for (const [, low, high] of text.matchAll(FROM_TO)) yield [ipv4(low!) ?? 0, ipv4(high!) ?? -1];
  const networks = [
    ...[...text.matchAll(WITH_PREFIX)].map(([, base, bits]) => [base!, 2 ** (32 - Number(bits))] as const),
    ...[...text.matchAll(WITH_MASK)].map(([, base, mask]) => [base!, 2 ** 32 - (ipv4(mask!) ?? 0)] as const),
  ];
  for (const [base, size] of networks) {
    const inside = ipv4(base);
    if (inside === null || size <= 1) continue;
    const start = Math.floor(inside / size) * size;
    yield [start, start + size - 1];
  }
}

/** Whether a text writes a network or range that covers the IPv4 address. */
export function covers(text: string, address: string): boolean {
  const asked = ipv4(address) ?? 0;
  return [...networksIn(text)].some(([low, high]) => low <= asked && asked <= high);
}

/** Whether a text writes the IPv6 address in one of the given spellings. */
export function writesOneOf(text: string, spellings: readonly string[]): boolean {
  return spellings.some((spelling) => new RegExp(`(?<![\\da-f:])${spelling}(?![\\da-f:])`, 'iu').test(text));
}

/** Every path of a tree: its type, owner and what a crawl can compare, by absolute path within the tree. */
export function* pathsOf(tree: string, folder = '/'): Generator<[string, ComparedPath]> {
  for (const name of readdirSync(join(tree, folder))) {
    const path = join(folder, name);
    const stats = lstatSync(join(tree, path));
    const { uid, gid } = stats;
    if (stats.isDirectory()) {
      yield [path, { type: 'dir', uid, gid }];
      yield* pathsOf(tree, path);
    } else if (stats.isSymbolicLink()) {
      yield [path, { type: 'symlink', uid, gid, target: readlinkSync(join(tree, path)) }];
    } else {
      const sha256 = stats.size > MAX_BYTES ? undefined : hash('sha256', readFileSync(join(tree, path)));
      yield [path, { type: 'file', uid, gid, size: stats.size, sha256 }];
    }
  }
}

export interface ComparedPath {
  readonly type: string;
  readonly uid: number;
  readonly gid: number;
  readonly size?: number;
  readonly sha256?: string | undefined;
  readonly target?: string;
}
