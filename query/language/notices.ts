// What a query's writer is told of how it was read.
import type { Notice } from '../../schemas/answer.ts';
import type { Span } from './tree.ts';

/** Takes what is to be told. */
export type Tell = (notice: Notice) => void;

/** The notice that a part of the query was searched as it stands. */
export function takenLiterally(written: string, why: string, span: Span): Notice {
  return { code: 'taken-literally', message: `\`${written}\` was searched literally: ${why}.`, span };
}
