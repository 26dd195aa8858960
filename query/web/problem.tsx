// What went wrong, and what to do.
import type { RequestProblem } from './api.ts';

/** A problem of the last request. */
export function ProblemCard({ problem }: { problem: RequestProblem }) {
  return (
    <section class="card problem" role="alert">
      <strong>{problem.message}</strong>
      <p>{problem.remedy}</p>
      <code>{problem.code}</code>
    </section>
  );
}
