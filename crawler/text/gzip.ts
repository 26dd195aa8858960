// The beginning of what a gzip file holds, bounded however well it was compressed.
import { constants, gunzipSync } from 'node:zlib';
import { errorCode } from '../error-code.ts';

/** Inflated bytes; `truncated` where there was more. */
export interface Inflated {
  readonly bytes: Buffer;
  readonly truncated: boolean;
}

/**
 * Inflates at most `maxBytes`; null where the bytes are no whole, sound gzip file. Of a larger one it inflates the
 * beginning: halves of the compressed bytes, until their content fits. An attempt never allocates more than `maxBytes`.
 */
export function gunzipPrefix(bytes: Buffer, maxBytes: number): Inflated | null {
  const chunkSize = chunkSizeFor(bytes, maxBytes);
  for (let length = bytes.length; length > 0; length >>= 1) {
    const truncated = length < bytes.length;
    const finishFlush = truncated ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
    try {
      const start = bytes.subarray(0, length);
      return { bytes: gunzipSync(start, { maxOutputLength: maxBytes, finishFlush, chunkSize }), truncated };
    } catch (error) {
      if (errorCode(error) !== 'ERR_BUFFER_TOO_LARGE') return null;
    }
  }
  return null;
}

/** The last four bytes tell, of an honest file, how much it inflates to: room for it at once saves copying. */
function chunkSizeFor(bytes: Buffer, maxBytes: number): number {
  const stated = bytes.length < 18 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  return Math.max(constants.Z_DEFAULT_CHUNK, Math.min(stated + 1, maxBytes));
}
