// For which systems an answer speaks, and for which it does not.
import type { Coverage, CoverageGap } from '../schemas/coverage.ts';
import type { Feature } from '../schemas/entries.ts';
import { FIELDS } from '../schemas/fields.ts';
import type { Leaf } from '../schemas/plan.ts';
import type { Problem } from '../schemas/problem.ts';
import type { SystemState } from '../indexer/engines/search-engine.ts';

/** What decides whether a system's last frame can speak for an answer. */
export interface CoverageNeeds {
  /** The instant of the answer. */
  at: Date;
  staleAfterHours: number;
  /** Features the query looks into: a frame without one of them is a gap. */
  features: ReadonlySet<Feature>;
}

/** The features that conditions look into; text and addresses stand in files above all. */
export function neededFeatures(leaves: readonly Leaf[]): ReadonlySet<Feature> {
  const needed = new Set<Feature>();
  for (const leaf of leaves) {
    if (leaf.leaf !== 'field') {
      needed.add(leaf.feature ?? 'file');
      continue;
    }
    const feature = FIELDS.find(({ name }) => name === leaf.field)?.feature;
    if (feature !== undefined && feature !== 'system') needed.add(feature);
  }
  return needed;
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
  const missing = [...needs.features].filter((feature) => !frame.header.features.includes(feature));
  if (frame.end.status === 'partial')
    add('partial', frame.problems[0]?.code ?? null, reasonOf(frame.problems));
  else if (missing.length > 0)
    add(
      'partial',
      null,
      `the last crawl read ${frame.header.features.join(', ')}, not ${missing.join(', ')}`,
    );
  const ageHours = (needs.at.getTime() - Date.parse(frame.header.at)) / 3_600_000;
  if (ageHours > needs.staleAfterHours)
    add(
      'stale',
      null,
      `the last frame is ${Math.floor(ageHours)} hours old; ${needs.staleAfterHours} are the limit`,
    );
  return gaps;
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
