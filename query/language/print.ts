// Syntax tree → text, such that parse(print(tree)) is the tree again.
import type { Query, Term } from './tree.ts';

/** Writes a query in its canonical form. */
export function print(query: Query): string {
  switch (query.kind) {
    case 'all':
      return '';
    case 'word':
    case 'phrase':
      return printTerm(query);
    case 'field':
      return `${query.name}:${isTerm(query.value) ? printTerm(query.value) : `(${print(query.value)})`}`;
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

function isTerm(query: Query): query is Term {
  return query.kind === 'word' || query.kind === 'phrase';
}

function printTerm(term: Term): string {
  if (term.kind === 'word') return term.text;
  // Backslashes are doubled only in a run before a quote.
  const escaped = term.text.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&');
  return `"${escaped}"`;
}
