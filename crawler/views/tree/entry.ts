// What a view says about a path, from the metadata that the kernel gives.
import { constants, lstatSync, type Stats } from 'node:fs';
import type { FileType } from '../../../schemas/entries.ts';
import type { TreeEntry } from '../view.ts';
import { nameText } from './names.ts';

const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK, S_IFIFO, S_IFSOCK, S_IFBLK, S_IFCHR } = constants;

const TYPES: ReadonlyMap<number, FileType> = new Map([
  [S_IFREG, 'file'],
  [S_IFDIR, 'dir'],
  [S_IFLNK, 'symlink'],
  [S_IFIFO, 'fifo'],
  [S_IFSOCK, 'socket'],
  [S_IFBLK, 'block'],
  [S_IFCHR, 'char'],
]);

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
  const { text, exact } = nameText(name);
  const slash = directory.bytes === '/' ? '' : '/';
  return {
    bytes: `${directory.bytes}${slash}${name}`,
    text: `${directory.text}${slash}${text}`,
    exact: exact && directory.exact,
  };
}

/** The kind of file that a mode states. */
export function typeOf(mode: number): FileType {
  const type = TYPES.get(mode & S_IFMT);
  if (type === undefined) throw new Error(`no type of file has mode ${mode.toString(8)}`);
  return type;
}

/** The entry of a path; `anchored` is where it can be looked at once more, `target` that of a symbolic link as bytes. */
export function entryOf(path: TreePath, stats: Stats, anchored: string | Buffer, target?: string): TreeEntry {
  return {
    path: path.text,
    ...(path.exact ? undefined : { pathBytes: Buffer.from(path.bytes, 'latin1') }),
    type: typeOf(stats.mode),
    size: stats.size,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    mtimeMs: stats.mtimeMs,
    ctimeMs: stats.ctimeMs,
    inode: Number.isSafeInteger(stats.ino) ? stats.ino : exactInode(anchored),
    ...(target === undefined ? undefined : { target: nameText(target).text }),
  };
}

/** Some file systems put flags into the highest bits of a 64-bit number, which no JavaScript number holds. */
function exactInode(anchored: string | Buffer): number {
  const stats = lstatSync(anchored, { bigint: true, throwIfNoEntry: false });
  return Number(BigInt.asUintN(53, stats?.ino ?? 0n));
}
