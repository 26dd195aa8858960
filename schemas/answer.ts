// The one shape of an answer, for `--json`, the API and the page. Fields are added, never renamed.
import { z } from 'zod';
import { Coverage } from './coverage.ts';
import { Feature } from './entries.ts';
import { SystemRef } from './system.ts';

const span = z.tuple([z.int(), z.int()]);

/** How a written address relates to the asked one. */
export const Relation = z.enum(['exact', 'contained', 'containing', 'overlapping']);
export type Relation = z.infer<typeof Relation>;

/** What the written address is to its system. */
export const Role = z.enum(['references', 'listens', 'connects-to', 'owns']);
export type Role = z.infer<typeof Role>;

/** Something the reader of an answer should know: `span` points into the query. */
export const Notice = z.object({ code: z.string(), message: z.string(), span: span.optional() });
export type Notice = z.infer<typeof Notice>;

/** The fact for which a system is in the answer. Offsets in `marks` are UTF-16 units of `snippet`, end exclusive. */
export const Evidence = z.object({
  feature: Feature,
  key: z.string(),
  path: z.string().optional(),
  /** 1-based line of the text. */
  line: z.int().positive().optional(),
  snippet: z.string(),
  marks: z.array(span),
  /** The address as it is written there. */
  address: z.string().optional(),
  relation: Relation.optional(),
  role: Role.optional(),
  /** Of a fact that is here because it changed: which end of it lies in the time asked for; `ended` where both do. */
  change: z.enum(['began', 'ended']).optional(),
  validFrom: z.string(),
  validTo: z.string().nullable(),
});
export type Evidence = z.infer<typeof Evidence>;

export const SystemHit = z.object({
  system: SystemRef,
  score: z.number(),
  asOf: z.string(),
  frame: z.enum(['complete', 'partial']),
  evidence: z.array(Evidence),
  /** Facts that match beyond those listed. */
  moreEvidence: z.int().nonnegative(),
});
export type SystemHit = z.infer<typeof SystemHit>;

/** Buckets count distinct systems. */
export const Facet = z.object({
  field: z.string(),
  buckets: z.array(z.object({ value: z.string(), systems: z.int().nonnegative() })),
  /** Values beyond the listed buckets. */
  more: z.int().nonnegative(),
});
export type Facet = z.infer<typeof Facet>;

export const Answer = z.object({
  schema: z.literal('unfold.answer/1'),
  query: z.string(),
  at: z.string(),
  tookMs: z.number(),
  notices: z.array(Notice),
  total: z.object({ systems: z.int().nonnegative(), relation: z.enum(['exact', 'at-least']) }),
  systems: z.array(SystemHit),
  facets: z.array(Facet),
  coverage: Coverage,
  cursor: z.string().nullable(),
});
export type Answer = z.infer<typeof Answer>;

/** The answer to a batch of addresses and networks. */
export const LookupAnswer = z.object({
  schema: z.literal('unfold.lookup/1'),
  at: z.string(),
  tookMs: z.number(),
  notices: z.array(Notice),
  lookups: z.array(z.object({ asked: z.string(), systems: z.array(SystemHit), coverage: Coverage })),
});
export type LookupAnswer = z.infer<typeof LookupAnswer>;
