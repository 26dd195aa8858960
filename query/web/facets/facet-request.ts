// Values of one facet of the answer that is shown, as its box or its tree asks for them.
import { signal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Facet } from '../../../schemas/answer.ts';
import { problemOf, search, type RequestProblem } from '../api.ts';
import { pathOf } from '../asked.ts';
import { asked } from '../state.ts';

/** While somebody types, a question waits so long for the next letter. */
const PAUSE_MS = 150;

/** What came of it; the values before it while it is under way. */
export interface FacetFound {
  readonly facet: Facet | null;
  readonly problem: RequestProblem | null;
}

/** Asks for a facet such as `package~ngi` or `directory/etc`, again whenever the search changes; null: for nothing. */
export function useFacet(wanted: string | null, size: number): Signal<FacetFound> {
  const found = useMemo(() => signal<FacetFound>({ facet: null, problem: null }), []);
  const search = pathOf(asked.value);
  useEffect(() => {
    if (wanted === null) {
      found.value = { facet: null, problem: null };
      return;
    }
    const asking = new AbortController();
    const pause = setTimeout(() => void answered(wanted, size, found, asking.signal), PAUSE_MS);
    return () => {
      clearTimeout(pause);
      asking.abort();
    };
  }, [wanted, search]);
  return found;
}

async function answered(
  wanted: string,
  facetSize: number,
  found: Signal<FacetFound>,
  signal: AbortSignal,
): Promise<void> {
  const { query, narrow, at } = asked.value;
  try {
    const request = { query: query ?? '', narrow, at, limit: 1, evidence: 0, facets: [wanted], facetSize };
    const { facets } = await search(request, signal);
    if (!signal.aborted) found.value = { facet: facets[0] ?? null, problem: null };
  } catch (error) {
    if (!signal.aborted) found.value = { facet: null, problem: problemOf(error) };
  }
}
