// What differs between two states, one feature after the other; texts line by line.
import { useSignal } from '@preact/signals';
import type { Change, Comparison } from '../../../schemas/comparison.ts';
import { useTexts } from '../fetched.ts';
import { Link } from '../link.tsx';
import { changed, parameters } from '../location.ts';
import { ProblemCard } from '../problem.tsx';
import { ChangeRow } from './change-row.tsx';

/** Changes that are shown at first, and once more with each press of the button. */
const PAGE = 100;

/** The properties of a comparison. */
interface DifferencesProperties {
  /** Of the API. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The differences; which feature is shown is in the address. */
export function Differences({ path, parameters: asked }: DifferencesProperties) {
  const { data, problem, isLoading } = useTexts<Comparison>(
    `${path}?${new URLSearchParams({ ...asked, texts: 'true' })}`,
    `${path}?${new URLSearchParams(asked)}`,
  );
  if (problem !== null) return <ProblemCard problem={problem} />;
  if (data === null) return null;
  const counts = Object.entries(data.counts);
  const wanted = parameters.value.get('feature');
  const feature = counts.find(([name]) => name === wanted)?.[0] ?? counts[0]?.[0];
  return (
    <section class="differences" aria-label="Differences" aria-busy={isLoading}>
      {data.same && <p class="card">Nothing differs{data.complete ? '.' : ' in what could be compared.'}</p>}
      {!data.complete && <Doubts comparison={data} />}
      {feature !== undefined && (
        <>
          <nav class="tabs" aria-label="Features that differ">
            {counts.map(([name, { added, removed, changed: other }]) => (
              <Link key={name} to={changed({ feature: name })} current={name === feature}>
                {name} <span class="opened">+{added}</span> <span class="closed">−{removed}</span>{' '}
                <span class="dim">±{other}</span>
              </Link>
            ))}
          </nav>
          <Changes key={feature} changes={data.changes} feature={feature} />
        </>
      )}
    </section>
  );
}

/** Why more may differ than is shown. */
function Doubts({ comparison: { from, to, notCompared } }: { comparison: Comparison }) {
  return (
    <ul class="notices" aria-label="What could not be compared">
      {[...from.gaps, ...to.gaps].map(({ system, status, reason }) => (
        <li key={`${system} ${status} ${reason}`}>
          <span>
            <span class="tag" data-status={status}>
              {status}
            </span>{' '}
            {system}: {reason}
          </span>
        </li>
      ))}
      {notCompared.map(({ feature, reason }) => (
        <li key={feature}>
          {feature} is not compared: {reason}
        </li>
      ))}
    </ul>
  );
}

function Changes({ changes, feature }: { changes: readonly Change[]; feature: string }) {
  const shown = useSignal(PAGE);
  const own = changes.filter((change) => change.feature === feature);
  return (
    <>
      <ul class="changes">
        {own.slice(0, shown.value).map((change) => (
          <ChangeRow key={`${change.key} ${change.change} ${change.at ?? ''}`} change={change} />
        ))}
      </ul>
      {own.length > shown.value && (
        <button type="button" class="more" onClick={() => (shown.value += PAGE)}>
          Show more ({(own.length - shown.value).toLocaleString('en-US')} left)
        </button>
      )}
    </>
  );
}
