// Of which systems it is known what changed in a span of time: that takes a frame before it and a newer one in it.
import type { CoverageGap } from '../schemas/coverage.ts';
import type { FrameHeader } from '../schemas/frame.ts';
import type { Leaf } from '../schemas/plan.ts';
import type { SystemState } from '../indexer/engines/search-engine.ts';
import { BEGINNING } from './language/change-span.ts';

/** The newest frame of each system, by the system's id. */
type NewestFrames = ReadonlyMap<string, FrameHeader>;

/** The span of all changes that a query asks for, with the systems as they were known at its ends. */
export interface ChangeNeeds {
  /** Null: it has no beginning. */
  readonly after: string | null;
  readonly before: NewestFrames;
  readonly until: NewestFrames;
}

/** What to measure an answer for the instant `at` (null: now) by; null where the query asks for no changes. */
export async function changeNeeds(
  leaves: readonly Leaf[],
  at: string | null,
  systemsAt: (at: string | null) => Promise<readonly SystemState[]>,
): Promise<ChangeNeeds | null> {
  const spans = leaves.filter((leaf) => leaf.leaf === 'changed');
  const [first, ...more] = spans;
  if (first === undefined) return null;
  const after = more.reduce((a, b) => (isBefore(b.after, a) ? b.after : a), first.after);
  const until = spans
    .map((span) => span.until)
    .reduce((a, b) => (a === null || b === null ? null : isBefore(a, b) ? b : a), first.until);
  const end = until === null || (at !== null && isBefore(at, until)) ? at : until;
  return {
    after: after === BEGINNING ? null : after,
    before: newestFrames(await systemsAt(after)),
    until: newestFrames(await systemsAt(end)),
  };
}

function newestFrames(states: readonly SystemState[]): NewestFrames {
  return new Map(
    states.flatMap(({ system, frame }): [string, FrameHeader][] =>
      frame === null ? [] : [[system.id, frame.header]],
    ),
  );
}

function isBefore(a: string, b: string): boolean {
  return Date.parse(a) < Date.parse(b);
}

/** Why it is not known what changed in a system; null where it is. */
export function unseenChanges(
  system: string,
  needs: ChangeNeeds | null,
): Pick<CoverageGap, 'status' | 'reason'> | null {
  if (needs === null) return null;
  const { after, before, until } = needs;
  const [first, last] = [before.get(system), until.get(system)];
  if (last === undefined)
    return { status: 'partial', reason: 'it was first crawled after the time asked for' };
  if (first?.id === last.id)
    return { status: 'stale', reason: `no crawl in the time asked for: the last one before was ${first.at}` };
  if (first !== undefined || after === null) return null;
  return {
    status: 'partial',
    reason: `it was first crawled after ${after}: what changed before is not known`,
  };
}
