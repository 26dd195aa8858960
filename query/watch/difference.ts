// What changed between two answers to a query: who entered, who left, and of whom it cannot be told.
import type { Answer, SystemHit } from '../../schemas/answer.ts';
import type { CoverageGap } from '../../schemas/coverage.ts';
import type { ArrivedSystem, DepartedSystem } from '../../schemas/saved-search.ts';

/** What was told of a system last. `unknown`: it was in the answer, and then it could not be told any more. */
export interface Told {
  readonly state: 'in' | 'unknown';
  readonly hit: SystemHit;
}

/** The changes, and what is told of each system from now on. */
export interface Difference {
  readonly entered: readonly ArrivedSystem[];
  readonly left: readonly DepartedSystem[];
  readonly unknown: readonly DepartedSystem[];
  readonly known: readonly ArrivedSystem[];
  readonly told: ReadonlyMap<string, Told>;
}

/** A frame that is too old, or was followed by a crawl that failed, tells what was, and not what is. */
const OUTDATED: ReadonlySet<CoverageGap['status']> = new Set(['failed', 'stale', 'never-crawled']);

/**
 * Compares an answer with what was told before. A system that is not in the answer has left only where its last crawl
 * can tell: with a gap of any kind it is `unknown`, as is one in the answer whose crawl is outdated. `isThere` tells
 * which systems the index has.
 */
export function difference(
  before: ReadonlyMap<string, Told>,
  { systems, coverage }: Pick<Answer, 'systems' | 'coverage'>,
  isThere: (system: string) => boolean,
): Difference {
  const gaps = Map.groupBy(coverage.gaps, ({ system }) => system);
  const changes: Changes = { entered: [], left: [], unknown: [], known: [], told: new Map() };
  for (const hit of systems) {
    const { id } = hit.system;
    present(changes, before.get(id)?.state ?? null, hit, gaps.get(id) ?? []);
  }
  for (const [id, told] of before)
    if (!changes.told.has(id)) absent(changes, told, isThere(id) ? (gaps.get(id) ?? []) : null);
  return changes;
}

interface Changes {
  readonly entered: ArrivedSystem[];
  readonly left: DepartedSystem[];
  readonly unknown: DepartedSystem[];
  readonly known: ArrivedSystem[];
  readonly told: Map<string, Told>;
}

/** A system of the answer. */
function present(changes: Changes, before: Told['state'] | null, hit: SystemHit, gaps: CoverageGap[]): void {
  const state = gaps.some(({ status }) => OUTDATED.has(status)) ? 'unknown' : 'in';
  changes.told.set(hit.system.id, { state, hit });
  if (before === state) return;
  if (before === null) changes.entered.push({ ...hit, gaps });
  else if (state === 'in') changes.known.push({ ...hit, gaps });
  else changes.unknown.push(departed(hit, gaps));
}

/** A system that was told before and is not in the answer; without `gaps` it is not in the index either. */
function absent(changes: Changes, { state, hit }: Told, gaps: CoverageGap[] | null): void {
  if (gaps === null) changes.left.push({ ...departed(hit, []), gone: true });
  else if (gaps.length === 0) changes.left.push(departed(hit, gaps));
  else {
    changes.told.set(hit.system.id, { state: 'unknown', hit });
    if (state === 'in') changes.unknown.push(departed(hit, gaps));
  }
}

function departed(
  { system, asOf, frame, evidence, moreEvidence }: SystemHit,
  gaps: CoverageGap[],
): DepartedSystem {
  return { system, last: { asOf, frame, evidence, moreEvidence }, gaps };
}
