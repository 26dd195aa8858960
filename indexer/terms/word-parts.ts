// What literals say about the words of a text that they stand in.
import type { Needs } from './regex-pattern.ts';
import { runsOfWords, wordTerm } from './words.ts';

/** A run of a literal that stands in one word of whatever text has the literal; folded, and cut like a term. */
export interface WordPart {
  readonly text: string;
  /** Whether the word begins with it. */
  readonly begins: boolean;
  /** Whether the word ends with it. */
  readonly ends: boolean;
}

/** Alternatives of which one has to hold; for each all of these have to. */
export type PartsNeeded = readonly (readonly WordPart[])[];

/** What the words of a matching text satisfy: all of these. A need is left out where a literal of it tells nothing of words. */
export function wordParts(needs: Needs): PartsNeeded[] {
  return needs.map((some) => some.map(partsOf)).filter((some) => some.every(({ length }) => length > 0));
}

function partsOf(literal: string): WordPart[] {
  return Array.from(runsOfWords(literal), ({ 0: run, index }) => {
    const text = wordTerm(run);
    const end = index + run.length;
    // What is longer than a term stands in a word that is cut right after it.
    return { text, begins: index > 0, ends: end < literal.length || text !== run };
  });
}
