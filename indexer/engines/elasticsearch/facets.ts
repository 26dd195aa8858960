// The values that systems have for facets, as their documents tell them.
import type { Feature } from '../../../schemas/entries.ts';
import type { FacetField, SearchPlan } from '../../../schemas/plan.ts';
import { FacetValues, NO_VALUE, type FacetSource, type FacetSources } from '../facet-counter.ts';
import { isRead, knownSource, type ReadField } from '../facet-sources.ts';
import type { Judged } from '../found.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { blockOf, featureOfBlock } from './entry-numbers.ts';
import type { FoundMatches } from './evidence.ts';
import { pastFacts } from './past.ts';
import type { Scope } from './scope.ts';
import type { Store } from './store.ts';
import { inQueries } from './stored-entries.ts';
import { presenceId } from './system-record.ts';

/** Whose entries are labelled with the values. */
const FEATURE_OF: Readonly<Record<ReadField, Feature>> = { os: 'os', package: 'package', port: 'connection' };

/** What entries are called, by number: entries never change, so it is remembered between answers. */
export class Labels {
  readonly #known: Record<ReadField, { values: FacetValues; ofEntry: Map<number, number> }> = {
    os: { values: new FacetValues(), ofEntry: new Map() },
    package: { values: new FacetValues(), ofEntry: new Map() },
    port: { values: new FacetValues(), ofEntry: new Map() },
  };

  /** The labels of entries of a feature, as numbers of values. */
  async of(
    store: Store,
    field: ReadField,
    numbers: Iterable<number>,
  ): Promise<{ values: FacetValues; ofEntry: ReadonlyMap<number, number> }> {
    const { values, ofEntry } = this.#known[field];
    const blocks = new Set<number>();
    for (const number of numbers) if (!ofEntry.has(number)) blocks.add(blockOf(number));
    for (const some of inQueries(blocks)) {
      const query = { terms: { block: some } };
      for await (const page of store.pages('entries', { query, columns: ['number', 'label'] })) {
        for (const { fields } of page) {
          const label = fields['label']?.[0];
          const value = typeof label === 'string' ? values.number(label) : NO_VALUE;
          ofEntry.set(Number(fields['number']?.[0]), value);
        }
      }
    }
    return { values, ofEntry };
  }
}

/** The sources of the facets that a plan counts and is narrowed by. */
export async function facetSources(
  scope: Scope,
  labels: Labels,
  found: FoundMatches,
  judged: readonly Judged[],
  { facets, narrowed = [] }: Pick<SearchPlan, 'facets' | 'narrowed'>,
): Promise<FacetSources> {
  const made = new Map<FacetField, FacetSource>();
  for (const field of new Set([...facets, ...narrowed].map((one) => one.field))) {
    made.set(
      field,
      isRead(field)
        ? await labelSource(scope, labels, judged, field)
        : knownSource(field, scope.systems, found),
    );
  }
  return (field) => made.get(field) ?? NO_SOURCE;
}

const NO_SOURCE: FacetSource = { values: new FacetValues(), of: () => [] };

async function labelSource(
  scope: Scope,
  labels: Labels,
  judged: readonly Judged[],
  field: ReadField,
): Promise<FacetSource> {
  const bySystem = await entriesOfFeature(scope, judged, FEATURE_OF[field]);
  const every = new Set<number>();
  for (const numbers of bySystem.values()) for (const number of numbers) every.add(number);
  const { values, ofEntry } = await labels.of(scope.store, field, every);
  const of = ({ index }: Judged) =>
    (bySystem.get(index) ?? []).map((number) => ofEntry.get(number) ?? NO_VALUE);
  return { values, of };
}

/** The entries of a feature that systems have at the instant, by the systems' indexes. */
async function entriesOfFeature(
  { store, packed: cache, systems, at }: Scope,
  judged: readonly Judged[],
  feature: Feature,
): Promise<Map<number, number[]>> {
  const found = new Map<number, number[]>(judged.map(({ index }) => [index, []]));
  const wanted = judged.flatMap(({ index }) => {
    const { attempts = [], blocks = [] } = systems[index]?.record.manifest ?? {};
    return blocks.flatMap(([block, attempt]) =>
      featureOfBlock(block) === feature
        ? [{ index, block, id: presenceId(attempts[attempt] ?? '', block) }]
        : [],
    );
  });
  const packed = await cache.read(
    store,
    wanted.map(({ id }) => id),
  );
  for (const { index, block, id } of wanted) {
    unpackBlock(packed.get(id) ?? new Uint8Array(), (offset, began) => {
      if (at === null || began <= at) found.get(index)?.push(block * BLOCK_SIZE + offset);
    });
  }
  if (at === null) return found;
  const records = systems.map(({ record }) => record);
  for await (const { system, number, began } of pastFacts(store, records, { after: at })) {
    if (began <= at && featureOfBlock(blockOf(number)) === feature) found.get(system)?.push(number);
  }
  return found;
}
