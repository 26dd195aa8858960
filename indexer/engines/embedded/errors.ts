// What SQLite and the file system report, as errors a user can act on.
import { UnfoldError, type ErrorCode } from '../../../schemas/error.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const CODES = new Map<number, [ErrorCode, string]>([
  [3, ['UNFOLD_DATA_UNWRITABLE', 'the index may not be written']],
  [5, ['UNFOLD_DATA_UNWRITABLE', 'another process has been writing to the index for too long']],
  [6, ['UNFOLD_DATA_UNWRITABLE', 'the index is locked by another process']],
  [8, ['UNFOLD_DATA_UNWRITABLE', 'the index may not be written']],
  [11, ['UNFOLD_DATA_CORRUPT', 'the index is damaged']],
  [13, ['UNFOLD_DISK_FULL', 'the file system of the index is full']],
  [14, ['UNFOLD_DATA_UNWRITABLE', 'the index cannot be opened']],
  [26, ['UNFOLD_DATA_CORRUPT', 'the index is not an SQLite file']],
]);

/** An I/O error that means "no space left": writing, extending or mapping a file of the index. */
const OUT_OF_SPACE = new Set([778, 1290, 4874, 5386]);

function sqliteCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode : null;
}

/** True where SQLite says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && (code & 0xff) === 5;
}

/** True where SQLite could not open a file, or could not make the ones it needs beside it. */
export function cannotOpen(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && ((code & 0xff) === 14 || (code & 0xff) === 8);
}

/** A row that another row names is not there, or what is in it cannot be read. */
export class DamagedIndex extends Error {}

/** The error to report for one met while the index in `file` was used; what is no error of the index stays as it is. */
export function indexError(error: unknown, file: string): unknown {
  // Decoding reads beyond the end of a row that is not what was written.
  if (error instanceof DamagedIndex || error instanceof RangeError) {
    return new UnfoldError('UNFOLD_DATA_CORRUPT', `${file}: ${error.message}`, { cause: error });
  }
  const code = sqliteCode(error);
  if (code === null) return error;
  const known = OUT_OF_SPACE.has(code) ? CODES.get(13) : CODES.get(code & 0xff);
  const [unfoldCode, what] = known ?? ['UNFOLD_INTERNAL', 'SQLite refused'];
  const message = (error as Error).message;
  return new UnfoldError(unfoldCode, `${file}: ${what} (${message})`, { cause: error });
}
