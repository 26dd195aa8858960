// Leaves meet entries, entries meet systems: the matches of a plan in typed arrays.
import type { Feature } from '../../../schemas/entries.ts';
import type { Matched, Satisfied } from '../matched.ts';
import type { NumberedLeaf } from '../plan-tree.ts';
import { beganAt, BLOCK_SIZE, unpackBlock } from '../embedded/blocks.ts';
import { splitKey } from '../embedded/entry-parts.ts';
import { changesOf, type Change } from './changes.ts';
import { blockOf, featureOf } from './entry-numbers.ts';
import { leafMatches, namedEntries, type LeafMatch } from './leaves.ts';
import { pastFacts, type PastFact } from './past.ts';
import { EndedSince, type Scope } from './scope.ts';
import { inQueries } from './stored-entries.ts';
import { presenceId } from './system-record.ts';

/**
 * Entries that satisfy a leaf, each with the pattern of how. There are few patterns, however many entries. An entry
 * stands here once more for each way in which facts of it changed.
 */
export class MatchedEntries implements Matched {
  readonly numbers: number[] = [];
  readonly places: number[] = [];
  readonly patternOf: number[] = [];
  readonly patterns: Satisfied[][] = [[]];
  /** The fact, where it is one that does not hold at the answer's instant; else null. */
  readonly past: (PastFact | null)[] = [];
  readonly #keys: string[] = [];
  readonly #prefixes: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #indexes = new Map<number, number>();
  readonly #changed = new Map<string, number>();
  readonly #next = new Map<string, number>();

  /** Adds what satisfies a leaf. */
  add(leaf: number, { number, key, inContent }: LeafMatch): void {
    let index = this.#indexes.get(number);
    if (index === undefined) {
      index = this.#push(number, key, 0, null);
      this.#indexes.set(number, index);
    }
    this.patternOf[index] = this.#extended(this.patternOf[index] ?? 0, { leaf, inContent });
  }

  /** The index of an entry as a fact that changed, besides what leaves the entry satisfies where it holds. */
  changed({ number, past, leaves }: Change, key: string): number {
    const held = past === null ? this.#indexes.get(number) : undefined;
    let pattern = held === undefined ? 0 : (this.patternOf[held] ?? 0);
    for (const leaf of leaves) pattern = this.#extended(pattern, { leaf, inContent: false });
    const name = past === null ? `${number} ${pattern}` : `${number} ${pattern} ${past.system} ${past.began}`;
    let index = this.#changed.get(name);
    if (index === undefined) {
      index = this.#push(number, key, pattern, past);
      this.#changed.set(name, index);
    }
    return index;
  }

  feature(entry: number): Feature {
    return featureOf(this.numbers[entry] ?? 0);
  }

  prefix(place: number): string {
    return this.#prefixes[place] ?? '';
  }

  key(entry: number): string {
    return this.#keys[entry] ?? '';
  }

  began(entry: number): number {
    return this.past[entry]?.began ?? Infinity;
  }

  /** The key of an entry that is known here by its number. */
  keyOf(number: number): string | undefined {
    const index = this.#indexes.get(number);
    return index === undefined ? undefined : this.#keys[index];
  }

