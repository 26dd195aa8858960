// What reading an archive throws where it is cut or damaged.
import { errorCode } from '../../error-code.ts';
import { CutSource } from '../../formats/byte-source.ts';
import { MalformedArchive } from '../../formats/tar.ts';

/** True for that, unpacking included. */
export function isDamage(error: unknown): boolean {
  if (error instanceof MalformedArchive || error instanceof CutSource) return true;
  return /^(?:Z_|ERR_|ZSTD_)/.test(errorCode(error) ?? '');
}
