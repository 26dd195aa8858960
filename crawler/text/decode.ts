// Bytes to text: tells text from binary, and finds the encoding and the compression of text.
import { isAscii, isUtf8 } from 'node:buffer';
import type { FileContent } from '../../schemas/entries.ts';
import { gunzipPrefix } from './gzip.ts';

/** A file's text in its exact form (line ends and a UTF-8 mark kept). */
export type DecodedText = Pick<FileContent, 'text' | 'encoding' | 'compression' | 'truncated'>;

/** Text found in a compressed file is kept up to this many bytes. */
export const MAX_INFLATED_BYTES = 4 * 1024 * 1024;

/** Control characters that text hardly ever has: all but tab, line ends, form feed, backspace, bell and escape. */
const RARE_CONTROLS = new Uint8Array(256);
for (let code = 0; code < 0x20; code++) {
  RARE_CONTROLS[code] = [0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b].includes(code) ? 0 : 1;
}

/** Of bytes that are no UTF-8, so many may be rare control characters. */
const CONTROL_SHARE = 1 / 1000;
/** Below this size control characters are too few to tell: most bytes must be ASCII then. */
const SMALL_BYTES = 256;
const SMALL_ASCII_SHARE = 0.7;

/** UTF-16 without a byte order mark is believed from this size and share of ASCII characters on. */
const UNMARKED_UTF16_BYTES = 8;
const UNMARKED_ASCII_SHARE = 0.9;
const LOOKED_AT_BYTES = 128;

/**
 * The text of a file's bytes; null where they are not text. UTF-8 without NUL is text; so is UTF-16 with a byte order
 * mark or where it is beyond doubt, Latin-1 with hardly any control character, and any of these inside gzip. A broken
 * or cut gzip file is binary: what is left of it could not be told from the whole.
 */
export function decodeText(bytes: Buffer): DecodedText | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08) return inflatedText(bytes);
  return plainText(bytes);
}

function inflatedText(bytes: Buffer): DecodedText | null {
  const inflated = gunzipPrefix(bytes, MAX_INFLATED_BYTES);
  if (inflated === null) return null;
  const { truncated } = inflated;
  const plain = plainText(truncated ? wholeCharacters(inflated.bytes) : inflated.bytes);
  return plain && { ...plain, compression: 'gzip', ...(truncated && { truncated }) };
}

/** Without a UTF-8 character that was cut at the end. */
function wholeCharacters(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start >= 0 && start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}

function plainText(bytes: Buffer): DecodedText | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16Text(bytes.subarray(2), 'utf-16le', true);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16Text(bytes.subarray(2), 'utf-16be', true);
  const nul = bytes.indexOf(0);
  // Without a mark, the place of the first NUL tells the byte order.
  if (nul >= 0) return utf16Text(bytes, nul % 2 === 1 ? 'utf-16le' : 'utf-16be', false);
  if (isAscii(bytes)) return { text: bytes.toString('latin1'), encoding: 'utf-8' };
  if (isUtf8(bytes)) return { text: bytes.toString('utf8'), encoding: 'utf-8' };
  return isLatin1(bytes) ? { text: bytes.toString('latin1'), encoding: 'latin-1' } : null;
}

function isLatin1(bytes: Buffer): boolean {
  let controls = 0;
  let ascii = 0;
  for (const byte of bytes) {
    controls += RARE_CONTROLS[byte] ?? 0;
    if (byte < 0x80) ascii++;
  }
  if (bytes.length < SMALL_BYTES) return controls === 0 && ascii >= bytes.length * SMALL_ASCII_SHARE;
  return controls <= bytes.length * CONTROL_SHARE;
}

/** Decodes UTF-16; half a character is replaced. Without a byte order mark it must be beyond doubt. */
function utf16Text(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be', marked: boolean): DecodedText | null {
  const whole = bytes.subarray(0, bytes.length & ~1);
  if (!marked && (whole.length < bytes.length || !mayBeUtf16(bytes, encoding))) return null;
  const units = (encoding === 'utf-16le' ? whole : Buffer.from(whole).swap16()).toString('utf16le');
  const text = units.toWellFormed();
  const plausible = marked ? isMarkedText(text) : text === units && isBeyondDoubt(text);
  return plausible ? { text: whole.length < bytes.length ? `${text}\ufffd` : text, encoding } : null;
}

/** A quick look that spares most binary files the decoding. */
function mayBeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): boolean {
  if (bytes.length < UNMARKED_UTF16_BYTES) return false;
  const end = Math.min(bytes.length, LOOKED_AT_BYTES);
  let ascii = 0;
  for (let high = encoding === 'utf-16le' ? 1 : 0; high < end; high += 2) {
    if (bytes[high] === 0 && bytes[high ^ 1] !== 0) ascii++;
  }
  return ascii >= (end / 2) * UNMARKED_ASCII_SHARE;
}

/** No rare control character, and at most a few halves of characters. */
function isMarkedText(text: string): boolean {
  let replaced = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80 && RARE_CONTROLS[unit] === 1) return false;
    if (unit >= 0xfffd) replaced++;
  }
  return replaced <= text.length / 100;
}

/** No rare control character, and nearly all of it ASCII. */
function isBeyondDoubt(text: string): boolean {
  let ascii = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) continue;
    if (RARE_CONTROLS[unit] === 1) return false;
    ascii++;
  }
  return ascii >= text.length * UNMARKED_ASCII_SHARE;
}
