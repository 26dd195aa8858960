// What reaches the terminal: nothing of a guest that could act on it, colours only where they are wanted.
import { once } from 'node:events';
import { styleText } from 'node:util';
import { HARMFUL } from '../query/harmless.ts';

export { harmless } from '../query/harmless.ts';

type Style = Parameters<typeof styleText>[0];

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

/** Writes pieces to stdout no faster than they are read there; returns what the pieces end with. */
export async function printAll<T>(pieces: AsyncGenerator<string, T>): Promise<T> {
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return next.value;
    if (!process.stdout.write(next.value)) await once(process.stdout, 'drain');
  }
}

/** Writes a line to stderr, where notices, progress and errors go. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
