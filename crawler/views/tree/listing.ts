// The names in the working directory: all at once, or piece by piece where the directory is enormous.
import { opendirSync, statSync } from 'node:fs';
import { namesIn } from './anchor.ts';

/** Beyond this size of the directory file itself its names would take much memory. */
const HUGE_DIRECTORY_BYTES = 32 * 1024 * 1024;
const NAMES_PER_READ = 1024;

/** Names as bytes; sorted, unless the directory is enormous. Throws the system's error, also while iterated. */
export function namesHere(): Iterable<string> {
  return statSync('.').size > HUGE_DIRECTORY_BYTES ? streamedNames() : namesIn('.');
}

/** Half as quick as `namesIn`, in constant memory. */
export function* streamedNames(): Generator<string> {
  const directory = opendirSync('.', { encoding: 'latin1' as BufferEncoding, bufferSize: NAMES_PER_READ });
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry.name;
  } finally {
    directory.closeSync();
  }
}
