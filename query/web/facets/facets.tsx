// What the systems of an answer differ by: values narrow it, or exclude; what a facet is narrowed by never hides its other values.
import type { Answer, Facet } from '../../../schemas/answer.ts';
import { Link } from '../link.tsx';
import { asked } from '../state.ts';
import { DayHistogram } from './day-histogram.tsx';
import { DirectoryTree } from './directory-tree.tsx';
import { narrowedBy, pathWithout } from './narrowing.ts';
import { ValueList } from './value-list.tsx';

const TITLES: Readonly<Record<string, string>> = {
  kind: 'Kind',
  os: 'Operating system',
  label: 'Label',
  package: 'Package',
  port: 'Listening port',
  directory: 'Directory',
  crawled: 'Last crawled',
};

/** Every facet that has something to choose, or was chosen from; folded away where there is no room beside the answer. */
export function Facets({ answer }: { answer: Answer }) {
  const { narrow } = asked.value;
  const narrowed = narrowedBy(narrow);
  const useful = answer.facets.filter(
    ({ field, buckets }) => buckets.length > 0 || narrowed.some((one) => one.field === field),
  );
  return (
    <aside class="facets" aria-label="Narrow the answer">
      {useful.map((facet) => {
        const own = narrowed.filter(({ field }) => field === facet.field);
        const title = TITLES[facet.field] ?? facet.field;
        return (
          <details key={facet.field} class="facet" name={isWide() ? undefined : 'facet'} open={isWide()}>
            <summary>
              {title}
              {own.length > 0 && <span class="chosen-count">{own.length}</span>}
            </summary>
            {own.length > 0 && (
              <Link
                class="clear"
                to={pathWithout(
                  asked.value,
                  own.map(({ written }) => written),
                )}
              >
                Clear <span class="unseen">{title}</span>
              </Link>
            )}
            <FacetBody facet={facet} title={title} />
          </details>
        );
      })}
    </aside>
  );
}

/** Whether there is room beside the answer. */
function isWide(): boolean {
  return matchMedia('(min-width: 56rem)').matches;
}

function FacetBody({ facet, title }: { facet: Facet; title: string }) {
  if (facet.field === 'directory') return <DirectoryTree facet={facet} />;
  if (facet.field === 'crawled') return <DayHistogram facet={facet} />;
  return <ValueList facet={facet} title={title.toLowerCase()} />;
}

/** What the answer is narrowed by, above it; each can be taken back. */
export function NarrowedBy() {
  const narrowed = narrowedBy(asked.value.narrow);
  if (narrowed.length === 0) return null;
  return (
    <ul class="chips" aria-label="Narrowed by">
      {narrowed.map(({ field, value, isExcluded, written }) => (
        <li key={written} data-excluded={isExcluded}>
          <Link to={pathWithout(asked.value, [written])} title="Take back">
            <span class="dim">
              {isExcluded ? 'not ' : ''}
              {(TITLES[field] ?? field).toLowerCase()}
            </span>
            <bdi>{field === 'crawled' ? value.slice(0, 10) : value}</bdi>
            <span aria-hidden="true">×</span>
          </Link>
        </li>
      ))}
      {narrowed.length > 1 && (
        <li class="all">
          <Link to={pathWithout(asked.value, asked.value.narrow)}>Clear all</Link>
        </li>
      )}
    </ul>
  );
}
