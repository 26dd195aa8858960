// The metadata of many paths: what find prints in the appliance, and how it is read here.
import type { FileType } from '../../../schemas/entries.ts';
import { isExact, nameText } from '../tree/names.ts';
import type { TreeEntry } from '../view.ts';

/** One path as the appliance listed it: its bytes (latin1), absolute within the system, and its metadata. */
export interface Listed {
  readonly bytes: string;
  /** Of a symbolic link, in bytes. */
  readonly target: string | null;
  readonly entry: TreeEntry;
}

/** The argument of find's -printf: fields, path and link target, the latter two ended by NUL. */
export const LISTED = String.raw`%y %m %U %G %s %T@ %C@ %i %P\0%l\0`;
/** The command that prints the last record; a listing without it was cut off. */
export const LISTED_END = String.raw`printf 'end\0\0'`;
const END = 'end';

const TYPES: Readonly<Record<string, FileType>> = {
  f: 'file',
  d: 'dir',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  b: 'block',
  c: 'char',
};

/** A listing that does not have the form, or has no end. */
export class BrokenListing extends Error {}

const CHUNK = 4 * 1024 * 1024;
const LONGEST_RECORD = 16_384;
/** No Date is later. */
const LATEST_MS = 8.64e15;

/** The paths of a listing in order; `fill` reads from `at` bytes into it. Throws BrokenListing. */
export function* listed(fill: (at: number, target: Buffer) => void): Generator<Listed> {
  const buffer = Buffer.alloc(CHUNK + LONGEST_RECORD);
  let from = 0;
  let kept = 0;
  for (;;) {
    fill(from, buffer.subarray(kept, kept + CHUNK));
    const end = kept + CHUNK;
    let at = 0;
    for (;;) {
      const first = buffer.indexOf(0, at);
      const second = first < 0 ? -1 : buffer.indexOf(0, first + 1);
      if (second < 0 || second >= end) break;
      const record = buffer.toString('latin1', at, first);
      if (record === END) return;
      const one = listedOne(record, buffer.toString('latin1', first + 1, second));
      if (one !== null) yield one;
      at = second + 1;
    }
    kept = end - at;
    if (kept > LONGEST_RECORD) throw new BrokenListing('a record that is too long');
    buffer.copy(buffer, 0, at, end);
    from += CHUNK;
  }
}

/** Type, permissions, owner, group, size, mtime, ctime, inode, path. */
const RECORD = /^(\S) ([0-7]+) (\d+) (\d+) (\d+) (\S+) (\S+) (\d+) (.*)$/s;

/** null for what is of no known type, which a damaged file system may hold. */
function listedOne(record: string, target: string): Listed | null {
  const fields = RECORD.exec(record);
  if (fields === null) throw new BrokenListing('a record without all of its fields');
  const [kind, mode, uid, gid, size, mtime, ctime, inode, path] = fields.slice(1) as Fields;
  const type = TYPES[kind];
  if (type === undefined) return null;
  const bytes = `/${path}`;
  const entry: { -readonly [Key in keyof TreeEntry]: TreeEntry[Key] } = {
    path: nameText(bytes),
    type,
    size: Number(size),
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    mtimeMs: milliseconds(mtime),
    ctimeMs: milliseconds(ctime),
    inode: Number(inode),
  };
  if (!isExact(bytes)) entry.pathBytes = Buffer.from(bytes, 'latin1');
  if (type === 'symlink') entry.target = nameText(target);
  return { bytes, target: type === 'symlink' ? target : null, entry };
}

type Fields = [string, string, string, string, string, string, string, string, string];

/** Seconds with ten decimals, of which nine mean something. A damaged inode may state any time. */
function milliseconds(time: string): number {
  const [whole = '', decimals = ''] = time.split('.');
  const part = Number(decimals.slice(0, 9)) / 1e6;
  const all = Number(whole) * 1000 + (time.startsWith('-') ? -part : part);
  return Math.min(Math.max(all, -LATEST_MS), LATEST_MS);
}
