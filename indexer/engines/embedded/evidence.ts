// Chooses and reads the facts that are shown for a system: the best of each term, then the best of the rest.
import type { DatabaseSync } from 'node:sqlite';
import type { MatchedFact } from '../search-engine.ts';
import { entryReader } from './entries.ts';
import { heldAt, heldAtValues, validity, type FactRow } from './facts.ts';
import type { Judged, Support, Weights } from './judgement.ts';
import type { Kinds, MatchedEntries } from './matches.ts';
import type { MatchedFacts } from './runs.ts';
import { FEATURES, featureOf } from './schema.ts';
import { textReader } from './texts.ts';

/** What a search found; enough to show any system of the answer. */
export interface Found {
  readonly matched: MatchedEntries;
  readonly facts: MatchedFacts;
  readonly kinds: Kinds;
  readonly prefixes: ReadonlyMap<number, string>;
  readonly weights: Weights;
}

/** Entries of the same rank. */
type Group = number[];

/** Facts are shown by worth; of equal ones by feature, place, and leaves; then by key. */
interface Rank {
  readonly worth: number;
  /** In catalogue order. */
  readonly feature: number;
  /** In the order of prefixes. */
  readonly place: number;
  readonly leaves: readonly number[];
}

function byRank(a: Rank, b: Rank): number {
  return b.worth - a.worth || a.feature - b.feature || a.place - b.place || compareLeaves(a.leaves, b.leaves);
}

/** Leaves of the plan's beginning first; of lists that begin alike the shorter one. */
function compareLeaves(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((leaf, index) => leaf !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? Infinity) || 0;
}

function once<T>(read: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>();
  return (id) => {
    const value = known.get(id) ?? read(id);
    known.set(id, value);
    return value;
  };
}

/** Shows systems of an answer. */
export class EvidenceReader {
  readonly #found: Found;
  readonly #system: (index: number) => number;
  readonly #readEntry: ReturnType<typeof entryReader>;
  readonly #readText: ReturnType<typeof textReader>;
  readonly #readFact: (system: number, entry: number, past: number | null) => FactRow;
  readonly #placeOrder: ReadonlyMap<number, number>;

  constructor(db: DatabaseSync, found: Found, at: number | null, systemNumber: (index: number) => number) {
    this.#found = found;
    this.#system = systemNumber;
    // Systems have much in common: each entry and text of an answer is read once.
    this.#readEntry = once(entryReader(db));
    this.#readText = once(textReader(db));
    const select = 'SELECT began, ended, mtime, ctime, inode FROM fact WHERE system = ? AND entry = ?';
    const held = db.prepare(`${select} AND ${heldAt(at)}`);
    const ended = db.prepare(`${select} AND began = ?`);
    this.#readFact = (system, entry, past) =>
      (past === null
        ? held.get(system, entry, ...heldAtValues(at))
        : ended.get(system, entry, past)) as unknown as FactRow;
    const byPrefix = [...found.prefixes].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#placeOrder = new Map(byPrefix.map(([place], order) => [place, order]));
  }

  /** The system's facts, best first, at most `limit` (null: all), and how many more there are. */
  show({ index, support }: Judged, limit: number | null): { facts: MatchedFact[]; moreFacts: number } {
    const entries = this.#supporting(index, support);
    const shown = this.#choose(entries, support, limit ?? entries.length);
    const facts = shown.map((entry) => this.#fact(this.#system(index), entry, support));
    return { facts, moreFacts: entries.length - facts.length };
  }

  #supporting(system: number, { patterns }: Support): number[] {
    const { facts, matched } = this.#found;
    const entries = facts.entries.subarray(facts.starts[system], facts.starts[system + 1]);
    return [...entries.filter((entry) => patterns[matched.patternOf[entry] ?? 0] === 1)];
  }

