// What makes a system come first: a few factors, the same for every engine.
import type { Relation } from '../../schemas/answer.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { Leaf } from '../../schemas/plan.ts';

/** How much a fact of each feature says about its system. */
const FEATURE_WEIGHTS: Readonly<Record<Feature, number>> = {
  os: 1.5,
  package: 1.2,
  process: 1.2,
  connection: 1.5,
  interface: 1.5,
  file: 1,
};

/** Configuration says more than programs, and those more than documentation. First match counts. */
const PATH_PRIORS: readonly [RegExp, number][] = [
  [/^\/etc\//, 2],
  [/^\/(?:opt|srv|home|root|usr\/local)\//, 1.5],
  [/^\/usr\/share\/(?:doc|man|info|locale|help)\//, 0.5],
  [/^\/(?:var\/(?:cache|backups|lib\/(?:dpkg|apt))|tmp|var\/tmp|usr\/share|usr\/lib)\//, 0.8],
];

/** A word in the entry itself (a path, a name) says more than one in a long text. */
const ENTRY_FACTOR = 1.25;

/**
 * What a matching fact is worth before rarity: its feature, where it stands (`prefix`: the directory with its slash
 * at the end, of a file), and whether the match lies in the entry itself.
 */
export function factWeight(feature: Feature, prefix: string, inEntry: boolean): number {
  const prior = feature === 'file' ? (PATH_PRIORS.find(([path]) => path.test(prefix))?.[1] ?? 1) : 1;
  return FEATURE_WEIGHTS[feature] * prior * (inEntry ? ENTRY_FACTOR : 1);
}

/** Who writes the address itself has more to do with it than who writes a network that covers it. */
const RELATION_WEIGHTS: Readonly<Record<Relation, number>> = {
  exact: 16,
  contained: 4,
  containing: 1,
  overlapping: 1,
};

/** What a leaf is worth apart from rarity: 1, or what the closest relation it allows is. */
export function leafWeight(leaf: Leaf): number {
  return leaf.leaf === 'address'
    ? Math.max(...leaf.relations.map((relation) => RELATION_WEIGHTS[relation]))
    : 1;
}

/** Rarity of a term that holds for `matching` of `all` systems; never negative (BM25's idf). */
export function rarity(matching: number, all: number): number {
  return Math.log(1 + (all - matching + 0.5) / (matching + 0.5));
}

/** A system's score: for each leaf that put it into the answer, rarity times its best fact. Rounded, so that engines agree. */
export function score(parts: readonly { readonly rarity: number; readonly weight: number }[]): number {
  const sum = parts.reduce((total, part) => total + part.rarity * part.weight, 0);
  return Math.round(sum * 1e4) / 1e4;
}
