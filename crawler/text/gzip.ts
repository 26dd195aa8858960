// The beginning of what a gzip file holds, bounded however well it was compressed.
import { constants, gunzipSync } from 'node:zlib';

/** Inflated bytes; `truncated` where there was more. */
export interface Inflated {
  readonly bytes: Buffer;
  readonly truncated: boolean;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Inflates at most `maxBytes`; null where the bytes are no whole, sound gzip file. Of a larger one it inflates the
 * beginning: halves of the compressed bytes, until their content fits. An attempt never allocates more than `maxBytes`.
 */
export function gunzipPrefix(bytes: Buffer, maxBytes: number): Inflated | null {
  for (let length = bytes.length; length > 0; length >>= 1) {
    const truncated = length < bytes.length;
    const finishFlush = truncated ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
    try {
      const start = bytes.subarray(0, length);
      return { bytes: gunzipSync(start, { maxOutputLength: maxBytes, finishFlush }), truncated };
    } catch (error) {
      if (!hasCode(error, 'ERR_BUFFER_TOO_LARGE')) return null;
    }
  }
  return null;
}