  /** Names are read only for the groups from which a part is shown. */
  #choose(entries: readonly number[], support: Support, limit: number): number[] {
    const first: number[] = [];
    const rest: Group[] = [];
    const satisfied = new Set<number>();
    const terms = new Set(support.leaves.map((leaf) => support.terms[leaf]));
    let waiting = 0;
    for (const group of this.#groups(entries, support)) {
      const own = this.#leaves(group[0] ?? 0, support).map((leaf) => support.terms[leaf] ?? leaf);
      const isNew = own.some((term) => !satisfied.has(term));
      for (const term of own) satisfied.add(term);
      if (isNew) {
        const [best, ...others] = this.#byName(group);
        if (best !== undefined) first.push(best);
        rest.push(others);
      } else rest.push(group);
      waiting += group.length;
      if (waiting >= limit && satisfied.size === terms.size) break;
    }
    const chosen = first.slice(0, limit);
    for (const group of rest) {
      if (chosen.length >= limit) break;
      chosen.push(...this.#byName(group).slice(0, limit - chosen.length));
    }
    return chosen;
  }

  #groups(entries: readonly number[], support: Support): Group[] {
    const { matched } = this.#found;
    const groups = new Map<number, Group>();
    for (const entry of entries) {
      const name = (matched.places[entry] ?? 0) * matched.patterns.length + (matched.patternOf[entry] ?? 0);
      const group = groups.get(name);
      if (group) group.push(entry);
      else groups.set(name, [entry]);
    }
    const ranks = new Map<string, Rank & { group: Group }>();
    for (const group of groups.values()) {
      const rank = this.#rank(group[0] ?? 0, support);
      const name = [rank.worth, rank.feature, rank.place, ...rank.leaves].join();
      const equal = ranks.get(name);
      if (equal) equal.group.push(...group);
      else ranks.set(name, { ...rank, group });
    }
    return [...ranks.values()].sort(byRank).map(({ group }) => group);
  }

  /** A fact that satisfies several leaves is worth all of them. */
  #rank(entry: number, support: Support): Rank {
    const { matched, weights } = this.#found;
    const best = new Map<number, number>();
    for (const { leaf, inContent } of matched.patterns[matched.patternOf[entry] ?? 0] ?? []) {
      if (!support.leaves.includes(leaf)) continue;
      const worth = (support.rarities[leaf] ?? 0) * weights.of(entry, inContent);
      best.set(leaf, Math.max(best.get(leaf) ?? 0, worth));
    }
    return {
      // In the order of leaves, so that the sum is the same in every engine.
      worth: support.leaves.reduce((sum, leaf) => sum + (best.get(leaf) ?? 0), 0),
      feature: FEATURES.indexOf(featureOf(matched.ids[entry] ?? 0)),
      place: this.#placeOrder.get(matched.places[entry] ?? 0) ?? 0,
      leaves: this.#leaves(entry, support),
    };
  }

  #leaves(entry: number, support: Support): number[] {
    const { matched } = this.#found;
    const pattern = matched.patterns[matched.patternOf[entry] ?? 0] ?? [];
    const leaves = new Set(pattern.map(({ leaf }) => leaf));
    return support.leaves.filter((leaf) => leaves.has(leaf));
  }

  /** By key; facts of one key by when they began, of which the last is the one that holds. */
  #byName(group: Group): Group {
    if (group.length < 2) return group;
    const began = (entry: number) => this.#found.matched.past[entry] ?? Infinity;
    return [...group].sort((a, b) => {
      const [first, second] = [this.#name(a), this.#name(b)];
      return first === second ? began(a) - began(b) : first < second ? -1 : 1;
    });
  }

  #name(entry: number): string {
    return this.#readEntry(this.#found.matched.ids[entry] ?? 0).key;
  }

  #fact(system: number, entry: number, support: Support): MatchedFact {
    const { matched } = this.#found;
    const id = matched.ids[entry] ?? 0;
    const { feature, key, content, whole } = this.#readEntry(id);
    const row = this.#readFact(system, id, matched.past[entry] ?? null);
    const leaves = this.#leaves(entry, support);
    const pattern = matched.patterns[matched.patternOf[entry] ?? 0] ?? [];
    const looked = pattern.some(({ leaf, inContent }) => inContent && leaves.includes(leaf));
    const text = looked && content !== null ? this.#readText(content) : null;
    return { feature, key, entry: whole(row, null), text, leaves, ...validity(row) };
  }
}
