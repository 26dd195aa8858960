// Leaves meet entries, entries meet systems: the matches of a plan in typed arrays.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { NumberedLeaf } from '../plan-tree.ts';
import { beganAt, BLOCK_SIZE, Sought } from './blocks.ts';
import { changesReader, type Change } from './changes.ts';
import { leafSubjects } from './leaves.ts';
import { Numbers, Runs, type MatchedFacts } from './runs.ts';
import { isContent, subjectId } from './subjects.ts';

/** How an entry satisfies a leaf. */
export interface Satisfied {
  readonly leaf: number;
  readonly inContent: boolean;
}

/**
 * Entries that satisfy a leaf, each with the pattern of how. There are few patterns, however many entries. An entry
 * stands here once more for each way in which facts of it changed.
 */
export class MatchedEntries {
  readonly ids: number[] = [];
  readonly places: number[] = [];
  readonly patternOf: number[] = [];
  readonly patterns: Satisfied[][] = [[]];
  /** When the fact began (ms), where it is one that does not hold at the answer's instant; else null. */
  readonly past: (number | null)[] = [];
  readonly #place: StatementSync;
  readonly #indexes = new Map<number, number>();
  readonly #changed = new Map<string, number>();
  readonly #next = new Map<string, number>();

  constructor(db: DatabaseSync, leaves: readonly NumberedLeaf[]) {
    const byContent = db.prepare('SELECT id, place FROM entry WHERE content = ?');
    const byId = db.prepare('SELECT id, place FROM entry WHERE id = ?');
    this.#place = db.prepare('SELECT place FROM entry WHERE id = ?');
    byContent.setReturnArrays(true);
    byId.setReturnArrays(true);
    for (const [number, { leaf }] of leaves.entries()) {
      for (const subject of leafSubjects(db, leaf)) {
        const inContent = isContent(subject);
        const rows = (inContent ? byContent : byId).all(subjectId(subject));
        for (const [id, place] of rows as unknown as [number, number][])
          this.#add(id, place, { leaf: number, inContent });
      }
    }
  }

  /** The index of an entry as a fact that changed, besides what leaves the entry satisfies where it holds. */
  changed({ entry, past, leaves }: Change): number {
    const held = past === null ? this.#indexes.get(entry) : undefined;
    let pattern = held === undefined ? 0 : (this.patternOf[held] ?? 0);
    for (const leaf of leaves) pattern = this.#extended(pattern, { leaf, inContent: false });
    const name = `${entry} ${past} ${pattern}`;
    let index = this.#changed.get(name);
    if (index === undefined) {
      const { place } = this.#place.get(entry) as { place: number };
      index = this.#push(entry, place, pattern, past);
      this.#changed.set(name, index);
    }
    return index;
  }

  #push(id: number, place: number, pattern: number, past: number | null): number {
    this.places.push(place);
    this.patternOf.push(pattern);
    this.past.push(past);
    return this.ids.push(id) - 1;
  }

  #add(id: number, place: number, satisfied: Satisfied): void {
    let index = this.#indexes.get(id);
    if (index === undefined) {
      index = this.#push(id, place, 0, null);
      this.#indexes.set(id, index);
    }
    this.patternOf[index] = this.#extended(this.patternOf[index] ?? 0, satisfied);
  }

  #extended(pattern: number, satisfied: Satisfied): number {
    const name = `${pattern} ${satisfied.leaf} ${satisfied.inContent}`;
    let extended = this.#next.get(name);
    if (extended === undefined) {
      const before = this.patterns[pattern] ?? [];
      const repeats = before.some(
        (one) => one.leaf === satisfied.leaf && one.inContent === satisfied.inContent,
      );
      extended = repeats ? pattern : this.patterns.push([...before, satisfied]) - 1;
      this.#next.set(name, extended);
    }
    return extended;
  }
}

/**
 * Matching entries of one place and one pattern are alike: worth the same, counted the same. Those of system s are of
 * the kinds `numbers[starts[s]]` up to `numbers[starts[s + 1]]`, each once; `examples` are entries, one of each kind.
 */
export interface Kinds {
  readonly examples: readonly number[];
  readonly starts: Int32Array;
  readonly numbers: Int32Array;
}

