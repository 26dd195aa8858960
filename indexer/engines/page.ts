// One page of an answer: the systems in their order, after the mark of the page before.
import type { SearchPlan } from '../../schemas/plan.ts';
import { cursorAfter, inOrder, type Mark } from './cursor.ts';
import type { Judged } from './found.ts';

/** The systems of a page, in order, and where it ends. */
export interface Page {
  readonly shown: readonly Judged[];
  readonly cursor: string | null;
}

/** Turns to the page after a mark. */
export function pageOf(
  judged: readonly Judged[],
  rarities: readonly number[],
  after: Mark | null,
  limit: SearchPlan['limit'],
): Page {
  const sorted = [...judged].sort(inOrder);
  const rest = after === null ? sorted : sorted.filter((one) => inOrder(one, after) > 0);
  const shown = rest.slice(0, limit ?? rest.length);
  const last = shown.at(-1);
  return {
    shown,
    cursor: last !== undefined && shown.length < rest.length ? cursorAfter(last, rarities) : null,
  };
}
