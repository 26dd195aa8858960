// Leaves meet entries, entries meet systems: the matches of a plan in typed arrays.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { NumberedLeaf } from '../plan-tree.ts';
import { beganAt, BLOCK_SIZE, Sought } from './blocks.ts';
import { changesReader, type Change } from './changes.ts';
import { leafSubjects } from './leaves.ts';
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
  #alike: { readonly of: Int32Array; readonly examples: readonly number[] } | null = null;

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

  /** What many entries are alike in, place and pattern: the number of it by index of entry, and by number an entry that has it. */
  alike(): { readonly of: Int32Array; readonly examples: readonly number[] } {
    if (this.#alike?.of.length === this.ids.length) return this.#alike;
    const numbers = new Map<number, number>();
    const examples: number[] = [];
    const of = Int32Array.from(this.ids, (_, entry) => {
      const name = (this.places[entry] ?? 0) * this.patterns.length + (this.patternOf[entry] ?? 0);
      let number = numbers.get(name);
      if (number === undefined) {
        number = examples.push(entry) - 1;
        numbers.set(name, number);
      }
      return number;
    });
    this.#alike = { of, examples };
    return this.#alike;
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

/** An array of numbers that grows. */
class Numbers {
  length = 0;
  #values = new Int32Array(4096);

  push(value: number): void {
    this.reserve(1)[this.length++] = value;
  }

  /** The array behind, with room for so many more. */
  reserve(more: number): Int32Array {
    if (this.length + more > this.#values.length) {
      const longer = new Int32Array(Math.max(this.length + more, this.#values.length * 2));
      longer.set(this.#values);
      this.#values = longer;
    }
    return this.#values;
  }

  get values(): Int32Array {
    return this.#values.subarray(0, this.length);
  }
}

/** Matching facts by system: those of system s are `entries[starts[s]]` up to `entries[starts[s + 1]]`, as indexes of MatchedEntries. */
export interface MatchedFacts {
  readonly starts: Int32Array;
  readonly entries: Int32Array;
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

/** Matching entries in runs of one system each. */
class Runs {
  readonly #systems = new Numbers();
  readonly #ends = new Numbers();
  readonly #entries = new Numbers();

  /** Adds a run of at most `most` entries, which `write` puts into the array from an index on, and returns where they end. */
  add(system: number, most: number, write: (entries: Int32Array, at: number) => number): void {
    const entries = this.#entries;
    const end = write(entries.reserve(most), entries.length);
    if (end === entries.length) return;
    entries.length = end;
    this.#systems.push(system);
    this.#ends.push(end);
  }

  /** Puts together what is one system's. */
  bySystem(systems: number): MatchedFacts {
    const [ofRun, ends, all] = [this.#systems.values, this.#ends.values, this.#entries.values];
    const starts = new Int32Array(systems + 1);
    const lengthOf = (run: number) => (ends[run] ?? 0) - (ends[run - 1] ?? 0);
    for (const [run, system] of ofRun.entries())
      starts[system + 1] = (starts[system + 1] ?? 0) + lengthOf(run);
    for (let system = 0; system < systems; system++)
      starts[system + 1] = (starts[system + 1] ?? 0) + (starts[system] ?? 0);
    const next = starts.slice();
    const entries = new Int32Array(all.length);
    for (const [run, system] of ofRun.entries()) {
      entries.set(all.subarray(ends[run - 1] ?? 0, ends[run]), next[system]);
      next[system] = (next[system] ?? 0) + lengthOf(run);
    }
    return { starts, entries };
  }
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
