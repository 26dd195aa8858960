// Folds a text and remembers where each folded unit came from.
import { foldCase, isAscii } from './words.ts';

/** A folded text, and the way back. */
export interface FoldedText {
  readonly folded: string;
  /** Index into the text as given, for a boundary of the folded text. */
  readonly original: (index: number) => number;
}

/** A character with all that composition can join to it: marks, vowels and finals of Hangul, a vowel of Kirat Rai. */
const CLUSTER = /[^][\p{M}\u1160-\u11ff\u{16d67}]*/gu;

/** Folds like `foldCase`; offsets found in the folded text can be taken back to the text as given. */
export function foldText(text: string): FoldedText {
  const folded = foldCase(text);
  if (isAscii(text) || (folded.length === text.length && text.normalize('NFC') === text)) {
    return { folded, original: (index) => index };
  }
  const from = new Uint32Array(folded.length + 1);
  let to = 0;
  for (const { 0: cluster, index } of text.matchAll(CLUSTER)) {
    const length = foldCase(cluster).length;
    for (let unit = 0; unit < length; unit++)
      from[to + unit] = length === cluster.length ? index + unit : index;
    to += length;
  }
  from[to] = text.length;
  return { folded, original: (index) => from[index] ?? text.length };
}
