// What is told of a change: one JSON event, of bounded size.
import { randomUUID } from 'node:crypto';
import type { Answer } from '../../schemas/answer.ts';
import type { SavedSearch, WatchEvent } from '../../schemas/saved-search.ts';
import type { Difference } from './difference.ts';

/** Systems, and gaps of the coverage, that an event lists. */
const LISTED = 1000;
const KINDS = ['entered', 'left', 'unknown', 'known'] as const;

/** The event of a difference; null where nothing changed. The first answer is one even if it is empty. */
export function eventOf(
  { name, query }: SavedSearch,
  { at, total, coverage }: Pick<Answer, 'at' | 'total' | 'coverage'>,
  difference: Difference,
  first: boolean,
): WatchEvent | null {
  const { entered, left, unknown, known } = difference;
  if (!first && KINDS.every((kind) => difference[kind].length === 0)) return null;
  const beyond = (list: readonly unknown[]): number => Math.max(0, list.length - LISTED);
  return {
    schema: 'unfold.event/1',
    id: randomUUID(),
    search: { name, query },
    at,
    first,
    entered: entered.slice(0, LISTED),
    left: left.slice(0, LISTED),
    unknown: unknown.slice(0, LISTED),
    known: known.slice(0, LISTED),
    more: {
      entered: beyond(entered),
      left: beyond(left),
      unknown: beyond(unknown),
      known: beyond(known),
    },
    total: total.systems,
    coverage: { ...coverage, gaps: coverage.gaps.slice(0, LISTED) },
  };
}
