// Which file the index is. A rebuilt index has a name of its own, to which the index's name is a link: so it takes the
// place of the old one in one step, whose write-ahead log can never be taken for its own.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What SQLite keeps beside a file while it is open. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'];

/** The file that a name of an index stands for now. */
export function realFile(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

/** Opens the file that a name stands for; again, where another one took its place meanwhile. */
export function openCurrent<T>(file: string, open: (real: string) => T, close: (opened: T) => void): T {
  for (;;) {
    const real = realFile(file);
    try {
      const opened = open(real);
      if (realFile(file) === real) return opened;
      close(opened);
    } catch (error) {
      if (realFile(file) === real) throw error;
    }
  }
}

/** A name for a file that is to take the place of `file`: `index.0a1b2c3d.sqlite` for `index.sqlite`. */
export function freshName(file: string): string {
  const number = randomBytes(4).toString('hex');
  return join(dirname(file), basename(file).replace(/\.sqlite$/, `.${number}.sqlite`));
}

/** Lets `file` stand for another file of its folder from now on, in one step. */
export function replaceBy(file: string, other: string): void {
  const link = `${file}.link`;
  rmSync(link, { force: true });
  symlinkSync(basename(other), link);
  renameSync(link, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** Removes files for which `file` does not stand: of earlier indexes, and of rebuilds that were interrupted. */
export function removeOthers(file: string): void {
  const stays = basename(realFile(file));
  const stem = basename(file, '.sqlite');
  const ours = new RegExp(String.raw`^${stem}(\.[0-9a-f]{8})?\.sqlite(-wal|-shm|-journal|[.]link)?$`);
  const kept = new Set([...COMPANIONS.map((suffix) => stays + suffix), basename(file)]);
  for (const name of readdirSync(dirname(file)))
    if (ours.test(name) && !kept.has(name)) rmSync(join(dirname(file), name), { force: true });
}
