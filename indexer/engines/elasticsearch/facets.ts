// Counts the facets of an answer.
import type { Facet } from '../../../schemas/answer.ts';
import type { FacetField, SearchPlan } from '../../../schemas/plan.ts';
import { countKinds, countMatches, FacetCounter, FacetValues, NO_VALUE } from '../facet-counter.ts';
import type { Judged } from '../judgement.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { blockOf, featureOfBlock } from './entry-numbers.ts';
import type { FoundMatches } from './evidence.ts';
import { pastFacts } from './past.ts';
import type { Scope } from './scope.ts';
import type { Store } from './store.ts';
import { inQueries } from './stored-entries.ts';
import { presenceId } from './system-record.ts';

type LabelField = Extract<FacetField, 'os' | 'package'>;

/** What entries are called, by number: entries never change, so it is remembered between answers. */
export class Labels {
  readonly #known: Record<LabelField, { values: FacetValues; ofEntry: Map<number, number> }> = {
    os: { values: new FacetValues(), ofEntry: new Map() },
    package: { values: new FacetValues(), ofEntry: new Map() },
  };

  /** The labels of entries of a feature, as numbers of values. */
  async of(
    store: Store,
    field: LabelField,
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

/** Counts facets: each field's values by the systems of the answer that have them. */
export async function countFacets(
  scope: Scope,
  labels: Labels,
  found: FoundMatches,
  judged: readonly Judged[],
  wanted: SearchPlan['facets'],
): Promise<Facet[]> {
  const facets: Facet[] = [];
  for (const { field, size } of wanted) {
    switch (field) {
      case 'kind':
        facets.push(countKinds(size, scope.systems, judged));
        break;
      case 'os':
      case 'package':
        facets.push(await countLabels(scope, labels, judged, field, size));
        break;
      case 'directory':
      case 'feature':
        facets.push(countMatches(field, size, judged, found));
        break;
    }
  }
  return facets;
}

async function countLabels(
  scope: Scope,
  labels: Labels,
  judged: readonly Judged[],
  field: LabelField,
  size: number,
): Promise<Facet> {
  const bySystem = await entriesOfFeature(scope, judged, field);
  const every = new Set<number>();
  for (const numbers of bySystem.values()) for (const number of numbers) every.add(number);
  const { values, ofEntry } = await labels.of(scope.store, field, every);
  const counter = new FacetCounter(values);
  for (const [system, numbers] of bySystem)
    for (const number of numbers) counter.add(ofEntry.get(number) ?? NO_VALUE, system);
  return counter.facet(field, size);
}

/** The entries of a feature that systems have at the instant, by the systems' indexes. */
async function entriesOfFeature(
  { store, packed: cache, systems, at }: Scope,
  judged: readonly Judged[],
  feature: LabelField,
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
