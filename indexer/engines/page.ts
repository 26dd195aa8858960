// One page of an answer: the systems in their order, after the mark of the page before.
import type { SearchPlan } from '../../schemas/plan.ts';
import { cursorAfter, inOrder, type Mark } from './cursor.ts';
import { judge, type Found, type Judged } from './judgement.ts';
import type { Candidate } from './matched.ts';
import type { PlanTree } from './plan-tree.ts';

/** A page, and all systems of the answer. */
export interface Page {
  readonly judged: readonly Judged[];
  readonly shown: readonly Judged[];
  /** Systems of which it is open whether they belong to it. */
  readonly unknown: number;
  readonly cursor: string | null;
}

/** Judges the systems by what was found, and turns to the page after a mark. */
export function pageOf(
  tree: PlanTree,
  systems: readonly Candidate[],
  found: Found,
  after: Mark | null,
  limit: SearchPlan['limit'],
): Page {
  const { judged, unknown, rarities } = judge(tree, systems, found, after?.rarities ?? null);
  judged.sort(inOrder);
  const rest = after === null ? judged : judged.filter((one) => inOrder(one, after) > 0);
  const shown = rest.slice(0, limit ?? rest.length);
  const last = shown.at(-1);
  const cursor = last !== undefined && shown.length < rest.length ? cursorAfter(last, rarities) : null;
  return { judged, shown, unknown, cursor };
}
