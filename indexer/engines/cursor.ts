// The opaque mark of where a page of an answer ends.
import { UnfoldError } from '../../schemas/error.ts';

/** Answers are ordered by score, highest first, then system id. */
export interface Position {
  readonly score: number;
  readonly id: string;
}

/** Order of two systems in an answer. */
export function inOrder(a: Position, b: Position): number {
  return b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The cursor after a position. */
export function cursorAfter({ score, id }: Position): string {
  return Buffer.from(JSON.stringify([score, id])).toString('base64url');
}

/** The position of a cursor; throws UnfoldError where it is none of ours. */
export function positionOf(cursor: string): Position {
  try {
    const [score, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof score === 'number' && typeof id === 'string') return { score, id };
  } catch {
    // Falls through: not ours.
  }
  throw new UnfoldError('UNFOLD_QUERY_INVALID', 'the cursor is not one of an earlier answer');
}
