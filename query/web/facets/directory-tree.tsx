// The directories of an answer's files as a tree: what lies below one is asked for when it is opened.
import { useSignal } from '@preact/signals';
import type { Facet } from '../../../schemas/answer.ts';
import { FacetProblem } from './facet-problem.tsx';
import { FacetValue } from './facet-value.tsx';
import { useFacet } from './facet-request.ts';

/** Directories listed below one. */
const LISTED = 200;
/** Directories listed at the top before somebody asks for more. */
const SHOWN = 12;

/** The tree; its first level comes with the answer. */
export function DirectoryTree({ facet }: { facet: Facet }) {
  const isOpen = useSignal(false);
  const shown = isOpen.value ? facet.buckets : facet.buckets.slice(0, SHOWN);
  return (
    <>
      <Level buckets={shown} under="/" more={isOpen.value ? facet.more : 0} />
      {facet.buckets.length > SHOWN && (
        <button type="button" class="quiet" onClick={() => (isOpen.value = !isOpen.value)}>
          {isOpen.value ? 'Show fewer' : `Show ${facet.buckets.length - SHOWN} more`}
        </button>
      )}
    </>
  );
}

/** The properties of a level. */
interface LevelProperties {
  readonly buckets: Facet['buckets'];
  readonly under: string;
  readonly more: number;
}

/** What lies right below a directory; files of its own stand for it by its name. */
function Level({ buckets, under, more }: LevelProperties) {
  return (
    <ul class="values tree">
      {[...buckets]
        .sort((a, b) => (a.value < b.value ? -1 : 1))
        .map(({ value, systems }) => (
          <Node key={value} path={value} systems={systems} isOwn={value === under} />
        ))}
      {more > 0 && <li class="dim">and {more.toLocaleString('en-US')} more</li>}
    </ul>
  );
}

/** A directory; files of its own have no place below it. */
function Node({ path, systems, isOwn }: { path: string; systems: number; isOwn: boolean }) {
  const isOpen = useSignal(false);
  // A comma would begin another facet.
  const canOpen = !path.includes(',');
  const { facet, problem } = useFacet(isOpen.value && canOpen ? `directory${path}` : null, LISTED).value;
  if (isOwn) return null;
  const isLeaf = facet?.buckets.every(({ value }) => value === path) ?? false;
  return (
    <li>
      <span class="node">
        <button
          type="button"
          class="twist"
          aria-expanded={isOpen.value}
          aria-label={`What is below ${path}`}
          disabled={!canOpen || isLeaf}
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          {isLeaf ? '·' : isOpen.value ? '▾' : '▸'}
        </button>
        <FacetValue
          field="directory"
          value={path}
          text={path.slice(path.lastIndexOf('/'))}
          systems={systems}
        />
      </span>
      <FacetProblem problem={problem} />
      {isOpen.value && facet !== null && !isLeaf && (
        <Level buckets={facet.buckets} under={path} more={facet.more} />
      )}
    </li>
  );
}
