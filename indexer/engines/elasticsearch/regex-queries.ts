// Where a regular expression may match, as a query on the terms that its literals stand in.
import type { estypes } from '@elastic/elasticsearch';
import { regexOf } from '../../terms/regex.ts';
import { wordParts, type WordPart } from '../../terms/word-parts.ts';

type Query = estypes.QueryDslQueryContainer;

/** Shorter parts of words stand in too many terms. */
const SHORT = 3;
/** Terms of so many characters may be the beginning of longer words: a character is one or two units. */
const CUT = `${'?'.repeat(100)}*`;

/** Finds all in which the expression may match; null where that is everything. */
export function regexQuery(pattern: string): Query | null {
  const filter = wordParts(regexOf(pattern).needs).flatMap((some) => {
    const queries = some.map((parts) => parts.flatMap((part) => partQuery(part) ?? []));
    if (queries.some(({ length }) => length === 0)) return [];
    return [either(queries.map((all) => ({ bool: { filter: all } })))];
  });
  return filter.length === 0 ? null : { bool: { filter } };
}

function partQuery({ text, begins, ends }: WordPart): Query | null {
  if (begins && ends) return { term: { words: text } };
  if (text.length < SHORT) return null;
  if (begins) return { prefix: { words: text } };
  const value = ends ? `*${text}` : `*${text}*`;
  return either([value, CUT].map((one) => ({ wildcard: { words: { value: one } } })));
}

function either(should: readonly Query[]): Query {
  return { bool: { should: [...should], minimum_should_match: 1 } };
}
