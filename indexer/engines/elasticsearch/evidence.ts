// Reads the facts that are shown for the systems of a page.
import { EvidenceChoice } from '../evidence-choice.ts';
import type { Found, Judged } from '../found.ts';
import type { MatchedFact } from '../search-engine.ts';
import { beganAt, BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import type { Stamps } from '../entry-parts.ts';
import { entryOf, type StoredEntry } from './documents.ts';
import { blockOf, featureOf } from './entry-numbers.ts';
import { unpackStamps } from './held-facts.ts';
import type { MatchedEntries } from './matches.ts';
import type { EndedSince, Scope } from './scope.ts';
import { entriesByNumber, missing, readTexts } from './stored-entries.ts';
import { presenceId, stampsId, type SystemRecord } from './system-record.ts';

/** Longer texts are not remembered. */
const REMEMBERED_CHARACTERS = 65_536;

/** A fact with what differs from system to system. */
interface FactRow extends Stamps {
  readonly began: number;
  readonly ended: number | null;
}

/** Facts of a system that are to be shown. */
interface Shown {
  readonly judged: Judged;
  /** Indexes of MatchedEntries. */
  readonly entries: readonly number[];
  readonly moreFacts: number;
}

/** What a search found; enough to show any system of the answer. */
export interface FoundMatches extends Found<MatchedEntries> {
  readonly endedSince: EndedSince;
}

/** Facts shown for each of some systems, best first, at most `limit` (null: all), and how many more there are. */
export async function evidenceOf(
  scope: Scope,
  found: FoundMatches,
  page: readonly Judged[],
  limit: number | null,
): Promise<{ facts: MatchedFact[]; moreFacts: number }[]> {
  const choice = new EvidenceChoice(found);
  const shown = page.map((judged): Shown => ({ judged, ...choice.choose(judged, limit) }));
  const numbers = new Set(
    shown.flatMap(({ entries }) => entries.map((entry) => found.matched.numbers[entry] ?? 0)),
  );
  const [stored, rows] = await Promise.all([
    entriesByNumber(scope.store, numbers),
    factRows(scope, found, shown),
  ]);
  const texts = await textsOf(scope, choice, found, shown, stored);
  return shown.map(({ judged, entries, moreFacts }) => ({
    facts: entries.map((entry) => {
      const number = found.matched.numbers[entry] ?? 0;
      const one = stored.get(number);
      const row = rows.get(`${judged.index} ${entry}`);
      if (one === undefined || row === undefined) throw missing(`entry ${number}`);
      const leaves = choice.leaves(entry, judged.support);
      const looked = choice.looksIntoContent(entry, leaves);
      const feature = featureOf(number);
      return {
        feature,
        key: one.key,
        entry: entryOf(feature, one, row, null),
        text: looked && one.content !== null ? (texts.get(one.content) ?? null) : null,
        leaves,
        validFrom: new Date(row.began).toISOString(),
        validTo: row.ended === null ? null : new Date(row.ended).toISOString(),
      };
    }),
    moreFacts,
  }));
}

/** Texts that the shown facts matched with. */
async function textsOf(
  { store, texts: recent }: Scope,
  choice: EvidenceChoice,
  { matched }: FoundMatches,
  shown: readonly Shown[],
  stored: ReadonlyMap<number, StoredEntry>,
): Promise<Map<string, string>> {
  const wanted = new Map<string, number>();
  const texts = new Map<string, string>();
  for (const { judged, entries } of shown) {
    for (const entry of entries) {
      const one = stored.get(matched.numbers[entry] ?? 0);
      if (one === undefined || one.content === null) continue;
      if (!choice.looksIntoContent(entry, choice.leaves(entry, judged.support))) continue;
      const known = recent.get(one.content);
      if (known === undefined)
        wanted.set(one.content, typeof one.own['size'] === 'number' ? one.own['size'] : 0);
      else texts.set(one.content, known);
    }
  }
  for await (const some of readTexts(store, wanted)) {
    for (const [id, text] of some) {
      texts.set(id, text);
      if (text.length <= REMEMBERED_CHARACTERS) recent.set(id, text);
    }
  }
  return texts;
}

/** Facts of a block of a system that are to be read: where they stand in it, and their names in the answer. */
interface WantedBlock {
  readonly record: SystemRecord;
  readonly block: number;
  readonly offsets: [offset: number, name: string][];
}

/** The rows of the shown facts, by system and entry: of what ended they are at hand, others are read. */
async function factRows(
  scope: Scope,
  { matched, endedSince }: FoundMatches,
  shown: readonly Shown[],
): Promise<Map<string, FactRow>> {
  const rows = new Map<string, FactRow>();
  const wanted = new Map<string, WantedBlock>();
  for (const { judged, entries } of shown) {
    const record = scope.systems[judged.index]?.record;
    for (const entry of entries) {
      const number = matched.numbers[entry] ?? 0;
      const name = `${judged.index} ${entry}`;
      const past = matched.past[entry] ?? endedSince.get(judged.index, number);
      if (past !== undefined) rows.set(name, past);
      else if (record !== undefined) want(wanted, judged.index, record, number, name);
    }
  }
  await addHeldRows(scope, [...wanted.values()], rows);
  return rows;
}

function want(
  wanted: Map<string, WantedBlock>,
  system: number,
  record: SystemRecord,
  number: number,
  name: string,
): void {
  const block = blockOf(number);
  const known = wanted.get(`${system} ${block}`) ?? { record, block, offsets: [] };
  known.offsets.push([number % BLOCK_SIZE, name]);
  wanted.set(`${system} ${block}`, known);
}

async function addHeldRows(
  { store, packed: cache }: Scope,
  wanted: readonly WantedBlock[],
  rows: Map<string, FactRow>,
): Promise<void> {
  const documents = wanted.map(({ record, block }) => documentsOf(record, block));
  const [presences, stamps] = await Promise.all([
    cache.read(
      store,
      documents.map((one) => one.presence),
    ),
    cache.read(
      store,
      documents.map((one) => one.stamps),
    ),
  ]);
  for (const [at, { offsets }] of wanted.entries()) {
    const own = documents[at];
    const presence = presences.get(own?.presence ?? '') ?? new Uint8Array();
    const all = unpackStamps(stamps.get(own?.stamps ?? '') ?? new Uint8Array());
    for (const [offset, name] of offsets) {
      const stamp = all.at(placeOf(presence, offset));
      if (stamp !== undefined) rows.set(name, { ...stamp, began: beganAt(presence, offset), ended: null });
    }
  }
}

function documentsOf({ manifest }: SystemRecord, block: number): { presence: string; stamps: string } {
  const found = manifest.blocks.find(([number]) => number === block);
  const attempt = (number: number | undefined) => manifest.attempts[number ?? -1] ?? '';
  return { presence: presenceId(attempt(found?.[1]), block), stamps: stampsId(attempt(found?.[2]), block) };
}

/** How many entries of a block hold before the one at an offset: there its stamps stand. */
function placeOf(presence: Uint8Array, offset: number): number {
  let place = 0;
  unpackBlock(presence, (other) => {
    if (other < offset) place += 1;
  });
  return place;
}
