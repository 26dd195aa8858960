// Which systems a lookup speaks for: all, or those that a query finds.
import type { Notice } from '../../schemas/answer.ts';
import type { Coverage, CoverageGap } from '../../schemas/coverage.ts';
import type { PlanNode } from '../../schemas/plan.ts';
import { matchesValue } from '../../indexer/terms/match.ts';
import { systemValues } from '../../indexer/terms/system-values.ts';
import { PlanTree } from '../../indexer/engines/plan-tree.ts';
import type { SystemState } from '../../indexer/engines/search-engine.ts';
import { coverageOf, type CoverageNeeds } from '../coverage.ts';
import { parse } from '../language/parse.ts';
import { resolve } from '../language/resolve.ts';
import type { AskableIndex } from '../restricted.ts';

/** The systems of a lookup. */
export interface Scope {
  readonly states: readonly SystemState[];
  /** Every system that is known. */
  readonly known: readonly SystemState[];
  /** Systems of which it is not known whether they belong to it. */
  readonly open: readonly SystemState[];
  readonly notices: readonly Notice[];
}

/** The systems known at an instant (null: now) of which the query holds; all where it is null. */
export async function scopeOf(
  engine: AskableIndex,
  query: string | null,
  { at, now, signal }: { at: string | null; now: Date; signal: AbortSignal },
): Promise<Scope> {
  const states = await engine.systems(at, signal);
  if (query === null) return { states, known: states, open: [], notices: [] };
  const { where, at: ownInstant, notices } = resolve(parse(query), now);
  const instant = ownInstant ?? at;
  const { ids, unknown } = await systemsWith(engine, where, instant, signal);
  const outside = unknown === 0 ? null : (await systemsWith(engine, { not: where }, instant, signal)).ids;
  const couldHold = withoutFrame(where);
  const isOpen = ({ system, frame }: SystemState) =>
    !ids.has(system.id) && (frame === null ? couldHold(system) : outside?.has(system.id) === false);
  return {
    states: states.filter(({ system }) => ids.has(system.id)),
    known: states,
    open: states.filter(isOpen),
    notices,
  };
}

async function systemsWith(
  engine: AskableIndex,
  where: PlanNode,
  at: string | null,
  signal: AbortSignal,
): Promise<{ ids: ReadonlySet<string>; unknown: number }> {
  const { systems, unknown } = await engine.search(
    { schema: 'unfold.plan/1', where, at, limit: null, cursor: null, evidence: 0, facets: [] },
    signal,
  );
  return { ids: new Set(systems.map(({ system }) => system.id)), unknown };
}

/** Whether a tree can hold for a system that was never read: that depends on what is known of the system itself. */
function withoutFrame(where: PlanNode): (system: SystemState['system']) => boolean {
  const tree = new PlanTree(where);
  return (system) => {
    const has = (number: number) => {
      const leaf = tree.leaves[number]?.leaf;
      const values = leaf?.leaf === 'field' ? systemValues(leaf.field, system) : null;
      return leaf?.leaf === 'field' && values !== null && values.some((value) => matchesValue(leaf, value));
    };
    return tree.holds({ has, tells: () => false }) !== false;
  };
}

/**
 * Coverage of the systems of a scope. What may belong to it and cannot be told to, is a gap; of a window also what was
 * not crawled before it began, which are the systems `unseen` there.
 */
export function scopeCoverage(
  { states, open }: Scope,
  needs: CoverageNeeds,
  unseen: ReadonlySet<string>,
): Coverage {
  const covered = coverageOf(states, needs);
  const never = coverageOf(
    open.filter(({ frame }) => frame === null),
    needs,
  );
  const untold = open
    .filter(({ frame }) => frame !== null)
    .map((state) => gapOf(state, 'its last frame leaves open whether it belongs to the scope'));
  const late = states
    .filter(({ system, frame }) => frame !== null && unseen.has(system.id))
    .map((state) =>
      gapOf(state, 'it was first crawled after the window began: what held before is not known'),
    );
  if (open.length + late.length === 0) return covered;
  return {
    complete: false,
    inScope: covered.inScope + open.length,
    answered: covered.answered,
    partial: covered.partial + untold.length + late.length,
    stale: covered.stale,
    failed: covered.failed + never.failed,
    unknown: open.length,
    gaps: [...covered.gaps, ...late, ...untold, ...never.gaps],
  };
}

function gapOf({ system, frame }: SystemState, reason: string): CoverageGap {
  return { system: system.id, status: 'partial', code: null, reason, lastFrame: frame?.header.at ?? null };
}

/** Ids of the systems that had not been crawled at an instant; none where it is null. */
export async function unseenAt(
  engine: AskableIndex,
  { known }: Scope,
  at: string | null,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const unseen = new Set<string>();
  if (at === null) return unseen;
  for (const { system } of known) unseen.add(system.id);
  for (const { system, frame } of await engine.systems(at, signal))
    if (frame !== null) unseen.delete(system.id);
  return unseen;
}
