// Describes a directory tree in the prototype format of mkfs.xfs, which fills a new file system without mounting it.
import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

function permissions(type: string, { mode }: Stats): string {
  const setuid = (mode & 0o4000) === 0 ? '-' : 'u';
  const setgid = (mode & 0o2000) === 0 ? '-' : 'g';
  return `${type}${setuid}${setgid}${(mode & 0o777).toString(8).padStart(3, '0')}`;
}

/** The format separates words by blanks, begins comments with `:` and knows no quotes. */
function isWord(text: string): boolean {
  return /^[^\s:$]\S*$/.test(text);
}

/**
 * The prototype of a tree; the paths in it are relative to the tree, where mkfs.xfs has to run. Of the directories in
 * `emptied` (relative paths) only the directory itself is taken. `leftOut` are the relative paths that the format
 * cannot express: devices, sockets, and names with blanks or a colon in front.
 */
export async function xfsPrototype(
  tree: string,
  emptied: readonly string[],
): Promise<{ prototype: string; leftOut: string[] }> {
  const lines = ['/dev/null', '0 0'];
  const leftOut: string[] = [];

  async function describeFolder(path: string, prefix: string, stats: Stats): Promise<void> {
    lines.push(`${prefix}${permissions('d', stats)} ${stats.uid} ${stats.gid}`);
    if (!emptied.includes(path)) {
      for (const name of (await readdir(join(tree, path))).sort()) await describe(join(path, name), name);
    }
    lines.push('$');
  }

  async function describe(path: string, name: string): Promise<void> {
    const stats = await lstat(join(tree, path));
    const target = stats.isSymbolicLink() ? await readlink(join(tree, path)) : path;
    if (!isWord(name) || !isWord(target)) {
      leftOut.push(path);
    } else if (stats.isDirectory()) {
      await describeFolder(path, `${name} `, stats);
    } else if (stats.isSymbolicLink() || stats.isFile()) {
      const type = stats.isFile() ? '-' : 'l';
      lines.push(`${name} ${permissions(type, stats)} ${stats.uid} ${stats.gid} ${target}`);
    } else {
      leftOut.push(path);
    }
  }

  await describeFolder('.', '', await lstat(tree));
  return { prototype: `${lines.join('\n')}\n`, leftOut };
}
