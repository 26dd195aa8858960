// The opaque mark of where a page of an answer ends.
import { UnfoldError } from '../../schemas/error.ts';

/** Answers are ordered by score, highest first, then system id. */
export interface Position {
  readonly score: number;
  readonly id: string;
}

/**
 * A position, with how rare each leaf of the plan was when the first page was made. Later pages count with the same
 * rarities, so that frames that arrive between pages move no system but their own.
 */
export interface Mark extends Position {
  readonly rarities: readonly number[];
}

/** Order of two systems in an answer. */
export function inOrder(a: Position, b: Position): number {
  return b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The cursor after a position. */
export function cursorAfter({ score, id }: Position, rarities: readonly number[]): string {
  return Buffer.from(JSON.stringify([score, id, ...rarities])).toString('base64url');
}

/** The mark of a cursor for a plan of so many leaves, null without one; throws UnfoldError where it is none of ours. */
export function markOf(cursor: string | null, leaves: number): Mark | null {
  if (cursor === null) return null;
  try {
    const [score, id, ...rarities] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const ofThisPlan = rarities.length === leaves && rarities.every((rarity) => typeof rarity === 'number');
    if (typeof score === 'number' && typeof id === 'string' && ofThisPlan) return { score, id, rarities };
  } catch {
    // Falls through: not ours.
  }
  throw new UnfoldError('UNFOLD_QUERY_INVALID', 'the cursor is not one of an earlier answer to this query');
}
