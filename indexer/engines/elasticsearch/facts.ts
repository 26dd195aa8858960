// Reads the facts of one system.
import { Feature } from '../../../schemas/entries.ts';
import type { Fact, FactQuery } from '../search-engine.ts';
import { entryOf, keyName, valueTerm, type StoredEntry } from './documents.ts';
import { blockOf, featureOf } from './entry-numbers.ts';
import { readHeld } from './facts-documents.ts';
import type { HeldFacts, StampedFact } from './held-facts.ts';
import { pastFacts } from './past.ts';
import type { Store } from './store.ts';
import { complete, readTexts } from './stored-entries.ts';
import type { SystemRecord } from './system-record.ts';

/** Values that fit a query; beyond them everything of a feature is read and what is not wanted passed over. */
const NAMED = 50_000;
const PAGE = 1000;
const TEXT_BYTES = 8_000_000;

interface FactRow extends StampedFact {
  readonly ended: number | null;
}

/** Facts of a system that are wanted: of those that hold, and of those that ended, by entry. */
interface Selection {
  readonly held: HeldFacts;
  readonly isWanted: (began: number, ended: number | null) => boolean;
  readonly past: ReadonlyMap<number, readonly FactRow[]>;
}

type Row = [stored: StoredEntry, fact: FactRow];

/** Facts of a system, by feature, then key, then when they began. */
export async function* factsOf(store: Store, record: SystemRecord, query: FactQuery): AsyncGenerator<Fact> {
  const selection = await select(store, record, query.span);
  for (const feature of query.feature === undefined ? Feature.options : [query.feature]) {
    let rows: Row[] = [];
    let bytes = 0;
    for await (const row of rowsOf(store, selection, feature, query.key)) {
      rows.push(row);
      const { own } = row[0];
      bytes += query.texts && typeof own['size'] === 'number' ? own['size'] : 0;
      if (rows.length < PAGE && bytes < TEXT_BYTES) continue;
      yield* shown(store, rows, query.texts);
      rows = [];
      bytes = 0;
    }
    yield* shown(store, rows, query.texts);
  }
}

async function select(store: Store, record: SystemRecord, span: FactQuery['span']): Promise<Selection> {
  const held = await readHeld(store, record.manifest);
  const past = new Map<number, FactRow[]>();
  const isWanted = wantedIn(span);
  const after = 'after' in span ? Date.parse(span.after) : span.at === null ? null : Date.parse(span.at);
  if (after === null) return { held, isWanted, past };
  for await (const fact of pastFacts(store, [record], { after })) {
    if (!isWanted(fact.began, fact.ended)) continue;
    const known = past.get(fact.number);
    if (known) known.push(fact);
    else past.set(fact.number, [fact]);
  }
  return { held, isWanted, past };
}

/** Condition on when a fact began and ended. */
function wantedIn(span: FactQuery['span']): Selection['isWanted'] {
  if ('at' in span) {
    if (span.at === null) return (_, ended) => ended === null;
    const at = Date.parse(span.at);
    return (began, ended) => began <= at && (ended === null || ended > at);
  }
  const after = Date.parse(span.after);
  const until = span.until === null ? Infinity : Date.parse(span.until);
  const within = (instant: number) => instant > after && instant <= until;
  return (began, ended) => within(began) || (ended !== null && within(ended));
}

/** Wanted facts of a feature with their entries, in order. */
async function* rowsOf(
  store: Store,
  selection: Selection,
  feature: Feature,
  key: string | undefined,
): AsyncGenerator<Row> {
  const filter = filterOf(selection, feature, key);
  if (filter === null) return;
  const reading = {
    query: { bool: { filter } },
    source: ['number', 'key', 'shared', 'own', 'content'],
    sort: ['sort', 'number'],
    page: PAGE,
  };
  // Keys that begin alike for longer than Elasticsearch sorts, and facts of one key, wait for each other.
  let group: Row[] = [];
  let term = '';
  for await (const page of store.pages<StoredEntry>('entries', reading)) {
    for (const { source } of page) {
      if (source === undefined) continue;
      const stored = complete(source);
      const facts = wantedFacts(selection, stored.number);
      if (facts.length === 0) continue;
      if (valueTerm(stored.key) !== term) {
        yield* inOrder(group);
        group = [];
        term = valueTerm(stored.key);
      }
      group.push(...facts.map((fact): Row => [stored, fact]));
    }
  }
  yield* inOrder(group);
}

function inOrder(group: Row[]): Row[] {
  return group.sort(([a, first], [b, second]) =>
    a.key === b.key
      ? first.began - second.began
      : Buffer.compare(Buffer.from(a.key, 'utf8'), Buffer.from(b.key, 'utf8')),
  );
}

type Filter = Record<string, unknown>[];

/** What finds the entries of the wanted facts, and maybe others; null where there are none. */
function filterOf(
  { held, isWanted, past }: Selection,
  feature: Feature,
  key: string | undefined,
): Filter | null {
  const numbers = new Set<number>();
  const blocks = new Set<number>();
  for (const number of past.keys()) if (featureOf(number) === feature) numbers.add(number);
  for (const { number, began } of held.facts())
    if (featureOf(number) === feature && isWanted(began, null)) numbers.add(number);
  if (numbers.size === 0) return null;
  for (const number of numbers) blocks.add(blockOf(number));
  const filter: Filter = [{ term: { feature } }];
  if (key !== undefined) filter.push({ term: { name: keyName(feature, key) } });
  if (numbers.size <= PAGE) filter.push({ terms: { number: [...numbers] } });
  else if (blocks.size <= NAMED) filter.push({ terms: { block: [...blocks] } });
  return filter;
}

function wantedFacts({ held, isWanted, past }: Selection, number: number): FactRow[] {
  const found = [...(past.get(number) ?? [])];
  const began = held.began(number);
  const stamps = held.stamps(number);
  if (began !== null && stamps !== undefined && isWanted(began, null))
    found.push({ number, began, ended: null, ...stamps });
  return found;
}

async function* shown(store: Store, rows: readonly Row[], withTexts: boolean): AsyncGenerator<Fact> {
  const contents = new Map<string, number>();
  if (withTexts) for (const [{ content }] of rows) if (content !== null) contents.set(content, 0);
  const texts = new Map<string, string>();
  for await (const some of readTexts(store, contents)) for (const [id, text] of some) texts.set(id, text);
  for (const [stored, { began, ended, ...stamps }] of rows) {
    const feature = featureOf(stored.number);
    const text = stored.content === null ? null : (texts.get(stored.content) ?? null);
    yield {
      feature,
      key: stored.key,
      entry: entryOf(feature, stored, stamps, text),
      validFrom: new Date(began).toISOString(),
      validTo: ended === null ? null : new Date(ended).toISOString(),
    };
  }
}
