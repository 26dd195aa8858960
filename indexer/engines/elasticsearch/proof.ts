// Proves that documents are found by the terms they should have: what finds them is not kept a second time to be compared.
import type { estypes } from '@elastic/elasticsearch';
import type { Store } from './store.ts';

type Query = estypes.QueryDslQueryContainer;

/** Terms that are asked for in one query. */
const TERMS = 1000;

/** A document as it should be. */
export interface Proof {
  readonly id: string;
  readonly document: Record<string, unknown>;
}

/** The ids of those that something that stands in them does not find. */
export async function foundBy(
  store: Store,
  kind: 'contents' | 'entries',
  proofs: readonly Proof[],
): Promise<string[]> {
  const index = store.names[kind];
  const asked = proofs.flatMap(({ id, document }) => queriesOf(document).map((query) => ({ id, query })));
  // A text without words has nothing that could find it.
  if (asked.length === 0) return [];
  const searches = asked.flatMap(({ id, query }) => [
    { index },
    { size: 0, terminate_after: 1, query: { bool: { filter: [{ ids: { values: [id] } }, ...query] } } },
  ]);
  const { responses } = await store.patiently(() =>
    store.client.msearch({ searches, rest_total_hits_as_int: true }, { signal: store.signal }),
  );
  const missing = new Set<string>();
  for (const [place, response] of responses.entries()) {
    const total = 'hits' in response ? Number(response.hits.total) : 0;
    if (total === 0) missing.add(asked[place]?.id ?? '');
  }
  return [...missing];
}

/** Queries that all have to find the document. */
function queriesOf(document: Record<string, unknown>): Query[][] {
  const { words, field, exact, ...columns } = document;
  const queries: Query[] = String(words)
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => ({ term: { words: word } }));
  for (const [group, values] of [
    ['field', field],
    ['exact', exact],
  ] as const)
    for (const [name, value] of Object.entries((values ?? {}) as Record<string, string>))
      queries.push({ term: { [`${group}.${name}`]: value } });
  for (const name of ['address4', 'address6', 'networks', 'number', 'block', 'name', 'sort'])
    for (const value of [columns[name]].flat())
      if (value !== undefined) queries.push({ term: { [name]: value as string } });
  const parts: Query[][] = [];
  for (let at = 0; at < queries.length; at += TERMS) parts.push(queries.slice(at, at + TERMS));
  return parts;
}
