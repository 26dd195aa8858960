// What a view says about a path, from the metadata that the kernel gives.
import { constants, lstatSync, type Stats } from 'node:fs';
import type { FileType } from '../../../schemas/entries.ts';
import type { TreeEntry } from '../view.ts';
import { isExact, nameText } from './names.ts';

const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK, S_IFIFO, S_IFSOCK, S_IFBLK } = constants;

/** A path in the system: as bytes (names.ts) and as text. */
export interface TreePath {
  readonly bytes: string;
  readonly text: string;
  readonly exact: boolean;
}

/** The top of a tree. */
export const ROOT: TreePath = { bytes: '/', text: '/', exact: true };

/** The path of a name in a directory. */
export function childPath(directory: TreePath, name: string): TreePath {
  const slash = directory.bytes === '/' ? '' : '/';
  const bytes = `${directory.bytes}${slash}${name}`;
  const named = nameText(name);
  if (named === name && directory.exact) return { bytes, text: bytes, exact: true };
  const exact = directory.exact && isExact(name);
  return { bytes, text: `${directory.text}${slash}${named}`, exact };
}

/** The kind of file that a mode states. */
function typeOf(mode: number): FileType {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return 'file';
    case S_IFDIR:
      return 'dir';
    case S_IFLNK:
      return 'symlink';
    case S_IFIFO:
      return 'fifo';
    case S_IFSOCK:
      return 'socket';
    case S_IFBLK:
      return 'block';
    default:
      return 'char';
  }
}

/** The entry of a path; `anchored` is where it can be looked at once more, `target` that of a symbolic link as bytes. */
export function entryOf(path: TreePath, stats: Stats, anchored: string | Buffer, target?: string): TreeEntry {
  const entry: { -readonly [Key in keyof TreeEntry]: TreeEntry[Key] } = {
    path: path.text,
    type: typeOf(stats.mode),
    size: stats.size,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    mtimeMs: stats.mtimeMs,
    ctimeMs: stats.ctimeMs,
    inode: Number.isSafeInteger(stats.ino) ? stats.ino : exactInode(anchored),
  };
  if (!path.exact) entry.pathBytes = Buffer.from(path.bytes, 'latin1');
  if (target !== undefined) entry.target = nameText(target);
  return entry;
}

/** Some file systems put flags into the highest bits of a 64-bit number, which no JavaScript number holds. */
function exactInode(anchored: string | Buffer): number {
  const stats = lstatSync(anchored, { bigint: true, throwIfNoEntry: false });
  return Number(BigInt.asUintN(53, stats?.ino ?? 0n));
}
