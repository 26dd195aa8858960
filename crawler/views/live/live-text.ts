// Bytes of the kernel as text.
import { isUtf8 } from 'node:buffer';
import { nameText } from '../tree/names.ts';

/** UTF-8 as it is; of other texts the bytes that are none as `\xHH`. `bytes` is a string of bytes (latin1). */
export function liveText(bytes: string): string {
  const raw = Buffer.from(bytes, 'latin1');
  return isUtf8(raw) ? raw.toString('utf8') : nameText(bytes);
}
