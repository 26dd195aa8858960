// The names in the working directory: all at once, or piece by piece where the directory is enormous.
import { opendirSync } from 'node:fs';
import { namesIn } from './anchor.ts';

/** Beyond this size of the directory file itself its names would take much memory. */
const HUGE_DIRECTORY_BYTES = 8 * 1024 * 1024;
const NAMES_PER_READ = 1024;

/**
 * Names as bytes; sorted, unless the directory is enormous. `size` is that of the directory. What the system refuses is
 * told to `failed`, and the names end there.
 */
export function namesHere(size: number, failed: (error: unknown) => void): Iterable<string> {
  if (size > HUGE_DIRECTORY_BYTES) return streamedNames(failed);
  try {
    return namesIn('.');
  } catch (error) {
    failed(error);
    return [];
  }
}

/** Half as quick, in constant memory. */
function* streamedNames(failed: (error: unknown) => void): Generator<string, void> {
  try {
    const directory = opendirSync('.', { encoding: 'latin1' as BufferEncoding, bufferSize: NAMES_PER_READ });
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry.name;
    } finally {
      directory.closeSync();
    }
  } catch (error) {
    failed(error);
  }
}
