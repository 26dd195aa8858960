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

/** A step from what was asked to what is written: where a system says that a name and an address are of one machine. */
export const Via = z.object({
  name: z.string(),
  address: z.string(),
  /** The system that says so: a hosts file (`path`, `line`), or a name of its own and an address that it owns. */
  system: z.string(),
  path: z.string().optional(),
  line: z.int().positive().optional(),
});
export type Via = z.infer<typeof Via>;

/** A socket, its ends as `10.1.2.3:5432` or `[fe80::1]:5432`. */
export const Socket = z.object({
  transport: z.string(),
  state: z.string(),
  local: z.string().optional(),
  remote: z.string().optional(),
  path: z.string().optional(),
});
export type Socket = z.infer<typeof Socket>;

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
  /** Of a lookup: the host name as it is written there. */
  name: z.string().optional(),
  /** Of a lookup: the port that is written there. */
  port: z.int().optional(),
  relation: Relation.optional(),
  role: Role.optional(),
  /** Of a lookup: how names and addresses lead from what was asked to what is written there. */
  via: z.array(Via).optional(),
  /** Of a lookup: the process itself, or who holds the socket. */
  process: z.object({ pid: z.int(), name: z.string() }).optional(),
  socket: Socket.optional(),
  /** Of a fact that is here because it changed: which end of it lies in the time asked for; `ended` where both do. */
  change: z.enum(['began', 'ended']).optional(),
  validFrom: z.string(),
  validTo: z.string().nullable(),
});
export type Evidence = z.infer<typeof Evidence>;

/** What a system was made from: the image of a container; a label `derivedFrom` or what OCI calls the base image. */
export const Lineage = z.object({
  image: z
    .object({ name: z.string().optional(), id: z.string().optional(), digest: z.string().optional() })
    .optional(),
  derivedFrom: z.string().optional(),
});
export type Lineage = z.infer<typeof Lineage>;

/**
 * Why a system has its score: that is the sum of the scores of its terms, rounded to four decimals. A term's is its rarity
 * times its closeness times the sum of `worth` and `others` of its facts; `worth` is the product of the factors.
 */
export const Explanation = z.object({
  terms: z.array(
    z.object({
      term: z.string(),
      score: z.number(),
      /** How few systems have it. */
      rarity: z.number(),
      /** Of an address: how close the one that is written comes to the one asked for. */
      closeness: z.number(),
      /** The best fact of each feature; `system` where the term asks about the system itself. */
      facts: z.array(
        z.object({
          feature: z.union([Feature, z.literal('system')]),
          /** Of a file: its folder. */
          folder: z.string().optional(),
          /** Whether the term stands in the text of a file, in the entry itself, or is what the entry is called. */
          match: z.enum(['content', 'entry', 'name']),
          worth: z.number(),
          factors: z.object({
            feature: z.number(),
            path: z.number(),
            match: z.number(),
            /** Of how many terms the fact satisfies. */
            together: z.number(),
          }),
          /** What other facts of the feature add. */
          others: z.number(),
        }),
      ),
    }),
  ),
});
export type Explanation = z.infer<typeof Explanation>;

export const SystemHit = z.object({
  system: SystemRef,
  score: z.number(),
  /** Where it was asked for. */
  explanation: Explanation.optional(),
  asOf: z.string(),
  frame: z.enum(['complete', 'partial']),
  evidence: z.array(Evidence),
  /** Facts that match beyond those listed. */
  moreEvidence: z.int().nonnegative(),
  /** Of a lookup: what the system was made from, where its frame or its labels tell. */
  lineage: Lineage.optional(),
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

/** Which relations count: one of them, or any. */
export const MatchMode = z.enum([...Relation.options, 'any']);
export type MatchMode = z.infer<typeof MatchMode>;

/** What a lookup compares a system's files and connections for. */
export const Reconciliation = z.enum(['configured-not-connected', 'connected-not-configured']);
export type Reconciliation = z.infer<typeof Reconciliation>;

/** The answer to a batch of addresses, networks, ranges, names and ports. Systems stand by the closest relation, then by id. */
export const LookupAnswer = z.object({
  schema: z.literal('unfold.lookup/1'),
  at: z.string(),
  /** Of a window, which ends at `at`: its beginning. The answer is what held at any time in it. */
  from: z.string().optional(),
  tookMs: z.number(),
  match: MatchMode,
  /** All roles where none were asked for. */
  roles: z.array(Role),
  /** The query that says which systems the answer speaks for. */
  scope: z.string().optional(),
  reconcile: Reconciliation.optional(),
  notices: z.array(Notice),
  /** The coverage of each is that of all; of a large batch without the gaps, as a notice says then. */
  lookups: z.array(z.object({ asked: z.string(), systems: z.array(SystemHit), coverage: Coverage })),
  coverage: Coverage,
});
export type LookupAnswer = z.infer<typeof LookupAnswer>;
