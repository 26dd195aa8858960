// An index of which only the systems with some labels are seen: the rest does not exist, for no question.
import { foldCase } from '../indexer/terms/words.ts';
import { systemValues } from '../indexer/terms/system-values.ts';
import type { IndexKeeping } from '../indexer/engines/index-keeping.ts';
import type { SearchEngine, SystemState } from '../indexer/engines/search-engine.ts';
import { UnfoldError } from '../schemas/error.ts';
import type { PlanNode, SearchPlan } from '../schemas/plan.ts';

/** What questions need of an index. */
export type AskableIndex = Pick<SearchEngine, 'search' | 'systems' | 'facts'>;

/** The same with what is remembered of crawls. */
export type ServedIndex = AskableIndex & Pick<IndexKeeping, 'frames'>;

/** The part of an index whose systems have all of the labels. Labels compare as the field `label` does, without case. */
export function restricted(engine: ServedIndex, labels: Readonly<Record<string, string>>): ServedIndex {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const systems = async (at: string | null, signal: AbortSignal): Promise<readonly SystemState[]> =>
    (await engine.systems(at, signal)).filter((state) => hasAll(state, wanted));
  return {
    search: (plan, signal, withinMs) => engine.search(restrictedPlan(plan, wanted), signal, withinMs),
    systems,
    facts: (system, query, signal) =>
      seenOnly(systems, { system, signal }, () => engine.facts(system, query, signal)),
    frames: (system, signal) => seenOnly(systems, { system, signal }, () => engine.frames(system, signal)),
  };
}

/**
 * The conditions stand under two negations: there they decide who is in the answer, and are neither evidence nor worth
 * anything. They come last, so that the numbers of the other leaves stay.
 */
function restrictedPlan(plan: SearchPlan, wanted: readonly string[]): SearchPlan {
  const conditions = wanted.map((value): PlanNode => ({
    not: { not: { leaf: { leaf: 'field', field: 'label', op: 'is', value } } },
  }));
  return { ...plan, where: { and: [plan.where, ...conditions] } };
}

function hasAll({ system }: SystemState, wanted: readonly string[]): boolean {
  const has = (systemValues('label', system) ?? []).map(foldCase);
  return wanted.every((one) => has.includes(foldCase(one)));
}

/** What is told of a system that is seen now. */
async function* seenOnly<T>(
  systems: AskableIndex['systems'],
  { system, signal }: { system: string; signal: AbortSignal },
  told: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  const seen = await systems(null, signal);
  if (!seen.some((state) => state.system.id === system))
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no system of the index has the id ${system}`);
  yield* told();
}
