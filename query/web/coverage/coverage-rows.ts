// Systems with what the coverage says of each.
import type { SystemsAnswer, SystemSummary } from '../../../schemas/api.ts';

/** How far a system answers; it may be several at once. */
export const STATUSES = ['fresh', 'stale', 'partial', 'failed', 'never-crawled'] as const;
export type Status = (typeof STATUSES)[number];

/** A system with its gaps. */
export interface CoverageRow extends Pick<SystemSummary, 'system' | 'frame'> {
  readonly statuses: readonly string[];
  readonly reasons: readonly string[];
  /** What the box finds it by, in lower case. */
  readonly text: string;
}

const MADE = new WeakMap<SystemsAnswer, CoverageRow[]>();

/** A row per system, those with gaps first. */
export function coverageRows(answer: SystemsAnswer): CoverageRow[] {
  const known = MADE.get(answer) ?? rowsOf(answer);
  MADE.set(answer, known);
  return known;
}

function rowsOf({ systems, coverage }: SystemsAnswer): CoverageRow[] {
  const gaps = Map.groupBy(coverage.gaps, ({ system }) => system);
  const rows = systems.map(({ system, frame }): CoverageRow => {
    const own = gaps.get(system.id) ?? [];
    const reasons = own.map(({ code, reason }) =>
      code === null || reason.startsWith(code) ? reason : `${code}: ${reason}`,
    );
    const labels = Object.entries(system.labels).map(([name, value]) => `${name}=${value}`);
    return {
      system,
      frame,
      statuses: own.length === 0 ? ['fresh'] : own.map(({ status }) => status),
      reasons,
      text: [system.name, system.id, ...labels, ...reasons].join('\n').toLowerCase(),
    };
  });
  return rows.sort((a, b) => Number(isFresh(a)) - Number(isFresh(b)));
}

function isFresh({ reasons }: CoverageRow): boolean {
  return reasons.length === 0;
}

/** Whether a row has the chosen status (empty: any) and the text. */
export function matches({ statuses, text }: CoverageRow, status: string, wanted: string): boolean {
  return (status === '' || statuses.includes(status)) && text.includes(wanted.trim().toLowerCase());
}
