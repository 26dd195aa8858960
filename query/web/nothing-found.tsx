// No system: whether that can be relied on, and what would find some, tried out.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Answer } from '../../schemas/answer.ts';
import { search } from './api.ts';
import { pathOf, type Asked } from './asked.ts';
import { Link } from './link.tsx';
import { asked } from './state.ts';
import { count, parts, without } from './words.ts';

/** Conditions that are tried without. */
const TRIED = 6;

/** A query that finds something. */
interface Alternative {
  readonly to: string;
  readonly left: string;
  readonly systems: number;
}

/** Says it. */
export function NothingFound({ answer }: { answer: Answer }) {
  const alternatives = useSignal<readonly Alternative[]>([]);
  useEffect(() => {
    const asking = new AbortController();
    alternatives.value = [];
    void found(answer.query, asked.value, asking.signal).then(
      (list) => (alternatives.value = list),
      () => undefined,
    );
    return () => asking.abort();
  }, [pathOf(asked.value)]);
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
          {alternatives.value.map(({ to, left, systems }) => (
            <li key={left}>
              <Link to={to}>{count(systems, 'system')}</Link> without <code>{left}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

async function found(query: string, from: Asked, signal: AbortSignal): Promise<Alternative[]> {
  const { narrow, at } = from;
  const conditions = [...new Set(parts(query))].slice(0, TRIED);
  const fewer = conditions.length + narrow.length < 2 ? [] : conditions;
  const trials = [
    ...fewer.map((left) => ({ left, asked: { query: without(query, left), narrow, at } })),
    ...narrow.slice(0, TRIED).map((left) => ({
      left,
      asked: { query, narrow: narrow.filter((one) => one !== left), at },
    })),
  ];
  const tried = await Promise.all(
    trials.map(async ({ left, asked: trial }) => {
      const { total } = await search({ ...trial, limit: 1, evidence: 0 }, signal);
      return { to: pathOf(trial), left, systems: total.systems };
    }),
  );
  return tried.filter(({ systems }) => systems > 0).sort((a, b) => a.systems - b.systems);
}
