// The syntax tree of a query: what was written, with spans. resolve.ts gives it meaning.
import type { Notice } from '../../schemas/answer.ts';

/** UTF-16 offsets into the query, end exclusive. */
export type Span = [start: number, end: number];

/** `word` stood bare and may be an address; `phrase` is literal text: quoted, or what did not parse. */
export type Term = { kind: 'word' | 'phrase'; text: string; span: Span };

/** A query. `name` of a field is a known one in lower case; its value is a term or terms in parentheses. */
export type Query =
  | { kind: 'all'; span: Span }
  | Term
  | { kind: 'field'; name: string; value: Query; span: Span }
  | { kind: 'not'; item: Query; span: Span }
  | { kind: 'and' | 'or'; items: Query[]; span: Span };

/** A parsed query, and what its writer should know. */
export interface Parsed {
  tree: Query;
  notices: Notice[];
}
