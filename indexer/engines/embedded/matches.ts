// Leaves meet entries, entries meet systems: the matches of a plan in typed arrays.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { NumberedLeaf } from '../plan-tree.ts';
import { beganAt, BLOCK_SIZE, unpackBlock } from './blocks.ts';
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

/** An array of numbers that grows. */
class Numbers {
  length = 0;
  #values = new Int32Array(4096);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const longer = new Int32Array(this.length * 2);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.length++] = value;
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
  const ofSystem = new Numbers();
  const ofEntry = new Numbers();
  const add = (system: number, entry: number) => {
    const index = systems.get(system);
    if (index === undefined) return;
    ofSystem.push(index);
    ofEntry.push(entry);
  };
  addHeld(db, matched, at, add);
  if (at !== null) addEnded(db, matched, at, add);
  return grouped(ofSystem.values, ofEntry.values, systems.size);
}

type Add = (system: number, entry: number) => void;

/** Up to so many entries of a block are looked up one by one. */
const FEW = 16;

/** What holds now, and did at the instant. */
function addHeld(db: DatabaseSync, matched: MatchedEntries, at: number | null, add: Add): void {
  const until = at ?? Infinity;
  const select = db.prepare('SELECT system, packed FROM presence WHERE block = ?');
  select.setReturnArrays(true);
  for (const [block, indexes] of byBlock(matched.ids)) {
    const offsets = new Int32Array(BLOCK_SIZE).fill(-1);
    for (const index of indexes) offsets[(matched.ids[index] ?? 0) % BLOCK_SIZE] = index;
    for (const row of select.iterate(block)) {
      const [system, packed] = row as unknown as [number, Uint8Array];
      if (indexes.length <= FEW) {
        for (const index of indexes) {
          if (beganAt(packed, (matched.ids[index] ?? 0) % BLOCK_SIZE) <= until) add(system, index);
        }
        continue;
      }
      unpackBlock(packed, (offset, began) => {
        const index = offsets[offset] ?? -1;
        if (index >= 0 && began <= until) add(system, index);
      });
    }
  }
}

/** What held at the instant and ended since. */
function addEnded(db: DatabaseSync, matched: MatchedEntries, at: number, add: Add): void {
  const select = db.prepare(
    'SELECT system FROM fact WHERE entry = ? AND ended IS NOT NULL AND ended > ? AND began <= ?',
  );
  select.setReturnArrays(true);
  for (const [index, id] of matched.ids.entries()) {
    for (const [system] of select.all(id, at, at) as unknown as [number][]) add(system, index);
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

/** Counting sort by system. */
function grouped(ofSystem: Int32Array, ofEntry: Int32Array, systems: number): MatchedFacts {
  const starts = new Int32Array(systems + 1);
  for (const system of ofSystem) starts[system + 1] = (starts[system + 1] ?? 0) + 1;
  for (let system = 0; system < systems; system++)
    starts[system + 1] = (starts[system + 1] ?? 0) + (starts[system] ?? 0);
  const next = starts.slice();
  const entries = new Int32Array(ofEntry.length);
  for (let i = 0; i < ofEntry.length; i++) {
    const system = ofSystem[i] ?? 0;
    const to = next[system] ?? 0;
    entries[to] = ofEntry[i] ?? 0;
    next[system] = to + 1;
  }
  return { starts, entries };
}
