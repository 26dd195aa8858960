// Many addresses, networks, names and ports at once: where each is written, listened on, connected to or owned.
import type { LookupAnswer } from '../../../schemas/answer.ts';
import { useSignal } from '@preact/signals';
import { CoverageStrip } from '../coverage-strip.tsx';
import { useFetched } from '../fetched.ts';
import { ProblemCard } from '../problem.tsx';
import type { ViewProperties } from '../view-properties.ts';
import { instant } from '../words.ts';
import { lookupBody, lookupOf, type AskedLookup } from './asked-lookup.ts';
import { Export } from './export.tsx';
import { FoundItem } from './found-item.tsx';
import { LookupForm } from './lookup-form.tsx';
import '../views.css';

/** Pieces of evidence per system that are shown; files that are exported have all. */
const EVIDENCE = 50;
/** Items that are shown at first, and once more with each press of the button. */
const PAGE = 50;

const HEADERS = { 'content-type': 'application/json' };

/** The view. */
export function LookupView({ address }: ViewProperties) {
  const asked = lookupOf(address);
  const body = lookupBody(asked, EVIDENCE);
  const { data, problem, isLoading } = useFetched<LookupAnswer>(
    body === null ? null : '/v1/lookup',
    body === null ? undefined : { method: 'POST', headers: HEADERS, body },
  );
  document.title = 'Lookup · Unfold';
  return (
    <section class="view" aria-labelledby="title">
      <h1 id="title" class="unseen">
        Lookup
      </h1>
      <LookupForm key={address.href} asked={asked} />
      {problem !== null && <ProblemCard problem={problem} />}
      {data !== null && body !== null && (
        <Found key={body} answer={data} asked={asked} isLoading={isLoading} />
      )}
    </section>
  );
}

/** The properties of what was found. */
interface FoundProperties {
  readonly answer: LookupAnswer;
  readonly asked: AskedLookup;
  readonly isLoading: boolean;
}

function Found({ answer, asked, isLoading }: FoundProperties) {
  const shown = useSignal(PAGE);
  const { lookups, coverage, notices, at, from } = answer;
  const found = lookups.filter(({ systems }) => systems.length > 0).length;
  const left = lookups.length - shown.value;
  return (
    <div class="answer view" aria-busy={isLoading}>
      <div>
        <div class="summary">
          <h2 class="total" aria-live="polite">
            {found.toLocaleString('en-US')} of {lookups.length.toLocaleString('en-US')} found
          </h2>
          <span class="dim">
            {from === undefined ? 'as of' : `${instant(from)} to`} {instant(at)} · {answer.tookMs} ms
          </span>
          <Export answer={answer} asked={asked} />
        </div>
        <CoverageStrip coverage={coverage} />
      </div>
      {notices.length > 0 && (
        <ul class="notices" aria-label="Notices">
          {notices.map(({ code, message }, index) => (
            <li key={`${code} ${index}`}>{message}</li>
          ))}
        </ul>
      )}
      {lookups.slice(0, shown.value).map((item) => (
        <FoundItem key={item.asked} item={item} at={asked.to} isComplete={coverage.complete} />
      ))}
      {left > 0 && (
        <button type="button" class="more" onClick={() => (shown.value += PAGE)}>
          Show more ({left.toLocaleString('en-US')} left)
        </button>
      )}
    </div>
  );
}
