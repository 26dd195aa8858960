// Types of grammar.js, which `npm run generate` makes of grammar.peggy.
import type { Query, Span } from './tree.ts';

/** How the grammar asks and tells; grammar.peggy explains the parts. */
export interface GrammarOptions {
  literal: ReadonlySet<number>;
  unpaired(offset: number): void;
  notice(kind: 'literal' | 'operator', span: Span): void;
  isField(name: string): boolean;
  isGroup(name: string): boolean;
  isAddress(text: string): boolean;
  isRegex(text: string): boolean;
}

export function parse(text: string, options: GrammarOptions): Query;
