// An answer: how many systems, which, by what they differ, and what it cannot speak for.
import type { Answer, Notice } from '../../schemas/answer.ts';
import { go, pathOf } from './asked.ts';
import { CoverageStrip } from './coverage-strip.tsx';
import { Facets, NarrowedBy } from './facets/facets.tsx';
import { InstantPicker } from './instant-picker.tsx';
import { Link } from './link.tsx';
import { NothingFound } from './nothing-found.tsx';
import { Share } from './share.tsx';
import { asked, askForMore, isAsking } from './state.ts';
import { SystemCard } from './system-card.tsx';
import { count } from './words.ts';

/** All of an answer. */
export function Answered({ answer }: { answer: Answer }) {
  const { total, systems, cursor } = answer;
  return (
    <div class="answer" aria-busy={isAsking.value}>
      <div class="summary">
        <h1 aria-live="polite">{count(total.systems, 'system')}</h1>
        <InstantPicker
          at={asked.value.at}
          shown={answer.at}
          onPick={(at) => go({ ...asked.value, at })}
          fixed={/(^|[\s(])at:/i.test(answer.query)}
        />
        <span class="dim">{answer.tookMs} ms</span>
        {total.systems > 0 && <Link to={`/map${pathOf(asked.value).slice(1)}`}>Connections</Link>}
        <Share answer={answer} />
      </div>
      <CoverageStrip coverage={answer.coverage} />
      <Notices answer={answer} />
      <div class="columns">
        <Facets answer={answer} />
        <section class="results" aria-label="Systems">
          <NarrowedBy />
          {total.systems === 0 && <NothingFound answer={answer} />}
          {systems.map((hit) => (
            <SystemCard key={hit.system.id} hit={hit} answer={answer} />
          ))}
          {cursor !== null && (
            <button type="button" class="more" onClick={() => void askForMore()}>
              Show more systems ({(total.systems - systems.length).toLocaleString('en-US')} left)
            </button>
          )}
        </section>
      </div>
    </div>
  );
}

/** What the reader of the answer should know, with the part of the query that it is about. */
function Notices({ answer: { notices, query } }: { answer: Answer }) {
  if (notices.length === 0) return null;
  return (
    <ul class="notices" aria-label="Notices">
      {notices.map((notice: Notice) => (
        <li key={`${notice.code} ${notice.span?.join(' ') ?? ''}`}>
          {notice.span !== undefined && <code>{query.slice(...notice.span)}</code>}
          <span>{notice.message}</span>
        </li>
      ))}
    </ul>
  );
}
