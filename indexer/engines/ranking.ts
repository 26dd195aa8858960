// What makes a system come first: a few factors with all their weights, the same for every engine.
import type { Relation } from '../../schemas/answer.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { Leaf } from '../../schemas/plan.ts';

/** Where in a fact a match lies: in the text of a file, somewhere in the entry itself, or it is what the entry is called. */
export type Match = 'content' | 'entry' | 'name';

/** Every weight there is. A fact is worth the product of its factors; 1 is what changes nothing. */
const WEIGHTS: {
  readonly feature: Readonly<Record<Feature, number>>;
  readonly path: readonly (readonly [RegExp, number])[];
  readonly match: Readonly<Record<Match, number>>;
  readonly together: number;
  readonly others: { readonly most: number; readonly half: number };
  readonly relation: Readonly<Record<Relation, number>>;
} = {
  /** What a system has and does says more about it than what its files mention. */
  feature: { os: 1.5, package: 1.2, process: 1.6, connection: 2.4, interface: 3, file: 1 },
  /** Of files: by the folder, the first that fits. Settings say more than programs, those more than documentation and caches. */
  path: [
    [/^(?!\/etc\/).*\/(?:__pycache__|\.cache|cache|node_modules|tmp)\//, 0.3],
    [/^\/var\/lib\/(?:apt|dpkg|rpm|pacman|swcatalog|app-info)\//, 0.3],
    [/^\/usr\/(?:share|local\/share)\/(?:doc|man|info|locale|help|licenses|i18n)\//, 0.4],
    [/^(?!\/etc\/).*\/(?:docs?|examples?|samples?|licenses?)\//, 0.5],
    [
      /^\/etc\/(?:network|network\/interfaces\.d|netplan|NetworkManager\/system-connections|systemd\/network|sysconfig\/network(?:-scripts)?)\/$/,
      2.8,
    ],
    // Links that tools make; then what every system has, services and mime.types among it; then what an application has.
    [/^\/etc\/(?:alternatives|rc.\.d|ssl\/certs|systemd\/(?:system|user)\/[^/]+\.wants)\//, 0.8],
    [/^\/etc\/$/, 1.6],
    [/^\/etc\//, 2],
    [/^\/(?:opt|srv|home|root|usr\/local|var\/www)\/(?:.*\/)?(?:etc|conf|config|settings)(?:\.d)?\//, 1.8],
    [/^\/(?:opt|srv|home|root|usr\/local|var\/www)\//, 1.4],
    [/^\/var\/(?:log|mail|spool)\//, 0.8],
    [/^\/var\/backups\//, 0.8],
    [/^\/(?:usr|lib|lib64|boot)\//, 0.6],
  ],
  /** Who is called so has more to do with it than who mentions it. */
  match: { content: 1, entry: 1.25, name: 3 },
  /** For each further term that the same fact satisfies, this much is added to 1. */
  together: 0.5,
  /** Other facts of the feature add up to so much to 1: half of it where together they are so many times worth the best. */
  others: { most: 0.6, half: 3 },
  /** Who writes the address itself has more to do with it than who writes a network that covers it. */
  relation: { exact: 1, contained: 0.2, containing: 0.04, overlapping: 0.04 },
};

/** Terms of one fact that count as being together. */
const MOST_TOGETHER = 4;

/** The factors of a fact, apart from what else it satisfies. */
export interface Factors {
  readonly feature: number;
  readonly path: number;
  readonly match: number;
}

/** The factors of a match; `prefix`: of a file, its folder with the slash at the end. */
export function factorsOf(feature: Feature, prefix: string, match: Match): Factors {
  const path = feature === 'file' ? (WEIGHTS.path.find(([folder]) => folder.test(prefix))?.[1] ?? 1) : 1;
  return { feature: WEIGHTS.feature[feature], path, match: WEIGHTS.match[match] };
}

/** What a fact with these factors is worth. */
export function product({ feature, path, match }: Factors): number {
  return feature * path * match;
}

/** The worth of a match in the entry itself or in its text. */
export function factWeight(feature: Feature, prefix: string, inEntry: boolean): number {
  return product(factorsOf(feature, prefix, inEntry ? 'entry' : 'content'));
}

/** The factor of a fact that satisfies so many terms of a query. */
export function togetherness(terms: number): number {
  return 1 + WEIGHTS.together * (Math.min(terms, MOST_TOGETHER) - 1);
}

/** What the best of a feature's facts is worth with the others, of which the worths are added up. */
export function withOthers(best: number, others: number): number {
  const { most, half } = WEIGHTS.others;
  return best * (1 + (most * others) / (others + half * best));
}

/** The factor of a leaf: 1, or that of the closest relation it allows. */
export function closeness(leaf: Leaf): number {
  return leaf.leaf === 'address'
    ? Math.max(...leaf.relations.map((relation) => WEIGHTS.relation[relation]))
    : 1;
}

/**
 * Rarity of a term that holds for `matching` of `all` systems. A term that holds for all of them still tells who has it
 * from who mentions it.
 */
export function rarity(matching: number, all: number): number {
  return Math.log(1 + all / Math.max(matching, 1));
}

/**
 * A system's score: for each leaf that put it into the answer, how rare and how close it is times what the system's facts
 * are worth for it, which is the sum of the best of each feature. Rounded, so that engines agree.
 */
export function score(parts: readonly { readonly rarity: number; readonly worth: number }[]): number {
  const sum = parts.reduce((total, part) => total + part.rarity * part.worth, 0);
  return Math.round(sum * 1e4) / 1e4;
}
