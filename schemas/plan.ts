// A resolved search plan: what the query side hands to an engine. Pure data.
import { z } from 'zod';
import { Feature } from './entries.ts';
import { Relation } from './answer.ts';
import { FACET_FIELDS } from './facet-fields.ts';

/** 128-bit address as 32 lower-case hex digits; IPv4 is v4-mapped. Sorts like the number. */
const hex128 = z.string().regex(/^[0-9a-f]{32}$/);

/** Where a text term must stand: in a file's text, in the entry itself (path, name, version …), or either. */
const within = z.enum(['content', 'entry', 'any']);

/** A condition on one fact. `feature` narrows it. Terms are those that indexer/terms makes. */
export const Leaf = z.discriminatedUnion('leaf', [
  /** One word, whole, case-folded. */
  z.object({ leaf: z.literal('word'), word: z.string(), within, feature: Feature.optional() }),
  /** A literal, case-folded, that begins and ends at word boundaries. */
  z.object({ leaf: z.literal('phrase'), text: z.string(), within, feature: Feature.optional() }),
  /** A regular expression of RE2 that matches somewhere; case-folded, `^` and `$` at lines, `.` is no line end. */
  z.object({ leaf: z.literal('regex'), pattern: z.string(), within, feature: Feature.optional() }),
  /** An address range written in a fact, or in one catalogue field of it, related in one of these ways to the asked one. */
  z.object({
    leaf: z.literal('address'),
    low: hex128,
    high: hex128,
    relations: z.array(Relation),
    feature: Feature.optional(),
    field: z.string().optional(),
  }),
  /**
   * A catalogue field of a fact. `is` compares case-folded (paths exactly); `*` in a glob is any run, `?` one character;
   * `regex` as the leaf; the others compare as the type of the field does, and hold for no value that is not of it.
   */
  z.object({
    leaf: z.literal('field'),
    field: z.string(),
    op: z.enum(['is', 'glob', 'exists', 'regex', '<', '<=', '>', '>=']),
    value: z.string().optional(),
  }),
  /** A file whose text, as it is kept, has this SHA-256. */
  z.object({ leaf: z.literal('content'), sha256: z.hash('sha256') }),
  /** Any fact of the feature. */
  z.object({ leaf: z.literal('feature'), feature: Feature }),
  /**
   * A change: a fact that began after `after` and not after `until` (null: to the answer's instant), unless the system's
   * first frame showed it already; or one that ended in that time, whether or not another took its place.
   */
  z.object({
    leaf: z.literal('changed'),
    after: z.iso.datetime(),
    until: z.iso.datetime().nullable(),
    feature: Feature.optional(),
  }),
]);
export type Leaf = z.infer<typeof Leaf>;

/** A tree over what one fact satisfies. */
export type FactNode =
  { and: FactNode[] } | { or: FactNode[] } | { not: FactNode } | { all: true } | { leaf: Leaf };

/** Facts of one feature, or of any (null), that satisfy the tree, and at least one of its leaves. */
export interface Group {
  feature: Feature | null;
  where: FactNode;
}

/**
 * A tree over systems: a leaf holds for a system if one of its facts satisfies it, a group if one fact satisfies all of
 * it. Where a system's frame does not tell of a feature, that none of its facts satisfies a leaf is unknown.
 */
export type PlanNode =
  | { and: PlanNode[] }
  | { or: PlanNode[] }
  | { not: PlanNode }
  | { all: true }
  | { leaf: Leaf }
  | { fact: Group };

function tree<T>(self: z.ZodType<T>) {
  return [
    z.strictObject({ and: z.array(self) }),
    z.strictObject({ or: z.array(self) }),
    z.strictObject({ not: self }),
    z.strictObject({ all: z.literal(true) }),
    z.strictObject({ leaf: Leaf }),
  ] as const;
}

export const FactNode: z.ZodType<FactNode> = z.lazy(() => z.union(tree(FactNode)));

export const PlanNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.union([
    ...tree(PlanNode),
    z.strictObject({ fact: z.strictObject({ feature: Feature.nullable(), where: FactNode }) }),
  ]),
);

export const FacetField = z.enum(FACET_FIELDS);
export type FacetField = z.infer<typeof FacetField>;

/** A facet to count: the `size` values that most systems have, or of instants and intervals as many in their order. */
export const WantedFacet = z.object({
  field: FacetField,
  size: z.int().positive(),
  /** Values with this text in them alone, without case. */
  containing: z.string().optional(),
  /** Of directories: those right below this one, each with all that lies below it. */
  under: z.string().startsWith('/').optional(),
  /** Of numbers: histogram of this width. */
  interval: z.int().positive().optional(),
});
export type WantedFacet = z.infer<typeof WantedFacet>;

/**
 * Systems that have one of the values `any` of a facet (where there are some) and none of `none`; a directory stands for
 * all below it. The facet itself is counted as if it were not narrowed.
 */
export const Narrowing = z.object({ field: FacetField, any: z.array(z.string()), none: z.array(z.string()) });
export type Narrowing = z.infer<typeof Narrowing>;

export const SearchPlan = z.object({
  schema: z.literal('unfold.plan/1'),
  where: PlanNode,
  /** The instant asked for; null means the newest state. */
  at: z.iso.datetime().nullable(),
  /** Systems per page; null means all. */
  limit: z.int().positive().nullable(),
  /** Opaque; from the answer before. */
  cursor: z.string().nullable(),
  /** Facts listed per system; null means all. */
  evidence: z.int().nonnegative().nullable(),
  facets: z.array(WantedFacet),
  /** At most one for each field. */
  narrowed: z.array(Narrowing).optional(),
  /** Whether each system comes with what its score is the sum of. */
  explain: z.boolean().optional(),
});
export type SearchPlan = z.infer<typeof SearchPlan>;
