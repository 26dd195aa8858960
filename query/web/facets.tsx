// What the systems of an answer differ by: a value narrows the query, or excludes.
import { useSignal } from '@preact/signals';
import type { Facet } from '../../schemas/answer.ts';
import { go } from './location.ts';
import { condition, has, narrowed, without } from './words.ts';

/** Values that are shown before somebody asks for more. */
const SHOWN = 7;

const TITLES: Readonly<Record<string, string>> = {
  kind: 'Kind',
  os: 'Operating system',
  package: 'Package',
  directory: 'Directory',
};

/** Every facet that has something to choose; folded away where there is no room beside the answer. */
export function Facets({ facets, query }: { facets: readonly Facet[]; query: string }) {
  const useful = facets.filter(({ buckets }) => buckets.length > 0);
  return (
    <aside class="facets" aria-label="Narrow the answer">
      {useful.map((facet) => (
        <FacetList key={facet.field} facet={facet} query={query} />
      ))}
    </aside>
  );
}

function FacetList({ facet: { field, buckets, more }, query }: { facet: Facet; query: string }) {
  const isOpen = useSignal(false);
  const filter = useSignal('');
  const wanted = filter.value.toLowerCase();
  const found = buckets.filter(({ value }) => value.toLowerCase().includes(wanted));
  const shown = isOpen.value ? found : found.slice(0, SHOWN);
  const hidden = buckets.length - SHOWN + more;
  const title = TITLES[field] ?? field;
  return (
    <details class="facet" open={matchMedia('(min-width: 56rem)').matches}>
      <summary>{title}</summary>
      {isOpen.value && (
        <input
          type="search"
          placeholder={`Find in ${title.toLowerCase()}`}
          aria-label={`Find in ${title.toLowerCase()}`}
          onInput={(event) => (filter.value = event.currentTarget.value)}
        />
      )}
      <ul>
        {shown.map(({ value, systems }) => (
          <Bucket key={value} field={field} value={value} systems={systems} query={query} />
        ))}
      </ul>
      {isOpen.value && more > 0 && <p class="dim">and {more.toLocaleString('en-US')} rarer ones</p>}
      {hidden > 0 && !isOpen.value && (
        <button type="button" class="quiet" onClick={() => (isOpen.value = true)}>
          {hidden.toLocaleString('en-US')} more
        </button>
      )}
    </details>
  );
}

/** The properties of a value. */
interface BucketProperties {
  readonly field: string;
  readonly value: string;
  readonly systems: number;
  readonly query: string;
}

function Bucket({ field, value, systems, query }: BucketProperties) {
  const wanted = field === 'directory' ? `path:${quoted(`${value}/*`)}` : condition(field, value);
  const isChosen = has(query, wanted);
  return (
    <li>
      <button
        type="button"
        class="value"
        aria-pressed={isChosen}
        title={value}
        onClick={() => go(isChosen ? without(query, wanted) : narrowed(query, wanted))}
      >
        <span class="text">{value}</span>
        <span class="number">{systems.toLocaleString('en-US')}</span>
      </button>
      <button
        type="button"
        class="exclude quiet"
        aria-label={`Without ${value}`}
        title={`Without ${value}`}
        onClick={() => go(narrowed(without(query, wanted), `-${wanted}`))}
      >
        −
      </button>
    </li>
  );
}

/** A pattern stays bare, so that its star is one: what would end it there becomes a single unknown character. */
function quoted(pattern: string): string {
  return pattern.replace(/[\s"()]/g, '?');
}
