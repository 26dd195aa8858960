// The syntax tree of a query: what was written, with spans. resolve.ts gives it meaning.
import type { Notice } from '../../schemas/answer.ts';

/** UTF-16 offsets into the query, end exclusive. */
export type Span = [start: number, end: number];

/**
 * `word` stood bare and may be an address or have wildcards; `phrase` is literal text: quoted, or what did not parse;
 * `regex` stood between slashes, which are not part of it.
 */
export type Term = { kind: 'word' | 'phrase' | 'regex'; text: string; span: Span };

/** A query. `name` of a field, or of a group of conditions on one fact, is a known one in lower case. */
export type Query =
  | { kind: 'all'; span: Span }
  | Term
  | { kind: 'field'; name: string; value: Query; span: Span }
  | { kind: 'not'; item: Query; span: Span }
  | { kind: 'and' | 'or'; items: Query[]; span: Span };

export type FieldQuery = Extract<Query, { kind: 'field' }>;

/** A parsed query, and what its writer should know. */
export interface Parsed {
  tree: Query;
  notices: Notice[];
}

/** Whether a query is one term. */
export function isTerm(query: Query): query is Term {
  return query.kind === 'word' || query.kind === 'phrase' || query.kind === 'regex';
}
