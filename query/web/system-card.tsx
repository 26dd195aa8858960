// A system of an answer with the lines for which it is there.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Answer, Evidence, SystemHit } from '../../schemas/answer.ts';
import { problemOf, search, type RequestProblem } from './api.ts';
import { Link } from './link.tsx';
import { Marked } from './marked.tsx';
import { asked } from './state.ts';
import { evidencePath, systemPath } from './system-path.ts';
import { age, condition, instant, narrowed } from './words.ts';

/** The properties of a card. */
interface CardProperties {
  readonly hit: SystemHit;
  readonly answer: Answer;
}

/** The card of a system; Enter, or the button, lists every piece of evidence. */
export function SystemCard({ hit, answer }: CardProperties) {
  const { system, asOf, frame } = hit;
  const all = useSignal<readonly Evidence[] | null>(null);
  const element = useRef<HTMLElement>(null);
  const problem = useSignal<RequestProblem | null>(null);
  const { at } = asked.value;
  const showAll = async (): Promise<void> => {
    const query = narrowed(answer.query, condition('system', system.id));
    try {
      const found = await search({ query, at, limit: 1, evidence: 'all' }, new AbortController().signal);
      all.value = found.systems[0]?.evidence ?? [];
      problem.value = null;
    } catch (error) {
      problem.value = problemOf(error);
    }
  };
  return (
    <article
      ref={element}
      class="card system"
      tabIndex={-1}
      data-row
      aria-label={system.name}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === element.current) void showAll();
      }}
    >
      <h2>
        <Link to={systemPath(system.id, { at: at === '' ? '' : answer.at })}>{system.name}</Link>
        <span class="tag">{system.kind}</span>
        {frame === 'partial' && (
          <span class="tag" data-status="partial">
            partial
          </span>
        )}
      </h2>
      <p class="about">
        <span class="id">{system.id}</span>
        {Object.entries(system.labels).map(([key, value]) => (
          <span class="label" key={key}>
            {key}={value}
          </span>
        ))}
        <time dateTime={asOf} title={instant(asOf)}>
          crawled {age(asOf, answer.at)} ago
        </time>
      </p>
      <ol class="evidence">
        {(all.value ?? hit.evidence).map((evidence) => (
          <EvidenceLine key={nameOf(evidence)} evidence={evidence} system={system.id} at={at} />
        ))}
      </ol>
      {problem.value !== null && (
        <p class="failed" role="alert">
          {problem.value.message} {problem.value.remedy}
        </p>
      )}
      {hit.moreEvidence > 0 && all.value === null && (
        <button type="button" class="quiet" onClick={() => void showAll()}>
          {hit.moreEvidence.toLocaleString('en-US')} more
        </button>
      )}
    </article>
  );
}

function nameOf({ feature, key, line, address, validFrom, snippet }: Evidence): string {
  return [feature, key, line, address, validFrom, snippet].join('\n');
}

/** Where it stands, what stands there with the matches marked, and how it relates to what was asked. */
function EvidenceLine({ evidence, system, at }: { evidence: Evidence; system: string; at: string }) {
  const { feature, key, path, line, relation, role, address, validTo } = evidence;
  const place = path ?? `${feature} ${key}`;
  const notes = [
    ...(relation === undefined || relation === 'exact' ? [] : [`${relation} ${address ?? ''}`]),
    ...(role === undefined || role === 'references' ? [] : [role]),
    ...(validTo === null ? [] : [`until ${instant(validTo)}`]),
  ];
  return (
    <li>
      <Link class="place" title={place} to={evidencePath(system, evidence, at)}>
        <bdi>{place}</bdi>
        {line !== undefined && <span class="line">:{line}</span>}
      </Link>
      <span class="found">
        <code class="snippet">
          <Marked evidence={evidence} />
        </code>
        {notes.map((note) => (
          <span class="tag" key={note}>
            {note}
          </span>
        ))}
      </span>
    </li>
  );
}
