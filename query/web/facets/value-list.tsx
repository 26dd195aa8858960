// The values of a facet as a list: the most frequent ones, those that were chosen, and any other by its text.
import { useSignal } from '@preact/signals';
import type { Facet } from '../../../schemas/answer.ts';
import { asked } from '../state.ts';
import { FacetProblem } from './facet-problem.tsx';
import { FacetValue } from './facet-value.tsx';
import { useFacet } from './facet-request.ts';
import { narrowedBy } from './narrowing.ts';

/** Values that are shown before somebody asks for more. */
const SHOWN = 6;
/** Values that the box finds at once. */
const FOUND = 60;

/** A value with its systems; null where they were not counted. */
interface Counted {
  readonly value: string;
  readonly systems: number | null;
}

/** The list; with a box that finds values where there are more than are shown. */
export function ValueList({ facet: { field, buckets, more }, title }: { facet: Facet; title: string }) {
  const text = useSignal('');
  // A comma would begin another facet.
  const wanted = text.value.trim().split(',')[0] ?? '';
  const total = buckets.length + more;
  return (
    <>
      {total > SHOWN && (
        <input
          type="search"
          placeholder={`Find in ${total.toLocaleString('en-US')}`}
          aria-label={`Find in ${title}`}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      )}
      {wanted === '' ? (
        <Frequent field={field} all={withChosen(field, buckets, more)} more={more} />
      ) : (
        <Found field={field} wanted={wanted} known={buckets} />
      )}
    </>
  );
}

/** The values that most systems have, and a button for more of them. */
function Frequent({ field, all, more }: { field: string; all: readonly Counted[]; more: number }) {
  const isOpen = useSignal(false);
  return (
    <>
      <Values field={field} values={isOpen.value ? all : all.slice(0, Math.max(SHOWN, own(field).length))} />
      {isOpen.value && <Left count={more} />}
      {all.length > SHOWN && (
        <button type="button" class="quiet" onClick={() => (isOpen.value = !isOpen.value)}>
          {isOpen.value ? 'Show fewer' : `Show ${(all.length - SHOWN).toLocaleString('en-US')} more`}
        </button>
      )}
    </>
  );
}

/** The properties of values that are looked for. */
interface FoundProperties {
  readonly field: string;
  readonly wanted: string;
  /** Those that are shown until the server has answered. */
  readonly known: readonly Counted[];
}

function Found({ field, wanted, known }: FoundProperties) {
  const { facet, problem } = useFacet(`${field}~${wanted}`, FOUND).value;
  const values = facet?.buckets ?? matching(known, wanted);
  return (
    <>
      <Values field={field} values={values} />
      <FacetProblem problem={problem} />
      {facet !== null && values.length === 0 && <p class="dim">None</p>}
      <Left count={facet?.more ?? 0} />
    </>
  );
}

function Values({ field, values }: { field: string; values: readonly Counted[] }) {
  return (
    <ul class="values">
      {values.map(({ value, systems }) => (
        <li key={value}>
          <FacetValue field={field} value={value} systems={systems} />
        </li>
      ))}
    </ul>
  );
}

function Left({ count }: { count: number }) {
  return count === 0 ? null : <p class="dim">and {count.toLocaleString('en-US')} more: find them by name</p>;
}

/** Until the server has answered. */
function matching(buckets: readonly Counted[], text: string): Counted[] {
  return buckets.filter(({ value }) => value.toLowerCase().includes(text.toLowerCase()));
}

/** The values with the chosen and excluded ones first, also where they are too rare to be listed. */
function withChosen(field: string, buckets: readonly Counted[], more: number): Counted[] {
  const chosen = new Set(own(field).map(({ value }) => value));
  const counts = new Map(buckets.map(({ value, systems }) => [value, systems]));
  return [
    ...[...chosen].map((value) => ({ value, systems: counts.get(value) ?? (more === 0 ? 0 : null) })),
    ...buckets.filter(({ value }) => !chosen.has(value)),
  ];
}

function own(field: string) {
  return narrowedBy(asked.value.narrow).filter((one) => one.field === field);
}
