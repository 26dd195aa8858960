// For which systems an answer speaks, and for which it does not.
import type { Coverage, CoverageGap } from '../schemas/coverage.ts';
import type { Feature } from '../schemas/entries.ts';
import type { Leaf } from '../schemas/plan.ts';
import type { Problem } from '../schemas/problem.ts';
import { leafFeature } from '../indexer/terms/leaf-feature.ts';
import type { SystemState } from '../indexer/engines/search-engine.ts';
import { unseenChanges, type ChangeNeeds } from './change-coverage.ts';

const HOUR_MS = 3_600_000;

/** What decides whether a system's last frame can speak for an answer. */
export interface CoverageNeeds {
  /** The instant of the answer. */
  at: Date;
  staleAfterHours: number;
  /** Features the query looks into: a frame without one of them is a gap. */
  features: ReadonlySet<Feature>;
  /** Where the query asks what changed. */
  changes?: ChangeNeeds | null;
}

/** The features that conditions look into; text and addresses stand in files above all. */
export function neededFeatures(leaves: readonly Leaf[]): ReadonlySet<Feature> {
  const needed = new Set<Feature>();
  for (const leaf of leaves) {
    const feature = leafFeature(leaf);
    if (feature !== null) needed.add(feature);
  }
  return needed;
}

/** Coverage that stays the same from one instant to another, in milliseconds; that of the second differs. */
interface Remembered {
  readonly coverage: Coverage;
  readonly from: number;
  readonly until: number;
}

/** By the states as the engine gave them: it gives the same array as long as nothing changes. */
const REMEMBERED = new WeakMap<readonly SystemState[], Map<string, Remembered>>();

/**
 * Coverage of all known systems. A system may have several gaps, each with its reason; each count is its gaps. For the
 * same array it is the same object until time makes a difference.
 */
export function coverageOf(states: readonly SystemState[], needs: CoverageNeeds): Coverage {
  // What changed is measured by other states, too.
  if ((needs.changes ?? null) !== null) return measured(states, needs);
  const remembered = REMEMBERED.get(states) ?? new Map<string, Remembered>();
  REMEMBERED.set(states, remembered);
  const wanted = [needs.staleAfterHours, ...[...needs.features].sort()].join(' ');
  const from = needs.at.getTime();
  const known = remembered.get(wanted);
  if (known !== undefined && known.from <= from && from < known.until) return known.coverage;
  const coverage = measured(states, needs);
  remembered.set(wanted, { coverage, from, until: changesAt(states, needs) });
  return coverage;
}

/** The first instant from which the age of a frame says something else: it becomes stale, or an hour older. */
function changesAt(states: readonly SystemState[], { at, staleAfterHours }: CoverageNeeds): number {
  let first = Infinity;
  for (const { frame } of states) {
    if (frame === null) continue;
    const made = Date.parse(frame.header.at);
    const hours = (at.getTime() - made) / HOUR_MS;
    const next = hours > staleAfterHours ? Math.floor(hours) + 1 : staleAfterHours;
    first = Math.min(first, made + next * HOUR_MS);
  }
  return first;
}

function measured(states: readonly SystemState[], needs: CoverageNeeds): Coverage {
  const gaps = states.flatMap((state) => gapsOf(state, needs));
  const count = (status: CoverageGap['status']): number => gaps.filter((gap) => gap.status === status).length;
  return {
    // Where nothing was known at that instant, nothing answers.
    complete: gaps.length === 0 && states.length > 0,
    inScope: states.length,
    answered: states.filter(({ frame }) => frame !== null).length,
    partial: count('partial'),
    stale: count('stale'),
    failed: count('failed'),
    unknown: 0,
    gaps,
  };
}

function gapsOf({ system, frame, failure }: SystemState, needs: CoverageNeeds): CoverageGap[] {
  const lastFrame = frame?.header.at ?? null;
  const gaps: CoverageGap[] = [];
  const add = (status: CoverageGap['status'], code: string | null, reason: string): void =>
    void gaps.push({ system: system.id, status, code, reason, lastFrame });

  if (failure !== null) add('failed', failure.code, failure.reason);
  if (frame === null) {
    if (failure === null) add('never-crawled', null, 'no crawl of it is in the index');
    return gaps;
  }
  const thin = thinness(frame, needs.features);
  if (thin !== null) add('partial', ...thin);
  const unseen = unseenChanges(system.id, needs.changes ?? null);
  if (unseen !== null) add(unseen.status, null, unseen.reason);
  const ageHours = (needs.at.getTime() - Date.parse(frame.header.at)) / HOUR_MS;
  if (ageHours > needs.staleAfterHours && unseen?.status !== 'stale')
    add(
      'stale',
      null,
      `the last frame is ${Math.floor(ageHours)} hours old; ${needs.staleAfterHours} are the limit`,
    );
  return gaps;
}

/** Code and reason where a frame does not have all that was asked for. */
function thinness(
  { header, end, problems }: NonNullable<SystemState['frame']>,
  features: ReadonlySet<Feature>,
): [code: string | null, reason: string] | null {
  if (end.status === 'partial') return [problems[0]?.code ?? null, reasonOf(problems)];
  const missing = [...features].filter((feature) => !header.features.includes(feature));
  if (missing.length === 0) return null;
  return [null, `the last crawl read ${header.features.join(', ')}, not ${missing.join(', ')}`];
}

/** Problems by code, the first of each with its path: `UNFOLD_UNREADABLE: 3 problems, first /srv/x`. */
function reasonOf(problems: readonly Problem[]): string {
  const byCode = Map.groupBy(problems, ({ code }) => code);
  const reasons = [...byCode].map(([code, [first, ...more]]) => {
    const where = first?.path ?? first?.message ?? '';
    return more.length === 0 ? `${code}: ${where}` : `${code}: ${more.length + 1} problems, first ${where}`;
  });
  return reasons.length === 0 ? 'the crawl did not read all it was asked for' : reasons.join('; ');
}
