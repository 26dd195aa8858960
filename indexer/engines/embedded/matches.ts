// Leaves meet entries, entries meet systems: the matches of a plan in typed arrays.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Feature } from '../../../schemas/entries.ts';
import { soughtByBlock } from '../blocks.ts';
import type { Deadline } from '../deadline.ts';
import { Runs, withChanges, type ChangedFact, type MatchedFacts } from '../matched-facts.ts';
import { Patterns, type Matched, type Satisfied } from '../matched.ts';
import type { NumberedLeaf } from '../plan-tree.ts';
import { changesReader, type Change } from './changes.ts';
import { entryReader, type StoredEntry } from './entries.ts';
import { namedEntries } from './fields.ts';
import { leafSubjects } from './leaves.ts';
import { once } from './once.ts';
import { featureOf } from './schema.ts';
import { isContent, subjectId } from './subjects.ts';

/**
 * Entries that satisfy a leaf, each with the pattern of how. There are few patterns, however many entries. An entry
 * stands here once more for each way in which facts of it changed.
 */
export class MatchedEntries implements Matched {
  readonly ids: number[] = [];
  readonly places: number[] = [];
  readonly patternOf: number[] = [];
  /** When the fact began (ms), where it is one that does not hold at the answer's instant; else null. */
  readonly past: (number | null)[] = [];
  /** The stored entry, read once. */
  readonly stored: (entry: number) => StoredEntry;
  /** What keys of a place begin with, read once. */
  readonly prefix: (place: number) => string;
  readonly #patterns = new Patterns();
  readonly patterns = this.#patterns.list;
  readonly #place: StatementSync;
  readonly #indexes = new Map<number, number>();
  readonly #changed = new Map<string, number>();
  readonly #isGrouped: (leaf: number) => boolean;

  constructor(db: DatabaseSync, leaves: readonly NumberedLeaf[], deadline: Deadline) {
    this.#isGrouped = (leaf) => leaves[leaf]?.grouped === true;
    const byContent = db.prepare('SELECT id, place FROM entry WHERE content = ?');
    const byId = db.prepare('SELECT id, place FROM entry WHERE id = ?');
    this.#place = db.prepare('SELECT place FROM entry WHERE id = ?');
    const prefix = db.prepare('SELECT prefix FROM place WHERE id = ?');
    this.prefix = once((place) => (prefix.get(place) as { prefix: string }).prefix);
    const read = once(entryReader(db));
    this.stored = (entry) => read(this.ids[entry] ?? 0);
    byContent.setReturnArrays(true);
    byId.setReturnArrays(true);
    for (const [number, { leaf }] of leaves.entries()) {
      for (const subject of leafSubjects(db, leaf, deadline)) {
        const inContent = isContent(subject);
        const rows = (inContent ? byContent : byId).all(subjectId(subject));
        const satisfied: Satisfied = { leaf: number, match: inContent ? 'content' : 'entry' };
        for (const [id, place] of rows as unknown as [number, number][]) this.#add(id, place, satisfied);
      }
      for (const id of namedEntries(db, leaf)) this.#name(id, number);
    }
  }

  feature(entry: number): Feature {
    return featureOf(this.ids[entry] ?? 0);
  }

  key(entry: number): string {
    return this.stored(entry).key;
  }

  began(entry: number): number {
    return this.past[entry] ?? Infinity;
  }

  /** A fact that changed: it satisfies the leaves of that besides what its entry does where it holds. */
  changed({ entry: id, past, leaves }: Change): ChangedFact {
    const known = this.#indexes.get(id);
    const held = past === null ? known : undefined;
    let pattern = known === undefined ? 0 : (this.patternOf[known] ?? 0);
    if (held === undefined) pattern = this.#patterns.only(pattern, this.#isGrouped);
    for (const leaf of leaves) pattern = this.#patterns.extended(pattern, { leaf, match: 'entry' });
    const name = `${id} ${past} ${pattern}`;
    let entry = this.#changed.get(name);
    if (entry === undefined) {
      const { place } = this.#place.get(id) as { place: number };
      entry = this.#push(id, place, pattern, past);
      this.#changed.set(name, entry);
    }
    return { entry, insteadOf: held ?? null };
  }

  #push(id: number, place: number, pattern: number, past: number | null): number {
    this.places.push(place);
    this.patternOf.push(pattern);
    this.past.push(past);
    return this.ids.push(id) - 1;
  }

  /** Of what satisfies a leaf one that is called so. */
  #name(id: number, leaf: number): void {
    const index = this.#indexes.get(id);
    if (index !== undefined)
      this.patternOf[index] = this.#patterns.extended(this.patternOf[index] ?? 0, { leaf, match: 'name' });
  }

  #add(id: number, place: number, satisfied: Satisfied): void {
    let index = this.#indexes.get(id);
    if (index === undefined) {
      index = this.#push(id, place, 0, null);
      this.#indexes.set(id, index);
    }
    this.patternOf[index] = this.#patterns.extended(this.patternOf[index] ?? 0, satisfied);
  }
}

/** Which systems have the entries at an instant (null: now), and what changed in them. Systems are given by number, in the order of their indexes. */
export function matchedFacts(
  db: DatabaseSync,
  matched: MatchedEntries,
  { leaves, systems, at }: { leaves: readonly NumberedLeaf[]; systems: readonly number[]; at: number | null },
): MatchedFacts {
  const held = heldFacts(db, matched, new Map(systems.map((number, index) => [number, index])), at);
  const changesOf = changesReader(db, leaves, at);
  if (changesOf === null) return held;
  return withChanges(held, (system) =>
    changesOf(systems[system] ?? 0).map((change) => matched.changed(change)),
  );
}

function heldFacts(
  db: DatabaseSync,
  matched: MatchedEntries,
  systems: ReadonlyMap<number, number>,
  at: number | null,
): MatchedFacts {
  const runs = new Runs();
  addHeld(db, matched, { systems, until: at ?? Infinity }, runs);
  if (at !== null) addEnded(db, matched, { systems, at }, runs);
  return runs.bySystem(systems.size);
}

/** What holds now, and did at the instant. */
function addHeld(
  db: DatabaseSync,
  { ids }: MatchedEntries,
  { systems, until }: { systems: ReadonlyMap<number, number>; until: number },
  runs: Runs,
): void {
  const select = db.prepare('SELECT system, packed FROM presence WHERE block = ?');
  select.setReturnArrays(true);
  for (const [block, sought] of soughtByBlock(ids)) {
    for (const row of select.iterate(block)) {
      const [number, packed] = row as unknown as [number, Uint8Array];
      const system = systems.get(number);
      if (system !== undefined)
        runs.add(system, sought.size, (found, at) => sought.find(packed, until, found, at));
    }
  }
}

/** What held at the instant and ended since. */
function addEnded(
  db: DatabaseSync,
  matched: MatchedEntries,
  { systems, at }: { systems: ReadonlyMap<number, number>; at: number },
  runs: Runs,
): void {
  const select = db.prepare(
    'SELECT system FROM fact WHERE entry = ? AND ended IS NOT NULL AND ended > ? AND began <= ?',
  );
  select.setReturnArrays(true);
  for (const [index, id] of matched.ids.entries()) {
    for (const [number] of select.all(id, at, at) as unknown as [number][]) {
      const system = systems.get(number);
      if (system !== undefined) runs.addOne(system, index);
    }
  }
}
