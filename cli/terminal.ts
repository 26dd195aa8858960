// What reaches the terminal: guest data with its control characters made visible, colours only where they are wanted.
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

// C0, DEL and C1, line and paragraph separators, and the marks that reorder text.
// eslint-disable-next-line no-control-regex -- these are what is meant
const HARMFUL = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Makes text of a guest harmless: a tab becomes a space, any other control character its escape, such as `\x1b`. */
export function harmless(text: string): string {
  return text.toWellFormed().replace(HARMFUL, (character) => {
    if (character === '\t') return ' ';
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** JSON on one line in which no character can act on a terminal. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replace(
    HARMFUL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Styles text for stdout: plain where that is no terminal, or `NO_COLOR` is set. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Writes to stdout. */
export function print(text: string | Uint8Array): void {
  process.stdout.write(text);
}

/** Writes a line to stderr, where notices, progress and errors go. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
