// For which systems an answer speaks, and for which it does not, with the reasons.
import type { Coverage } from '../../schemas/coverage.ts';
import { Link } from './link.tsx';
import { systemPath } from './system-path.ts';
import { count } from './words.ts';

/** Gaps that are listed by name. */
const LISTED = 200;

/** A line that says it, and the gaps below it for who wants to know. */
export function CoverageStrip({ coverage }: { coverage: Coverage }) {
  const { complete, inScope, answered, gaps } = coverage;
  if (inScope === 0)
    return (
      <p class="coverage" data-complete="false">
        <Dot />
        Nothing is indexed yet: run <code>unfold crawl</code>.
      </p>
    );
  const speaks = `${answered.toLocaleString('en-US')} of ${count(inScope, 'system')} answered`;
  if (complete)
    return (
      <p class="coverage" data-complete="true">
        <Dot />
        Coverage complete: {speaks}
      </p>
    );
  const counts = (['failed', 'partial', 'stale', 'unknown'] as const).filter(
    (status) => coverage[status] > 0,
  );
  return (
    <details class="coverage" data-complete="false">
      <summary>
        <Dot />
        Coverage incomplete: {[speaks, ...counts.map((status) => `${coverage[status]} ${status}`)].join(', ')}
      </summary>
      <ul>
        {gaps.slice(0, LISTED).map(({ system, status, reason }) => (
          <li key={`${system} ${status}`}>
            <span class="tag" data-status={status}>
              {status}
            </span>
            <Link class="id" to={systemPath(system)}>
              {system}
            </Link>
            <span class="reason">{reason}</span>
          </li>
        ))}
        {gaps.length > LISTED && (
          <li>
            <Link to="/coverage">… and {(gaps.length - LISTED).toLocaleString('en-US')} more</Link>
          </li>
        )}
      </ul>
    </details>
  );
}

function Dot() {
  return <span class="dot" aria-hidden="true" />;
}
