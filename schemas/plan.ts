// A resolved search plan: what the query side hands to an engine. Pure data.
import { z } from 'zod';
import { Feature } from './entries.ts';
import { Relation } from './answer.ts';

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
  /** An address range written in a fact, related in one of these ways to the asked one. */
  z.object({
    leaf: z.literal('address'),
    low: hex128,
    high: hex128,
    relations: z.array(Relation),
    feature: Feature.optional(),
  }),
  /** A catalogue field of a fact. `is` compares case-folded (paths exactly); `*` in a glob is any run, `?` one character. */
  z.object({
    leaf: z.literal('field'),
    field: z.string(),
    op: z.enum(['is', 'glob', 'exists']),
    value: z.string().optional(),
  }),
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

/** A tree over systems: a leaf holds for a system if one of its facts satisfies it. */
export type PlanNode =
  { and: PlanNode[] } | { or: PlanNode[] } | { not: PlanNode } | { all: true } | { leaf: Leaf };

export const PlanNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.union([
    z.strictObject({ and: z.array(PlanNode) }),
    z.strictObject({ or: z.array(PlanNode) }),
    z.strictObject({ not: PlanNode }),
    z.strictObject({ all: z.literal(true) }),
    z.strictObject({ leaf: Leaf }),
  ]),
);

export const FacetField = z.enum(['kind', 'os', 'package', 'directory', 'feature']);
export type FacetField = z.infer<typeof FacetField>;

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
  facets: z.array(z.object({ field: FacetField, size: z.int().positive() })),
});
export type SearchPlan = z.infer<typeof SearchPlan>;
