// Facets whose values every engine knows alike: of systems, and of the facts for which they are in an answer.
import type { FacetField } from '../../schemas/plan.ts';
import { systemValues } from '../terms/system-values.ts';
import { FacetValues, NO_VALUE, type FacetSource } from './facet-counter.ts';
import type { Found, Judged } from './found.ts';
import type { Candidate } from './matched.ts';

/** A system with the instant of its frame. */
interface CrawledSystem extends Candidate {
  readonly asOf: string;
}

/** What an engine reads itself. */
export type ReadField = Extract<FacetField, 'os' | 'package' | 'port'>;

/** Whether an engine has to read the values of a field. */
export function isRead(field: FacetField): field is ReadField {
  return field === 'os' || field === 'package' || field === 'port';
}

/** The source of any other field. */
export function knownSource(
  field: Exclude<FacetField, ReadField>,
  systems: readonly CrawledSystem[],
  found: Found,
): FacetSource {
  switch (field) {
    case 'kind':
    case 'label':
      return sourceOf(({ index }) => {
        const system = systems[index];
        return system === undefined ? [] : (systemValues(field, system.ref) ?? []);
      });
    case 'crawled':
      // By the day: what systems are crawled on a schedule shows by it.
      return sourceOf(({ index }) => [`${systems[index]?.asOf.slice(0, 10) ?? ''}T00:00:00.000Z`]);
    case 'directory':
    case 'feature':
      return matchedSource(field, found);
  }
}

function sourceOf(valuesOf: (system: Judged) => readonly string[]): FacetSource {
  const values = new FacetValues();
  return { values, of: (system) => valuesOf(system).map((value) => values.number(value)) };
}

/** What systems matched with: the facts for which they are in the answer. */
function matchedSource(field: 'directory' | 'feature', { matched, patternOf, kinds }: Found): FacetSource {
  const values = new FacetValues();
  const valueOf = kinds.examples.map((entry) => {
    if (field === 'feature') return values.number(matched.feature(entry));
    const directory = directoryOf(matched.prefix(matched.places[entry] ?? 0));
    return directory === '' ? NO_VALUE : values.number(directory);
  });
  const patterns = kinds.examples.map((entry) => patternOf[entry] ?? 0);
  return {
    values,
    *of({ index, support }) {
      for (const kind of kinds.numbers.subarray(kinds.starts[index], kinds.starts[index + 1]))
        if (support.patterns[patterns[kind] ?? 0] === 1) yield valueOf[kind] ?? NO_VALUE;
    },
  };
}

/** The directory of a place; only files have places that are not empty. */
function directoryOf(prefix: string): string {
  return prefix === '/' ? prefix : prefix.slice(0, -1);
}
