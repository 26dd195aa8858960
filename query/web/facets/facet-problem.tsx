// Why the values of a facet are not there.
import type { RequestProblem } from '../api.ts';

/** Says it, if there is something to say. */
export function FacetProblem({ problem }: { problem: RequestProblem | null }) {
  if (problem === null) return null;
  return (
    <p class="dim" role="alert">
      {problem.message}
    </p>
  );
}
