// The systems of an answer and whom they talk to: as a drawing, and the same as a table.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { problemOf, tokensGiven, type RequestProblem } from '../api.ts';
import { askedBy, pathOf } from '../asked.ts';
import { CoverageStrip } from '../coverage-strip.tsx';
import { Link } from '../link.tsx';
import { lookupPath } from '../linked.tsx';
import { ProblemCard } from '../problem.tsx';
import { isAsking } from '../state.ts';
import { systemPath } from '../system-path.ts';
import type { ViewProperties } from '../view-properties.ts';
import { count } from '../words.ts';
import { Drawing } from './drawing.tsx';
import { readTalkers, type Talkers } from './read-talkers.ts';
import { talksOf, type End, type Talk } from './talks.ts';
import '../views.css';

/** The view. */
export function MapView({ address }: ViewProperties) {
  const asked = askedBy(address);
  const read = useSignal<Talkers | null>(null);
  const problem = useSignal<RequestProblem | null>(null);
  useEffect(() => {
    const reading = new AbortController();
    isAsking.value = true;
    void readTalkers(asked, reading.signal)
      .then(
        (found) => {
          read.value = found;
          problem.value = null;
        },
        (error: unknown) => {
          if (!reading.signal.aborted) problem.value = problemOf(error);
        },
      )
      .finally(() => (isAsking.value = false));
    return () => reading.abort();
  }, [address.search, tokensGiven.value]);
  document.title = 'Connections · Unfold';
  if (problem.value !== null) return <ProblemCard problem={problem.value} />;
  if (read.value === null) return null;
  const { answer, talkers } = read.value;
  const talks = talksOf(talkers);
  const left = answer.total.systems - talkers.length;
  return (
    <section class="view" aria-labelledby="title">
      <div>
        <div class="summary">
          <h1 id="title">Who talks to whom</h1>
          <span class="dim" aria-live="polite">
            {count(talks.length, 'pair')} of {count(talkers.length, 'system')}
            {left > 0 && `; the answer has ${left.toLocaleString('en-US')} more`}
          </span>
          <span class="share">
            <Link to={pathOf(asked)}>Back to the answer</Link>
          </span>
        </div>
        <CoverageStrip coverage={answer.coverage} />
      </div>
      {talks.length === 0 ? (
        <p class="card">No connection of these systems to another machine is known.</p>
      ) : (
        <>
          <Drawing talks={talks} />
          <Table talks={talks} at={asked.at} />
        </>
      )}
    </section>
  );
}

function Table({ talks, at }: { talks: readonly Talk[]; at: string }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Connections">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Port</th>
            <th scope="col" class="number">
              Connections
            </th>
            <th scope="col">Processes</th>
          </tr>
        </thead>
        <tbody>
          {talks.map(({ from, to, port, transport, times, processes }) => (
            <tr key={[from.name, from.system, to.name, to.system, port, transport].join('\n')}>
              <td class="strong">
                <EndLink end={from} at={at} row />
              </td>
              <td class="strong">
                <EndLink end={to} at={at} />
              </td>
              <td class="nowrap">
                {port}/{transport}
              </td>
              <td class="number">{times.toLocaleString('en-US')}</td>
              <td>{processes.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A system leads to its view, an address to its lookup. */
function EndLink({ end: { name, system }, at, row = false }: { end: End; at: string; row?: boolean }) {
  return (
    <Link row={row} to={system === null ? lookupPath(name, at) : systemPath(system, { at })}>
      {name}
    </Link>
  );
}
