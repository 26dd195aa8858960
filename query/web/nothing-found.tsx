// No system: whether that can be relied on, and what would find some, tried out.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Answer } from '../../schemas/answer.ts';
import { search } from './api.ts';
import { go } from './location.ts';
import { count, parts, without } from './words.ts';

/** Conditions that are tried without. */
const TRIED = 6;

/** A query that finds something. */
interface Alternative {
  readonly query: string;
  readonly left: string;
  readonly systems: number;
}

/** Says it. */
export function NothingFound({ answer }: { answer: Answer }) {
  const alternatives = useSignal<readonly Alternative[]>([]);
  useEffect(() => {
    const asking = new AbortController();
    alternatives.value = [];
    void found(answer.query, asking.signal).then(
      (list) => (alternatives.value = list),
      () => undefined,
    );
    return () => asking.abort();
  }, [answer.query]);
  return (
    <section class="card nothing">
      <h2>No system matches</h2>
      <p>
        {answer.coverage.complete
          ? 'Every system could answer, so there is none.'
          : 'Not every system could answer: see the coverage above before you rely on it.'}
      </p>
      {alternatives.value.length > 0 && (
        <ul>
          {alternatives.value.map(({ query, left, systems }) => (
            <li key={left}>
              <a
                href={`/?${new URLSearchParams({ q: query })}`}
                onClick={(event) => {
                  event.preventDefault();
                  go(query);
                }}
              >
                {count(systems, 'system')}
              </a>{' '}
              without <code>{left}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

async function found(query: string, signal: AbortSignal): Promise<Alternative[]> {
  const conditions = [...new Set(parts(query))].slice(0, TRIED);
  if (conditions.length < 2) return [];
  const tried = await Promise.all(
    conditions.map(async (left) => {
      const fewer = without(query, left);
      const { total } = await search({ query: fewer, limit: 1, evidence: 0 }, signal);
      return { query: fewer, left, systems: total.systems };
    }),
  );
  return tried.filter(({ systems }) => systems > 0).sort((a, b) => a.systems - b.systems);
}
