// Entries of one feature as a table that can be filtered, sorted by any column, and grows as far as one wants to see.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { FactsAnswer } from '../../../schemas/api.ts';
import type { Feature } from '../../../schemas/entries.ts';
import { useFetched } from '../fetched.ts';
import { become, changed, parameters } from '../location.ts';
import { ProblemCard } from '../problem.tsx';
import { count } from '../words.ts';
import { factsPath } from './facts-path.ts';

/** Entries that are read; the API has the rest. */
const READ = 10_000;
/** Rows that are shown at first, and once more with each press of the button. */
const PAGE = 250;

/** A column: what it shows of an entry, and what the table sorts and finds by. */
export interface Column<T> {
  readonly title: string;
  readonly text: (entry: T) => string | number | undefined;
  readonly show?: (entry: T) => ComponentChildren;
  readonly class?: string;
}

/** The properties of a table. */
interface TableProperties<T> {
  readonly system: string;
  readonly at: string;
  readonly feature: Feature;
  readonly word: string;
  readonly columns: readonly Column<T>[];
}

/** The table; what is found and how it is sorted are in the address. */
export function EntryTable<T>({ system, at, feature, word, columns }: TableProperties<T>) {
  const { data, problem } = useFetched<FactsAnswer>(factsPath(system, { feature, at, limit: READ }));
  const shown = useSignal(PAGE);
  const find = parameters.value.get('find') ?? '';
  const sort = parameters.value.get('sort') ?? '';
  if (problem !== null) return <ProblemCard problem={problem} />;
  if (data === null) return null;
  const entries = data.facts.map(({ entry }) => entry as unknown as T);
  const rows = sorted(found(entries, columns, find), columns, sort);
  return (
    <>
      <div class="filter">
        <input
          type="search"
          aria-label={`Find a ${word}`}
          placeholder={`Find a ${word}`}
          value={find}
          onInput={({ currentTarget }) => become(changed({ find: currentTarget.value }))}
        />
        <span class="dim" aria-live="polite">
          {count(rows.length, word)}
          {data.cursor === null ? '' : ` of the first ${READ.toLocaleString('en-US')}`}
        </span>
      </div>
      {rows.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={`Every ${word}`}>
          <table>
            <thead>
              <tr>
                {columns.map(({ title, class: name }) => (
                  <th key={title} scope="col" class={name} aria-sort={orderOf(title, sort)}>
                    <button type="button" onClick={() => become(changed({ sort: nextSort(title, sort) }))}>
                      {title}
                      <span aria-hidden="true">
                        {{ none: '', ascending: ' ↑', descending: ' ↓' }[orderOf(title, sort)]}
                      </span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, shown.value).map((entry, index) => (
                <tr key={index} tabIndex={-1} data-row>
                  {columns.map(({ title, text, show, class: name }) => (
                    <td key={title} class={name}>
                      {show === undefined ? text(entry) : show(entry)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > shown.value && (
        <button type="button" class="more" onClick={() => (shown.value += PAGE)}>
          Show more ({(rows.length - shown.value).toLocaleString('en-US')} left)
        </button>
      )}
    </>
  );
}

function found<T>(entries: readonly T[], columns: readonly Column<T>[], find: string): readonly T[] {
  const wanted = find.trim().toLowerCase();
  if (wanted === '') return entries;
  return entries.filter((entry) =>
    columns.some(({ text }) =>
      String(text(entry) ?? '')
        .toLowerCase()
        .includes(wanted),
    ),
  );
}

function sorted<T>(entries: readonly T[], columns: readonly Column<T>[], sort: string): readonly T[] {
  const column = columns.find(({ title }) => title === sort.replace(/^-/, ''));
  if (column === undefined) return entries;
  const direction = sort.startsWith('-') ? -1 : 1;
  return entries.toSorted((a, b) => direction * compared(column.text(a), column.text(b)));
}

const ORDER = new Intl.Collator('en', { numeric: true });

function compared(a: string | number | undefined, b: string | number | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return ORDER.compare(String(a ?? ''), String(b ?? ''));
}

function orderOf(title: string, sort: string): 'none' | 'ascending' | 'descending' {
  if (sort === title) return 'ascending';
  return sort === `-${title}` ? 'descending' : 'none';
}

function nextSort(title: string, sort: string): string | null {
  if (sort === title) return `-${title}`;
  return sort === `-${title}` ? null : title;
}
