// Chooses the facts that are shown for a system: the best of each term, then the best of the rest.
import { FEATURES } from './feature-order.ts';
import type { Found, Judged, Support } from './found.ts';

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

/** Chooses among the facts of one system after another. */
export class EvidenceChoice {
  readonly #found: Found;
  readonly #placeOrder: ReadonlyMap<number, number>;

  constructor(found: Found) {
    this.#found = found;
    const { matched } = found;
    const places = [...new Set(matched.places)].map((place) => ({ place, prefix: matched.prefix(place) }));
    places.sort((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0));
    this.#placeOrder = new Map(places.map(({ place }, order) => [place, order]));
  }

  /** The facts, as entries, for which a system is in the answer: the best, at most `limit` (null: all), and how many more there are. */
  choose({ index, support }: Judged, limit: number | null): { entries: number[]; moreFacts: number } {
    const { patternOf, facts } = this.#found;
    const all: number[] = [];
    for (const entry of facts.entries.subarray(facts.starts[index], facts.starts[index + 1]))
      if (support.patterns[patternOf[entry] ?? 0] === 1) all.push(entry);
    const entries = this.#best(all, support, limit ?? all.length);
    return { entries, moreFacts: all.length - entries.length };
  }

  /** Keys are asked for only of groups from which a part is shown. */
  #best(entries: readonly number[], support: Support, limit: number): number[] {
    const first: number[] = [];
    const rest: Group[] = [];
    const satisfied = new Set<number>();
    const terms = new Set(support.leaves.map((leaf) => support.terms[leaf]));
    let waiting = 0;
    for (const group of this.#groups(entries, support)) {
      const own = this.leaves(group[0] ?? 0, support).map((leaf) => support.terms[leaf] ?? leaf);
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

  /** Which leaves of the support an entry satisfies. */
  leaves(entry: number, support: Support): number[] {
    const leaves = new Set(this.#pattern(entry).map(({ leaf }) => leaf));
    return support.leaves.filter((leaf) => leaves.has(leaf));
  }

  /** True where one of the leaves looked into the content. */
  looksIntoContent(entry: number, leaves: readonly number[]): boolean {
    return this.#pattern(entry).some(({ leaf, match }) => match === 'content' && leaves.includes(leaf));
  }

  #pattern(entry: number) {
    const { patterns, patternOf } = this.#found;
    return patterns[patternOf[entry] ?? 0] ?? [];
  }

  #groups(entries: readonly number[], support: Support): Group[] {
    const { matched, patterns, patternOf } = this.#found;
    const groups = new Map<number, Group>();
    for (const entry of entries) {
      const name = (matched.places[entry] ?? 0) * patterns.length + (patternOf[entry] ?? 0);
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
    for (const { leaf, match } of this.#pattern(entry)) {
      if (!support.leaves.includes(leaf)) continue;
      const worth = (support.rarities[leaf] ?? 0) * weights.of(entry, match).weight;
      best.set(leaf, Math.max(best.get(leaf) ?? 0, worth));
    }
    return {
      // In the order of leaves, so that the sum is the same in every engine.
      worth: support.leaves.reduce((sum, leaf) => sum + (best.get(leaf) ?? 0), 0),
      feature: FEATURES.indexOf(matched.feature(entry)),
      place: this.#placeOrder.get(matched.places[entry] ?? 0) ?? 0,
      leaves: this.leaves(entry, support),
    };
  }

  /** By key; facts of one key by when they began, of which the last is the one that holds. */
  #byName(group: Group): Group {
    if (group.length < 2) return group;
    const { matched } = this.#found;
    const named = group.map((entry) => ({ entry, key: matched.key(entry) }));
    named.sort((a, b) => {
      if (a.key !== b.key) return a.key < b.key ? -1 : 1;
      const [first, second] = [matched.began(a.entry), matched.began(b.entry)];
      return first < second ? -1 : first > second ? 1 : 0;
    });
    return named.map(({ entry }) => entry);
  }
}
