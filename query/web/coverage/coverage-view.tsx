// For which systems the index speaks: fresh, stale, partial, failed and never crawled ones, each with the reason.
import { useSignal } from '@preact/signals';
import type { SystemsAnswer } from '../../../schemas/api.ts';
import { useFetched } from '../fetched.ts';
import { InstantPicker } from '../instant-picker.tsx';
import { Link } from '../link.tsx';
import { become, changed, parameters, visit } from '../location.ts';
import { ProblemCard } from '../problem.tsx';
import { systemPath } from '../system-path.ts';
import { age, count, instant } from '../words.ts';
import { coverageRows, matches, STATUSES, type CoverageRow, type Status } from './coverage-rows.ts';
import '../views.css';

/** Rows that are shown at first, and once more with each press of the button. */
const PAGE = 200;
/** Systems that the page reads; the API has the rest. */
const MOST = 10_000;

const MEANINGS: Readonly<Record<Status, string>> = {
  fresh: 'complete and recent',
  partial: 'could not read everything',
  stale: 'not crawled for too long',
  failed: 'the newest crawl failed',
  'never-crawled': 'known, never crawled',
};

/** The view. */
export function CoverageView() {
  const at = parameters.value.get('at') ?? '';
  const chosen = parameters.value.get('status') ?? '';
  const text = parameters.value.get('find') ?? '';
  const wanted = new URLSearchParams({ limit: String(MOST) });
  if (at !== '') wanted.set('at', at);
  const { data, problem } = useFetched<SystemsAnswer>(`/v1/systems?${wanted}`);
  document.title = 'Coverage · Unfold';
  if (problem !== null) return <ProblemCard problem={problem} />;
  if (data === null) return null;
  const rows = coverageRows(data);
  const found = rows.filter((row) => matches(row, chosen, text));
  return (
    <section class="view" aria-labelledby="title">
      <div class="summary">
        <h1 id="title">Coverage</h1>
        <InstantPicker at={at} shown={data.at} onPick={(picked) => visit(changed({ at: picked }))} />
      </div>
      <p class="lead-in" aria-live="polite">
        {data.coverage.answered.toLocaleString('en-US')} of {count(data.coverage.inScope, 'system')} answer;{' '}
        {data.coverage.complete ? 'every answer is complete.' : 'answers may lack what the others have.'}
      </p>
      <ul class="tiles" aria-label="By status">
        {STATUSES.map((status) => (
          <li key={status}>
            <Link
              to={changed({ status: chosen === status ? null : status })}
              class="tile"
              current={chosen === status}
            >
              <strong>{countOf(data, status).toLocaleString('en-US')}</strong>
              <span class="tag" data-status={status}>
                {status}
              </span>
              <span class="dim">{MEANINGS[status]}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div class="filter">
        <input
          type="search"
          aria-label="Find a system"
          placeholder="Find by name, id, label or reason"
          value={text}
          onInput={({ currentTarget }) => become(changed({ find: currentTarget.value }))}
        />
        <span class="dim" aria-live="polite">
          {count(found.length, 'system')}
        </span>
      </div>
      <Rows key={`${chosen} ${text}`} rows={found} at={at} now={data.at} />
      {data.cursor !== null && (
        <p class="dim">
          These are the first {MOST.toLocaleString('en-US')} of {count(data.total, 'system')}; the API has
          all.
        </p>
      )}
    </section>
  );
}

/** As the API counts them; fresh is what has no gap. */
function countOf({ coverage: { inScope, gaps, ...counts } }: SystemsAnswer, status: Status): number {
  if (status === 'fresh') return inScope - new Set(gaps.map(({ system }) => system)).size;
  if (status === 'never-crawled') return gaps.filter((gap) => gap.status === status).length;
  return counts[status];
}

/** The properties of the table. */
interface RowsProperties {
  readonly rows: readonly CoverageRow[];
  readonly at: string;
  readonly now: string;
}

function Rows({ rows, at, now }: RowsProperties) {
  const shown = useSignal(PAGE);
  if (rows.length === 0) return <p class="card">No system is like this.</p>;
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Systems">
        <table>
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">Status</th>
              <th scope="col">Last crawl with entries</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown.value).map(({ system, statuses, frame, reasons }) => (
              <tr key={system.id}>
                <th scope="row">
                  <Link row to={systemPath(system.id, { at })} title={system.id}>
                    {system.name}
                  </Link>
                  <span class="id">{system.id}</span>
                </th>
                <td>
                  {statuses.map((status) => (
                    <span class="tag" data-status={status} key={status}>
                      {status}
                    </span>
                  ))}
                </td>
                <td class="nowrap">
                  {frame === null ? (
                    <span class="dim">none</span>
                  ) : (
                    <time dateTime={frame.at} title={instant(frame.at)}>
                      {age(frame.at, now)} ago
                    </time>
                  )}
                </td>
                <td class="reason">{reasons.join('; ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.value && (
        <button type="button" class="more" onClick={() => (shown.value += PAGE)}>
          Show more ({(rows.length - shown.value).toLocaleString('en-US')} left)
        </button>
      )}
    </>
  );
}