  #push(number: number, key: string, pattern: number, past: PastFact | null): number {
    const feature = featureOf(number);
    const { prefix } = splitKey(feature, key);
    const name = `${feature} ${prefix}`;
    let place = this.#places.get(name);
    if (place === undefined) {
      place = this.#prefixes.push(prefix) - 1;
      this.#places.set(name, place);
    }
    this.#keys.push(key);
    this.places.push(place);
    this.patternOf.push(pattern);
    this.past.push(past);
    return this.numbers.push(number) - 1;
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

/** Matching facts of each system, as indexes of MatchedEntries. */
export type MatchedFacts = readonly (readonly number[])[];

/** Finds the entries that satisfy the leaves, and which systems have them. */
export async function findMatches(
  scope: Scope,
  leaves: readonly NumberedLeaf[],
): Promise<{ matched: MatchedEntries; facts: MatchedFacts; endedSince: EndedSince }> {
  const matched = new MatchedEntries();
  const endedSince = new EndedSince();
  const found = await leafMatches(
    scope.store,
    leaves.map(({ leaf }) => leaf),
  );
  for (const [leaf, matches] of found.entries()) for (const match of matches) matched.add(leaf, match);
  const held = await heldFacts(scope, matched, endedSince);
  const changes = await changesOf(scope, leaves, endedSince);
  const facts = changes === null ? held : await withChanges(scope, held, matched, changes);
  return { matched, facts, endedSince };
}

/** A fact that holds and changed stands under its other index. */
async function withChanges(
  { store }: Scope,
  held: MatchedFacts,
  matched: MatchedEntries,
  changes: readonly (readonly Change[])[],
): Promise<MatchedFacts> {
  const keys = new Map<number, string>();
  const unknown = new Set(changes.flatMap((some) => some.map(({ number }) => number)));
  for (const number of unknown) {
    const key = matched.keyOf(number);
    if (key !== undefined) keys.set(number, key);
  }
  for (const some of inQueries([...unknown].filter((number) => !keys.has(number))))
    for (const { number, key } of await namedEntries(store, { terms: { number: some } }))
      keys.set(number, key);
  return held.map((entries, system) => {
    const own = changes[system] ?? [];
    const changed = new Set(own.flatMap(({ number, past }) => (past === null ? [number] : [])));
    const kept = entries.filter((entry) => !changed.has(matched.numbers[entry] ?? 0));
    return [...kept, ...own.map((change) => matched.changed(change, keys.get(change.number) ?? ''))];
  });
}

/** Up to so many entries of a block are looked up one by one. */
const FEW = 16;

/** Which systems have the entries at the instant. */
async function heldFacts(
  scope: Scope,
  matched: MatchedEntries,
  endedSince: EndedSince,
): Promise<MatchedFacts> {
  const { systems, at } = scope;
  const bySystem: number[][] = systems.map(() => []);
  if (matched.numbers.length > 0) await addHeld(scope, matched, bySystem);
  if (at === null || matched.numbers.length === 0) return bySystem;
  const indexes = new Map(matched.numbers.map((number, index) => [number, index]));
  const records = systems.map(({ record }) => record);
  const entries = new Set(matched.numbers);
  for await (const fact of pastFacts(scope.store, records, { after: at, entries })) {
    if (fact.began > at) continue;
    bySystem[fact.system]?.push(indexes.get(fact.number) ?? 0);
    endedSince.add(fact);
  }
  return bySystem;
}

/** What holds now, and did at the instant. */
async function addHeld(
  { store, packed: cache, systems, at }: Scope,
  matched: MatchedEntries,
  bySystem: readonly number[][],
): Promise<void> {
  const until = at ?? Infinity;
  const blocks = byBlock(matched.numbers);
  const wanted: { system: number; block: number; id: string }[] = [];
  for (const [system, { record }] of systems.entries()) {
    const { attempts } = record.manifest;
    for (const [block, attempt] of record.manifest.blocks)
      if (blocks.has(block)) wanted.push({ system, block, id: presenceId(attempts[attempt] ?? '', block) });
  }
  const packed = await cache.read(
    store,
    wanted.map(({ id }) => id),
  );
  for (const { system, block, id } of wanted) {
    const own = bySystem[system];
    const bytes = packed.get(id);
    if (own !== undefined && bytes !== undefined)
      eachMatch(bytes, blocks.get(block) ?? [], matched, until, (index) => own.push(index));
  }
}

function eachMatch(
  packed: Uint8Array,
  indexes: readonly number[],
  matched: MatchedEntries,
  until: number,
  each: (index: number) => void,
): void {
  if (indexes.length <= FEW) {
    for (const index of indexes) {
      if (beganAt(packed, (matched.numbers[index] ?? 0) % BLOCK_SIZE) <= until) each(index);
    }
    return;
  }
  const offsets = new Map(indexes.map((index) => [(matched.numbers[index] ?? 0) % BLOCK_SIZE, index]));
  unpackBlock(packed, (offset, began) => {
    const index = offsets.get(offset);
    if (index !== undefined && began <= until) each(index);
  });
}

/** Indexes of matched entries by block. */
function byBlock(numbers: readonly number[]): Map<number, number[]> {
  const blocks = new Map<number, number[]>();
  for (const [index, number] of numbers.entries()) {
    const block = blockOf(number);
    const indexes = blocks.get(block);
    if (indexes) indexes.push(index);
    else blocks.set(block, [index]);
  }
  return blocks;
}