/** The kinds of what matched, by system. */
export function kindsOf(matched: MatchedEntries, { starts, entries }: MatchedFacts): Kinds {
  const known = new Map<number, number>();
  const examples: number[] = [];
  const kindOf = Int32Array.from(matched.ids, (_, entry) => {
    const name = (matched.places[entry] ?? 0) * matched.patterns.length + (matched.patternOf[entry] ?? 0);
    const kind = known.get(name) ?? examples.push(entry) - 1;
    known.set(name, kind);
    return kind;
  });
  const last = new Int32Array(examples.length).fill(-1);
  const own = new Int32Array(starts.length);
  const numbers = new Numbers();
  for (let system = 0; system + 1 < starts.length; system++) {
    const end = starts[system + 1] ?? 0;
    for (let i = starts[system] ?? 0; i < end; i++) {
      const kind = kindOf[entries[i] ?? 0] ?? 0;
      if (last[kind] === system) continue;
      last[kind] = system;
      numbers.push(kind);
    }
    own[system + 1] = numbers.length;
  }
  return { examples, starts: own, numbers: numbers.values };
}

/** Which systems have the entries at an instant (null: now), and what changed in them. Systems are given by number, in the order of their indexes. */
export function matchedFacts(
  db: DatabaseSync,
  matched: MatchedEntries,
  { leaves, systems, at }: { leaves: readonly NumberedLeaf[]; systems: readonly number[]; at: number | null },
): MatchedFacts {
  const held = heldFacts(db, matched, new Map(systems.map((number, index) => [number, index])), at);
  const changesOf = changesReader(db, leaves, at);
  return changesOf === null ? held : withChanges(held, matched, systems, changesOf);
}

/** A fact that holds and changed stands under its other index. */
function withChanges(
  held: MatchedFacts,
  matched: MatchedEntries,
  systems: readonly number[],
  changesOf: (system: number) => Change[],
): MatchedFacts {
  const starts = new Int32Array(systems.length + 1);
  const entries = new Numbers();
  for (const [index, system] of systems.entries()) {
    const changes = changesOf(system);
    const changed = new Set(changes.flatMap(({ entry, past }) => (past === null ? [entry] : [])));
    for (const entry of held.entries.subarray(held.starts[index], held.starts[index + 1]))
      if (!changed.has(matched.ids[entry] ?? 0)) entries.push(entry);
    for (const change of changes) entries.push(matched.changed(change));
    starts[index + 1] = entries.length;
  }
  return { starts, entries: entries.values };
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

/** Up to so many entries of a block are looked up one by one. */
const FEW = 4;

/** What holds now, and did at the instant. */
function addHeld(
  db: DatabaseSync,
  { ids }: MatchedEntries,
  { systems, until }: { systems: ReadonlyMap<number, number>; until: number },
  runs: Runs,
): void {
  const select = db.prepare('SELECT system, packed FROM presence WHERE block = ?');
  select.setReturnArrays(true);
  for (const [block, indexes] of byBlock(ids)) {
    const offsets = indexes.map((index) => (ids[index] ?? 0) % BLOCK_SIZE);
    const sought = new Sought();
    for (const [i, offset] of offsets.entries()) sought.add(offset, indexes[i] ?? 0);
    const findFew = (packed: Uint8Array, found: Int32Array, at: number): number => {
      let end = at;
      for (const [i, offset] of offsets.entries())
        if (beganAt(packed, offset) <= until) found[end++] = indexes[i] ?? 0;
      return end;
    };
    for (const row of select.iterate(block)) {
      const [number, packed] = row as unknown as [number, Uint8Array];
      const system = systems.get(number);
      if (system === undefined) continue;
      runs.add(system, indexes.length, (found, at) =>
        indexes.length <= FEW ? findFew(packed, found, at) : sought.find(packed, until, found, at),
      );
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
      if (system === undefined) continue;
      runs.add(system, 1, (entries, end) => {
        entries[end] = index;
        return end + 1;
      });
    }
  }
}

/** Indexes of matched entries by block of their ids. */
function byBlock(ids: readonly number[]): Map<number, number[]> {
  const blocks = new Map<number, number[]>();
  for (const [index, id] of ids.entries()) {
    const block = Math.floor(id / BLOCK_SIZE);
    const indexes = blocks.get(block);
    if (indexes) indexes.push(index);
    else blocks.set(block, [index]);
  }
  return blocks;
}
