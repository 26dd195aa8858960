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

/** To look for more than these takes longer than what they save. */
const MOST_NEEDS = 4;

/**
 * What the words of a matching text satisfy: all of these, the most telling of what is needed. A need is left out where
 * a literal of it tells nothing of words.
 */
export function wordParts(needs: Needs): PartsNeeded[] {
  const needed = needs.map((some) => some.map(partsOf));
  return needed
    .filter((some) => some.every(({ length }) => length > 0))
    .sort((a, b) => leastTold(b) - leastTold(a))
    .slice(0, MOST_NEEDS);
}

/** Units of the longest part of the alternative that tells least. */
function leastTold(some: PartsNeeded): number {
  return Math.min(...some.map((parts) => Math.max(...parts.map(({ text }) => text.length))));
}

/** A part shorter than this takes long to look for and tells little; what stands beside a longer one is left out. */
const SHORT = 3;

function partsOf(literal: string): WordPart[] {
  const parts = Array.from(runsOfWords(literal), ({ 0: run, index }) => {
    const text = wordTerm(run);
    const end = index + run.length;
    // What is longer than a term stands in a word that is cut right after it.
    return { text, begins: index > 0, ends: end < literal.length || text !== run };
  });
  const telling = parts.filter(({ text, begins, ends }) => (begins && ends) || text.length >= SHORT);
  return telling.length > 0 ? telling : parts;
}
