// What a rebuild made of an index, and whether that is all of it: the same for every engine.
import { UnfoldError } from '../../schemas/error.ts';
import type { IndexStatus } from './index-keeping.ts';

/** An index before and after it was rebuilt. */
export interface Rebuilt {
  readonly before: IndexStatus;
  readonly after: IndexStatus;
}

/** Throws UNFOLD_DATA_CORRUPT where something is missing. Contents may be fewer: of some no fact was left. */
export function requireAll({ before, after }: Rebuilt, index: string): void {
  const whole = (status: IndexStatus) =>
    [status.systems, status.frames, status.facts.current, status.facts.past].join(', ');
  if (whole(before) === whole(after) && after.contents.count <= before.contents.count) return;
  throw new UnfoldError(
    'UNFOLD_DATA_CORRUPT',
    `${index}: of its systems, frames, current and past facts (${whole(before)}) a new index has ${whole(after)}`,
  );
}
