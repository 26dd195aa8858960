// Text of a guest for a reader: control characters made visible.

/** C0, DEL and C1, line and paragraph separators, and the marks that reorder text. */
// eslint-disable-next-line no-control-regex -- these are what is meant
export const HARMFUL = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Makes text of a guest harmless: a tab becomes a space, any other control character its escape, such as `\x1b`. */
export function harmless(text: string): string {
  return text.toWellFormed().replace(HARMFUL, (character) => {
    if (character === '\t') return ' ';
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
