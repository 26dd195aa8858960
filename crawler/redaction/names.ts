// Reads the name of a setting where it stands in a text.
import type { Page, Span } from './rule.ts';

/** A name, with what stands before it on its line (at most 400 characters). */
export interface Name extends Span {
  readonly text: string;
  readonly line: string;
}

const NAME_CHARACTER = /[\w.-]/;
const LONGEST = 80;

/** The name around `at`; null where it is too long to be one. */
export function nameAt({ text }: Page, at: number): Name | null {
  let start = at;
  let end = at;
  while (start > 0 && at - start < LONGEST && NAME_CHARACTER.test(text.charAt(start - 1))) start--;
  while (end < text.length && end - at < LONGEST && NAME_CHARACTER.test(text.charAt(end))) end++;
  if (end - at === LONGEST || at - start === LONGEST) return null;
  if (/^ keys?(?!\w)/i.test(text.slice(end, end + 6))) end = text.indexOf('y', end + 3) + 1 || end;
  return { start, end, text: text.slice(start, end), line: lineBefore(text, start) };
}

/** What stands on the line of `at` before it, at most 400 characters of it. */
export function lineBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 400), at);
  return before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
}

/** What stands on the line of `at` from there on, at most `most` characters of it. */
export function lineAfter(text: string, at: number, most = 2048): string {
  const ahead = text.slice(at, at + most);
  return ahead.slice(0, lineLength(ahead));
}

/** How much of a text stands on its first line. */
export function lineLength(text: string): number {
  const end = text.indexOf('\n');
  const line = end < 0 ? text.length : end;
  const carriage = text.indexOf('\r');
  return carriage < 0 ? line : Math.min(carriage, line);
}

/** A comment of any language. */
const COMMENT_LINE = /^(?:\s*(?:#|;|\/\/\s|<!--|--\s|dnl\b|rem\s)|\s+\*\s(?!\*))/i;

/** True if what stands before on the line makes the rest a comment. */
export function isComment(line: string): boolean {
  return COMMENT_LINE.test(line);
}
