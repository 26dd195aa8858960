// Text → syntax tree. No input is refused for its form: what does not parse is literal text, and a notice says so.
import type { Notice } from '../../schemas/answer.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { parseAddress } from '../../indexer/terms/addresses.ts';
import { parse as parseGrammar } from './grammar.js';
import { groupFeature, isFieldName } from './names.ts';
import { takenLiterally } from './notices.ts';
import { isRegex } from './slashes.ts';
import type { Parsed, Query, Span } from './tree.ts';

/** The longest query, in UTF-16 units. */
export const MAX_QUERY_LENGTH = 4096;
/** The deepest nesting of parentheses; a query beyond it is literal text. */
const MAX_DEPTH = 50;

/** Parses a query. Throws UNFOLD_QUERY_TOO_LONG beyond MAX_QUERY_LENGTH, and nothing else. */
export function parse(text: string): Parsed {
  if (text.length > MAX_QUERY_LENGTH)
    throw new UnfoldError(
      'UNFOLD_QUERY_TOO_LONG',
      `The query has ${text.length} characters; ${MAX_QUERY_LENGTH} is the most.`,
      { place: { parameter: 'q', span: [MAX_QUERY_LENGTH, text.length] } },
    );
  if (depth(text) > MAX_DEPTH) return literally(text);
  const literal = new Set<number>();
  // A parenthesis without a partner is found by parsing; each round makes those found literal, so it ends.
  for (;;) {
    const known = literal.size;
    const parsed = grammar(text, literal);
    if (literal.size === known) return parsed;
  }
}

/** Parses with parentheses that stand for themselves, to which it adds those it finds to have no partner. */
function grammar(text: string, literal: Set<number>): Parsed {
  const notices: Notice[] = [];
  const tree = parseGrammar(text, {
    literal: new Set(literal),
    unpaired: (offset) => literal.add(offset),
    notice: (kind, span) => notices.push(notice(kind, text, span)),
    isField: isFieldName,
    isGroup: (name) => groupFeature(name) !== null,
    isAddress: (candidate) => parseAddress(candidate) !== null,
    isRegex,
  });
  return { tree, notices: notices.sort(bySpan) };
}

function notice(kind: 'literal' | 'operator', text: string, span: Span): Notice {
  const written = text.slice(...span);
  if (kind === 'literal') return takenLiterally(written, whyLiteral(written), span);
  return {
    code: 'operator-word',
    message: `\`${written}\` was read as an operator; write "${written}" in quotes to search for the word.`,
    span,
  };
}

function whyLiteral(written: string): string {
  if (/^(?:and|or|not|-)$/i.test(written)) return 'an operator needs something to operate on';
  if (written.includes('"')) return 'the quote has no partner';
  return /[()]/.test(written)
    ? 'a parenthesis has no partner'
    : 'it stands before a group without being a field';
}

function bySpan(a: Notice, b: Notice): number {
  return (a.span?.[0] ?? 0) - (b.span?.[0] ?? 0);
}

/** Phrases as they were printed, and words. */
function literally(text: string): Parsed {
  const items: Query[] = [...text.matchAll(/"(?:\\.|[^"\\])+"(?!\S)|\S+/gs)].map(({ 0: written, index }) => {
    const span: Span = [index, index + written.length];
    const quoted = /^".*"$/s.test(written) ? grammar(written, new Set()).tree : null;
    return { kind: 'phrase', text: quoted?.kind === 'phrase' ? quoted.text : written, span };
  });
  const span: Span = [0, text.length];
  const [only] = items;
  return {
    tree: only !== undefined && items.length === 1 ? only : { kind: 'and', items, span },
    notices: [takenLiterally('(', `parentheses nest deeper than ${MAX_DEPTH}`, span)],
  };
}

function depth(text: string): number {
  let current = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '(') deepest = Math.max(deepest, ++current);
    else if (character === ')') current = Math.max(0, current - 1);
  }
  return deepest;
}
