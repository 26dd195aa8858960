// Systems at an instant of the past, and the facts that ended since: read from the frames.
import type { estypes } from '@elastic/elasticsearch';
import { endedFacts, type EndedDocument, type FrameDocument } from './frame-documents.ts';
import type { StampedFact } from './held-facts.ts';
import type { Store } from './store.ts';
import { isPartOf, systemDocumentId, type StoredFrame, type SystemRecord } from './system-record.ts';

const BUCKETS = 1000;
const ENDED_PAGE = 200;
/** Systems or entries beyond so many are no longer named in a query. */
const NAMED = 20_000;

type Query = estypes.QueryDslQueryContainer;

/** What counts of the frames: what is marked as published, and what the systems' newest states name. */
export function published(records: readonly SystemRecord[]): Query {
  const attempts = records.flatMap(({ unmarked }) => unmarked.map(({ attempt }) => attempt));
  return { bool: { should: [{ term: { published: true } }, { terms: { attempt: attempts } }] } };
}

/** An instant in a query: Elasticsearch keeps milliseconds. */
function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** The newest frame of each system up to an instant, with entries or failed; by the id of the system's document. */
export async function framesUntil(
  store: Store,
  records: readonly SystemRecord[],
  at: number,
  failed: boolean,
): Promise<Map<string, StoredFrame>> {
  const frames = new Map<string, StoredFrame>();
  const known = new Map(records.map((record) => [systemDocumentId(record.id), record]));
  const filter: Query[] = [
    { term: { kind: 'frame' } },
    { term: { failed } },
    { range: { at: { lte: instant(at) } } },
    published(records),
  ];
  if (records.length <= NAMED) filter.push({ terms: { system: [...known.keys()] } });
  let after: Record<string, string> | undefined;
  do {
    const sources = [{ system: { terms: { field: 'system' } } }];
    const { systems } = (await store.aggregate(
      'frames',
      { bool: { filter } },
      {
        systems: {
          composite: { size: BUCKETS, sources, ...(after === undefined ? {} : { after }) },
          aggs: {
            newest: { top_hits: { size: 1, sort: [{ at: 'desc' }, { publication: 'desc' }] } },
          },
        },
      },
    )) as FramesBySystem;
    for (const { key, newest } of systems.buckets) {
      const document = newest.hits.hits[0]?._source;
      const record = known.get(key.system);
      if (document && record !== undefined && isPartOf(record, document))
        frames.set(key.system, document.stored);
    }
    after = systems.after_key;
  } while (after !== undefined);
  return frames;
}

interface FramesBySystem {
  readonly systems: {
    readonly after_key?: Record<string, string>;
    readonly buckets: readonly {
      readonly key: { readonly system: string };
      readonly newest: { readonly hits: { readonly hits: readonly { readonly _source: FrameDocument }[] } };
    }[];
  };
}

/** A fact that ended, of the system at an index. */
export interface PastFact extends StampedFact {
  readonly system: number;
  readonly ended: number;
}

/** Which facts that ended are wanted: ended later than `after`; of `entries` alone where that is given. */
export interface PastQuery {
  readonly after: number;
  readonly until?: number;
  readonly entries?: ReadonlySet<number>;
}

/** Facts of some systems that ended in a time. */
export async function* pastFacts(
  store: Store,
  records: readonly SystemRecord[],
  wanted: PastQuery,
): AsyncGenerator<PastFact> {
  const systems = new Map(records.map(({ id }, index) => [systemDocumentId(id), index]));
  const source = ['system', 'at', 'publication', 'packed'];
  for (const query of endedQueries(records, [...systems.keys()], wanted)) {
    for await (const page of store.pages<EndedDocument>('frames', { query, source, page: ENDED_PAGE })) {
      for (const { source: document } of page) {
        const system = document === undefined ? undefined : systems.get(document.system);
        if (document === undefined || system === undefined) continue;
        const record = records[system];
        if (record !== undefined && isPartOf(record, document) && Date.parse(document.at) !== record.oldest)
          yield* factsIn(document, system, wanted.entries);
      }
    }
  }
}

function* endedQueries(
  records: readonly SystemRecord[],
  systems: readonly string[],
  { after, until, entries }: PastQuery,
): Generator<Query> {
  const filter: Query[] = [
    { term: { kind: 'ended' } },
    { range: { at: { gt: instant(after), ...(until === undefined ? {} : { lte: instant(until) }) } } },
    published(records),
  ];
  if (systems.length <= NAMED) filter.push({ terms: { system: [...systems] } });
  if (entries === undefined || entries.size > NAMED) {
    yield { bool: { filter } };
    return;
  }
  yield { bool: { filter: [...filter, { terms: { entries: [...entries] } }] } };
}

function* factsIn(
  document: EndedDocument,
  system: number,
  entries: ReadonlySet<number> | undefined,
): Generator<PastFact> {
  const ended = Date.parse(document.at);
  for (const fact of endedFacts(document))
    if (entries === undefined || entries.has(fact.number)) yield { ...fact, system, ended };
}
