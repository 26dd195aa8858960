// Regular expressions of RE2: linear in the text whatever the pattern, and what a text needs to be worth trying.
import { createRequire } from 'node:module';
import type * as re2 from 're2js';
import { foldPattern, type Needs } from './regex-pattern.ts';

/** A regular expression that is tried on folded text. */
export interface Regex {
  /** Of each list a text that matches has one of these, folded. */
  readonly needs: Needs;
  /** Whether it matches somewhere. */
  holds(folded: string): boolean;
  /** Where it matches, in order; of an expression with a group named `m` where that does. */
  ranges(folded: string): Generator<[start: number, end: number]>;
}

/**
 * The most instructions of a compiled expression: repetitions of repetitions multiply. At worst a text takes some 10 ns
 * for each of its characters and each instruction.
 */
const MOST_INSTRUCTIONS = 5000;
const MOST_KNOWN = 100;
const KNOWN = new Map<string, Regex>();

/** Compiles an expression in RE2's syntax, without case. Throws an Error that says what is wrong with it. */
export function regexOf(pattern: string): Regex {
  const known = KNOWN.get(pattern);
  if (known !== undefined) return known;
  const regex = compile(pattern);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  KNOWN.set(pattern, regex);
  return regex;
}

const require = createRequire(import.meta.url);
let library: typeof re2 | undefined;

function compile(pattern: string): Regex {
  // Loaded with the first expression: most searches have none.
  library ??= require('re2js') as typeof re2;
  const { RE2JS } = library;
  const composed = pattern.normalize('NFC');
  // As it was written, so that what is wrong is said of that.
  RE2JS.compile(composed);
  const { folded: expression, needs } = foldPattern(composed);
  const compiled = RE2JS.compile(expression, RE2JS.MULTILINE);
  if (compiled.programSize() > MOST_INSTRUCTIONS) throw new Error('it repeats too much');
  const group = Object.hasOwn(compiled.namedGroups(), 'm') ? 'm' : 0;
  const mayMatch = (text: string) => needs.every((some) => some.some((literal) => text.includes(literal)));
  return {
    needs,
    holds: (text) => mayMatch(text) && compiled.test(text),
    *ranges(text) {
      if (!mayMatch(text)) return;
      const matcher = compiled.matcher(text);
      for (let found = matcher.find(0); found;) {
        const [start, end] = [matcher.start(group), matcher.end(group)];
        yield [start, end];
        // What follows the group may be the beginning of the next match.
        const next = Math.max(end, matcher.start(0) + 1);
        if (next > text.length) return;
        found = matcher.find(next);
      }
    },
  };
}
