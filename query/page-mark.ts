// The opaque mark of where a page of a list ends.
import { UnfoldError } from '../schemas/error.ts';

/** Writes a mark. */
export function pageMark(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The position of a mark; null without one. Throws UNFOLD_QUERY_INVALID where it is none of ours. */
export function markedPosition(mark: string | null, length: number): string[] | null {
  if (mark === null) return null;
  try {
    const position = JSON.parse(Buffer.from(mark, 'base64url').toString()) as unknown;
    if (
      Array.isArray(position) &&
      position.length === length &&
      position.every((part) => typeof part === 'string')
    )
      return position;
  } catch {
    // Falls through: not ours.
  }
  throw new UnfoldError('UNFOLD_QUERY_INVALID', 'the cursor is not one of an earlier answer');
}
