// Syntax tree → text, such that parse(print(tree)) is the tree again.
import { isTerm, type Query, type Term } from './tree.ts';
import { isFieldName } from './names.ts';

/** Writes a query in its canonical form. */
export function print(query: Query): string {
  switch (query.kind) {
    case 'all':
      return '';
    case 'word':
    case 'phrase':
    case 'regex':
      return printTerm(query);
    case 'field':
      return `${query.name}:${isTerm(query.value) && isFieldName(query.name) ? printTerm(query.value) : `(${print(query.value)})`}`;
    case 'not':
      return `NOT ${operand(query.item)}`;
    case 'and':
      return query.items.map(operand).join(' ');
    case 'or':
      // AND binds tighter, so a conjunction under OR needs no parentheses.
      return query.items.map((item) => (item.kind === 'and' ? print(item) : operand(item))).join(' OR ');
  }
}

function operand(query: Query): string {
  return query.kind === 'and' || query.kind === 'or' ? `(${print(query)})` : print(query);
}

/** With what follows after a blank it could be a regular expression, or a comparison. */
const OPEN = /^(?:\/(?:\\.|[^/\\])*\\?|[<>]=?)$/s;

function printTerm({ kind, text }: Term): string {
  if (kind === 'regex') return `/${text}/`;
  // A backslash would take the parenthesis along.
  if (kind === 'word') return OPEN.test(text) ? `(${text}${text.endsWith('\\') ? ' ' : ''})` : text;
  // Backslashes are doubled only in a run before a quote.
  const escaped = text.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&');
  return `"${escaped}"`;
}
