// Leaves meet entries, entries meet systems: the matches of a plan in typed arrays.
import type { Feature } from '../../../schemas/entries.ts';
import { Runs, withChanges, type ChangedFact, type MatchedFacts } from '../matched-facts.ts';
import { Patterns, type Matched } from '../matched.ts';
import type { NumberedLeaf } from '../plan-tree.ts';
import { soughtByBlock, type Sought } from '../blocks.ts';
import { splitKey } from '../entry-parts.ts';
import { changesOf, type Change } from './changes.ts';
import { featureOf } from './entry-numbers.ts';
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
  /** The fact, where it is one that does not hold at the answer's instant; else null. */
  readonly past: (PastFact | null)[] = [];
  readonly #patterns = new Patterns();
  readonly patterns = this.#patterns.list;
  readonly #keys: string[] = [];
  readonly #prefixes: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #indexes = new Map<number, number>();
  readonly #changed = new Map<string, number>();
  readonly #isGrouped: (leaf: number) => boolean;

  constructor(leaves: readonly NumberedLeaf[]) {
    this.#isGrouped = (leaf) => leaves[leaf]?.grouped === true;
  }

  /** Adds what satisfies a leaf. */
  add(leaf: number, { number, key, match }: LeafMatch): void {
    let index = this.#indexes.get(number);
    if (index === undefined) {
      // What is called so stands here already, by what else it satisfies the leaf.
      if (match === 'name') return;
      index = this.#push(number, key, 0, null);
      this.#indexes.set(number, index);
    }
    this.patternOf[index] = this.#patterns.extended(this.patternOf[index] ?? 0, { leaf, match });
  }

  /** A fact that changed: it satisfies the leaves of that besides what its entry does where it holds. */
  changed({ number, past, leaves }: Change, key: string): ChangedFact {
    const known = this.#indexes.get(number);
    const held = past === null ? known : undefined;
    let pattern = known === undefined ? 0 : (this.patternOf[known] ?? 0);
    if (held === undefined) pattern = this.#patterns.only(pattern, this.#isGrouped);
    for (const leaf of leaves) pattern = this.#patterns.extended(pattern, { leaf, match: 'entry' });
    const name = past === null ? `${number} ${pattern}` : `${number} ${pattern} ${past.system} ${past.began}`;
    let entry = this.#changed.get(name);
    if (entry === undefined) {
      entry = this.#push(number, key, pattern, past);
      this.#changed.set(name, entry);
    }
    return { entry, insteadOf: held ?? null };
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
}

/** Finds the entries that satisfy the leaves, and which systems have them. */
export async function findMatches(
  scope: Scope,
  leaves: readonly NumberedLeaf[],
): Promise<{ matched: MatchedEntries; facts: MatchedFacts; endedSince: EndedSince }> {
  const matched = new MatchedEntries(leaves);
  const endedSince = new EndedSince();
  const found = await leafMatches(
    scope,
    leaves.map(({ leaf }) => leaf),
  );
  for (const [leaf, matches] of found.entries()) for (const match of matches) matched.add(leaf, match);
  const held = await heldFacts(scope, matched, endedSince);
  const changes = await changesOf(scope, leaves, endedSince);
  if (changes === null) return { matched, facts: held, endedSince };
  const keys = await keysOf(scope, matched, changes);
  const facts = withChanges(held, (system) =>
    (changes[system] ?? []).map((change) => matched.changed(change, keys.get(change.number) ?? '')),
  );
  return { matched, facts, endedSince };
}

/** The keys of entries of which facts changed, by number. */
async function keysOf(
  { store }: Scope,
  matched: MatchedEntries,
  changes: readonly (readonly Change[])[],
): Promise<Map<number, string>> {
  const keys = new Map<number, string>();
  const unknown = new Set(changes.flatMap((some) => some.map(({ number }) => number)));
  for (const number of unknown) {
    const key = matched.keyOf(number);
    if (key !== undefined) keys.set(number, key);
  }
  for (const some of inQueries([...unknown].filter((number) => !keys.has(number))))
    for (const { number, key } of await namedEntries(store, { terms: { number: some } }))
      keys.set(number, key);
  return keys;
}

/** Which systems have the entries at the instant. */
async function heldFacts(
  scope: Scope,
  matched: MatchedEntries,
  endedSince: EndedSince,
): Promise<MatchedFacts> {
  const { systems, at } = scope;
  const runs = new Runs();
  if (matched.numbers.length > 0) {
    await addHeld(scope, matched, runs);
    if (at !== null) await addEnded(scope, at, matched, endedSince, runs);
  }
  return runs.bySystem(systems.length);
}

/** What holds now, and did at the instant. */
async function addHeld(
  { store, packed: cache, systems, at }: Scope,
  matched: MatchedEntries,
  runs: Runs,
): Promise<void> {
  const until = at ?? Infinity;
  const blocks = new Map(soughtByBlock(matched.numbers));
  const wanted: { system: number; sought: Sought; id: string }[] = [];
  for (const [system, { record }] of systems.entries()) {
    const { attempts } = record.manifest;
    for (const [block, attempt] of record.manifest.blocks) {
      const sought = blocks.get(block);
      if (sought !== undefined)
        wanted.push({ system, sought, id: presenceId(attempts[attempt] ?? '', block) });
    }
  }
  const packed = await cache.read(
    store,
    wanted.map(({ id }) => id),
  );
  for (const { system, sought, id } of wanted) {
    const bytes = packed.get(id);
    if (bytes !== undefined)
      runs.add(system, sought.size, (found, end) => sought.find(bytes, until, found, end));
  }
}

/** What held at the instant and ended since. */
async function addEnded(
  { store, systems }: Scope,
  at: number,
  { numbers }: MatchedEntries,
  endedSince: EndedSince,
  runs: Runs,
): Promise<void> {
  const indexes = new Map(numbers.map((number, index) => [number, index]));
  const records = systems.map(({ record }) => record);
  for await (const fact of pastFacts(store, records, { after: at, entries: new Set(numbers) })) {
    if (fact.began > at) continue;
    runs.addOne(fact.system, indexes.get(fact.number) ?? 0);
    endedSince.add(fact);
  }
}
