// The header block of a tar archive's member: POSIX ustar, GNU, and the old form.
import { MalformedArchive } from './tar.ts';

export const BLOCK = 512;

/** A header as it is written; names and links are strings of bytes (latin1). */
export interface RawHeader {
  readonly name: string;
  /** One character. */
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that follow. */
  readonly size: number;
  readonly mtimeMs: number;
  readonly linkName: string;
}

const SUM = { start: 148, end: 156 };
const USTAR = 'ustar\0';

/** Reads a block. Throws MalformedArchive where it is no header. */
export function rawHeader(block: Buffer): RawHeader {
  if (!hasItsSum(block)) throw new MalformedArchive('a header with a wrong sum');
  const isUstar = block.toString('latin1', 257, 263) === USTAR;
  const prefix = isUstar ? textIn(block, 345, 500) : '';
  const name = textIn(block, 0, 100);
  const size = numberIn(block, 124, 136);
  if (!Number.isSafeInteger(size) || size < 0) throw new MalformedArchive('a size that cannot be');
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: block.toString('latin1', 156, 157),
    mode: numberIn(block, 100, 108) & 0o7777,
    uid: accountIn(block, 108, 116),
    gid: accountIn(block, 116, 124),
    size,
    mtimeMs: numberIn(block, 136, 148) * 1000,
    linkName: textIn(block, 157, 257),
  };
}

/** True for a sparse file's header or extension that another extension follows, by the place of its flag. */
export function goesOn(block: Buffer, flagAt: 482 | 504): boolean {
  return block[flagAt] === 1;
}

/** The size of a sparse file with its holes. */
export function realSizeOf(block: Buffer): number {
  return Math.max(0, numberIn(block, 483, 495));
}

/** Text up to the first NUL. */
export function textIn(bytes: Buffer, start = 0, end = bytes.length): string {
  const nul = bytes.indexOf(0, start);
  return bytes.toString('latin1', start, nul < 0 || nul > end ? end : nul);
}

/** The sum of the block's bytes, its own field as blanks; some wrote it over signed ones. */
function hasItsSum(block: Buffer): boolean {
  let sum = 0;
  let signed = 0;
  for (let index = 0; index < BLOCK; index++) {
    const byte = index >= SUM.start && index < SUM.end ? 0x20 : (block[index] ?? 0);
    sum += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const stated = numberIn(block, SUM.start, SUM.end);
  return stated === sum || stated === signed;
}

/** Numbers of accounts have 32 bits. */
function accountIn(block: Buffer, start: number, end: number): number {
  return Math.min(0xffffffff, Math.max(0, numberIn(block, start, end)));
}

/** Octal, or of two's complement where the first bit is set. */
function numberIn(block: Buffer, start: number, end: number): number {
  const first = block[start] ?? 0;
  if ((first & 0x80) !== 0) {
    let value = (first & 0x40) === 0 ? first & 0x3f : (first & 0x7f) - 0x80;
    for (let index = start + 1; index < end; index++) value = value * 256 + (block[index] ?? 0);
    return value;
  }
  const digits = textIn(block, start, end).trim();
  if (digits === '') return 0;
  if (!/^-?[0-7]+$/.test(digits)) throw new MalformedArchive('a number that is none');
  return Number.parseInt(digits, 8);
}
