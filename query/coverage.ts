// For which systems an answer speaks, and for which it does not.
import type { Coverage, CoverageGap } from '../schemas/coverage.ts';
import type { Feature } from '../schemas/entries.ts';
import { FIELDS } from '../schemas/fields.ts';
import type { Leaf } from '../schemas/plan.ts';
import type { Problem } from '../schemas/problem.ts';
import type { SystemState } from '../indexer/engines/search-engine.ts';
import { unseenChanges, type ChangeNeeds } from './change-coverage.ts';

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
    const feature = featureOf(leaf);
    if (feature !== null) needed.add(feature);
  }
  return needed;
}

function featureOf(leaf: Leaf): Feature | null {
  if (leaf.leaf === 'changed') return leaf.feature ?? null;
  if (leaf.leaf !== 'field') return leaf.feature ?? 'file';
  const feature = FIELDS.find(({ name }) => name === leaf.field)?.feature ?? 'system';
  return feature === 'system' ? null : feature;
}

/** Coverage of all known systems. A system may have several gaps, each with its reason; each count is its gaps. */
export function coverageOf(states: readonly SystemState[], needs: CoverageNeeds): Coverage {
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
  const ageHours = (needs.at.getTime() - Date.parse(frame.header.at)) / 3_600_000;
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

/** Problems by code, the first of each with its path: `UNFOLD_UNREADABLE: 3 problems, first /root/x`. */
function reasonOf(problems: readonly Problem[]): string {
  const byCode = Map.groupBy(problems, ({ code }) => code);
  const reasons = [...byCode].map(([code, [first, ...more]]) => {
    const where = first?.path ?? first?.message ?? '';
    return more.length === 0 ? `${code}: ${where}` : `${code}: ${more.length + 1} problems, first ${where}`;
  });
  return reasons.length === 0 ? 'the crawl did not read all it was asked for' : reasons.join('; ');
}
