// What the matching facts of systems are worth for each leaf, and why.
import type { Kinds } from './kinds.ts';
import type { Matched, Satisfied } from './matched.ts';
import type { NumberedLeaf } from './plan-tree.ts';
import { factorsOf, product, togetherness, withOthers, type Factors, type Match } from './ranking.ts';

/** The factors of matches, by entry: a place has the same ones for all its entries. */
export class Weights {
  readonly #matched: Matched;
  readonly #known = new Map<string, Factors & { readonly weight: number }>();

  constructor(matched: Matched) {
    this.#matched = matched;
  }

  /** The factors of an entry, and their product. */
  of(entry: number, match: Match): Factors & { readonly weight: number } {
    const place = this.#matched.places[entry] ?? 0;
    const name = `${place} ${match}`;
    let known = this.#known.get(name);
    if (known === undefined) {
      const factors = factorsOf(this.#matched.feature(entry), this.#matched.prefix(place), match);
      known = { ...factors, weight: product(factors) };
      this.#known.set(name, known);
    }
    return known;
  }
}

/** What a kind of facts (kinds.ts) is worth for a leaf. `slot` is the leaf and the kind's feature, by number. */
interface Worth {
  readonly leaf: number;
  readonly slot: number;
  readonly worth: number;
  readonly entry: number;
  readonly match: Match;
  readonly together: number;
}

/** A fact that counts towards the score: the best of its feature for a leaf; `entry` is one of its kind, `others` what the others add. */
export interface CountedFact {
  readonly entry: number;
  readonly match: Match;
  readonly together: number;
  readonly others: number;
}

/** What was matched, as scoring needs it. */
interface Scored {
  readonly matched: Matched;
  readonly patternOf: readonly number[];
  readonly patterns: readonly (readonly Satisfied[])[];
  readonly kinds: Kinds;
  readonly weights: Weights;
}

/** Scores systems: for each leaf a system is worth its best fact of each feature, added up. */
export class Scoring {
  readonly #features: number;
  readonly #prefix: (entry: number) => string;
  readonly #kinds: Kinds;
  /** By kind: computed once, however many systems have it. */
  readonly #worths: readonly (readonly Worth[])[];
  /** Of one system: by slot the best worth, and all worths added up. */
  readonly #best: Float64Array;
  readonly #all: Float64Array;

  constructor(leaves: readonly NumberedLeaf[], found: Scored) {
    const { matched, patterns, patternOf, kinds, weights } = found;
    const features = [...new Set(kinds.examples.map((entry) => matched.feature(entry)))].sort();
    this.#features = features.length;
    this.#prefix = (entry) => matched.prefix(matched.places[entry] ?? 0);
    this.#kinds = kinds;
    this.#best = new Float64Array(leaves.length * features.length);
    this.#all = new Float64Array(leaves.length * features.length);
    const together = patterns.map((pattern) =>
      togetherness(new Set(pattern.map(({ leaf }) => leaves[leaf]?.term)).size),
    );
    this.#worths = kinds.examples.map((entry) => {
      const number = patternOf[entry] ?? 0;
      const feature = features.indexOf(matched.feature(entry));
      const best = new Map<number, Worth>();
      for (const { leaf, match } of patterns[number] ?? []) {
        const factor = together[number] ?? 1;
        const worth = weights.of(entry, match).weight * factor;
        if (worth > (best.get(leaf)?.worth ?? 0))
          best.set(leaf, {
            leaf,
            slot: leaf * features.length + feature,
            worth,
            entry,
            match,
            together: factor,
          });
      }
      return [...best.values()];
    });
  }

  /** Writes the worth of a system for each leaf into `worths`, from `at` on, where zeros are; 0 is of no fact at all. */
  score(system: number, worths: Float64Array, at: number): void {
    const { numbers, starts } = this.#kinds;
    const kinds = numbers.subarray(starts[system], starts[system + 1]);
    if (kinds.length === 0) return;
    this.#gather(kinds);
    const [best, all, features] = [this.#best, this.#all, this.#features];
    // In the order of features, so that the sum is the same in every engine.
    for (let slot = 0; slot < best.length; slot++) {
      const [most = 0, sum = 0] = [best[slot], all[slot]];
      if (most > 0) {
        const leaf = at + Math.floor(slot / features);
        worths[leaf] = (worths[leaf] ?? 0) + withOthers(most, sum - most);
      }
    }
  }

  #gather(kinds: Int32Array): void {
    const [best, all] = [this.#best, this.#all];
    best.fill(0);
    all.fill(0);
    for (const kind of kinds) {
      for (const { slot, worth } of this.#worths[kind] ?? []) {
        all[slot] = (all[slot] ?? 0) + worth;
        if (worth > (best[slot] ?? 0)) best[slot] = worth;
      }
    }
  }

  /** The facts that a system's worth for a leaf comes from, by feature. Of equal ones that in the first place counts. */
  counted(system: number, leaf: number): CountedFact[] {
    const { numbers, starts } = this.#kinds;
    const own = [...numbers.subarray(starts[system], starts[system + 1])].flatMap((kind) =>
      (this.#worths[kind] ?? []).filter((one) => one.leaf === leaf),
    );
    own.sort((a, b) => b.worth - a.worth || compare(this.#prefix(a.entry), this.#prefix(b.entry)));
    const bySlot = [...Map.groupBy(own, ({ slot }) => slot)].sort(([a], [b]) => a - b);
    return bySlot.flatMap(([, [best, ...rest]]) => {
      if (best === undefined) return [];
      const others = rest.reduce((sum, { worth }) => sum + worth, 0);
      return { ...best, others: withOthers(best.worth, others) - best.worth };
    });
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
