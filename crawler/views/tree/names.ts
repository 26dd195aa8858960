// File names as bytes and as text. Inside this folder a name is a string of bytes (latin1), as readdir handed it over.
import { isUtf8 } from 'node:buffer';

/** What is worth a closer look: bytes beyond ASCII, and text that looks like one of our own escapes. */
const SPECIAL = /[^\0-\x7f]|\\x/;
/** A backslash that would read as an escape is escaped itself, so that different names never look the same. */
const AMBIGUOUS = /\\(?=x(?:[89a-f][0-9a-f]|5c))/g;
const NOT_ASCII = /[^\0-\x7f]/;

/** A name or path as text: UTF-8 decoded, other bytes as `\xHH`. */
export function nameText(bytes: string): string {
  if (!SPECIAL.test(bytes)) return bytes;
  const raw = Buffer.from(bytes.replace(AMBIGUOUS, '\\x5c'), 'latin1');
  return isUtf8(raw) ? raw.toString('utf8') : escaped(raw);
}

/** False where the text of a name holds an escape, so that its bytes must be told beside. */
export function isExact(bytes: string): boolean {
  return Buffer.from(nameText(bytes), 'utf8').toString('latin1') === bytes;
}

function escaped(raw: Buffer): string {
  let text = '';
  for (let at = 0; at < raw.length;) {
    const length = [1, 2, 3, 4].find(
      (size) => at + size <= raw.length && isUtf8(raw.subarray(at, at + size)),
    );
    text +=
      length === undefined ? `\\x${raw.toString('hex', at, at + 1)}` : raw.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return text;
}

/** A path of bytes in the form that node:fs passes on unchanged; ASCII goes as a string, which is quicker. */
export function fsPath(bytes: string): string | Buffer {
  return NOT_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1') : bytes;
}

/** Text (a pattern or path of ours) as a string of bytes. */
export function bytesOf(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}
