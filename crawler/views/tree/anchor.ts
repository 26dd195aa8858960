// Opening things so that nobody who changes the tree meanwhile can lead us out of it: always one component below a
// directory that is already open, never through a symbolic link. (Node has no openat; /proc/self/fd stands in for it.)
import { closeSync, constants, openSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { fsPath } from './names.ts';

/** Names a file without opening it; `node:fs` has no constant for it. */
const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NOFOLLOW } = constants;

/** The path of `name` (bytes) below the open directory `fd`: without a name the directory itself. */
export function at(fd: number, name = ''): string | Buffer {
  return fsPath(name === '' ? `/proc/self/fd/${fd}` : `/proc/self/fd/${fd}/${name}`);
}

/** Opens the directory that a crawl starts from, by a path its operator named. */
export function openRoot(path: string): number {
  return openSync(path, O_PATH | O_DIRECTORY);
}

/** Opens a directory that is no symbolic link; costs no access time. */
export function openDirectory(path: string | Buffer): number {
  return openSync(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

/** Opens whatever a path names, without any effect on it. */
export function openHandle(path: string | Buffer): number {
  return openSync(path, O_PATH | O_NOFOLLOW);
}

/** The names in a directory as bytes, sorted. */
export function namesIn(path: string | Buffer): string[] {
  return readdirSync(path, { encoding: 'latin1' });
}

/** The target of a symbolic link as bytes. */
export function linkTarget(path: string | Buffer): string {
  return readlinkSync(path, { encoding: 'latin1' });
}

/** Runs something with an open descriptor and closes it. */
export function withFd<T>(fd: number, use: (fd: number) => T): T {
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** The same file, whatever its name. */
export function isSame(a: Pick<Stats, 'dev' | 'ino'>, b: Pick<Stats, 'dev' | 'ino'>): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

/** `EACCES`, `ENOENT` …; rethrows what is not an error of the system. */
export function systemCode(error: unknown): string {
  if (isCoded(error) && typeof error.code === 'string') return error.code;
  throw error;
}

/** Not by class: an error of node:fs may come from another realm. */
function isCoded(error: unknown): error is { readonly code: unknown } {
  return typeof error === 'object' && error !== null && 'code' in error;
}
