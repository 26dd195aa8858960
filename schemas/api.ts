// Shapes of the HTTP API that are no part of an answer's own: problems, systems, facts, what came of frames.
import { z } from 'zod';
import { Coverage } from './coverage.ts';
import { Feature, FileType } from './entries.ts';
import { FrameEnd, FrameHeader } from './frame.ts';
import { Problem } from './problem.ts';
import { SystemRef } from './system.ts';

/** An error of the API, by RFC 9457. */
export const ApiProblem = z.object({
  /** Where the code is explained. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** Id of the request, as the server's log has it. */
  instance: z.string(),
  code: z.string(),
  remedy: z.string(),
  /** What of the request is wrong: a parameter, its element (from 0), a span of its text (UTF-16 units, end exclusive). */
  place: z
    .object({
      parameter: z.string(),
      index: z.int().nonnegative().optional(),
      span: z.tuple([z.int(), z.int()]).optional(),
    })
    .optional(),
});
export type ApiProblem = z.infer<typeof ApiProblem>;

/** A system as lists have it. */
export const SystemSummary = z.object({
  system: SystemRef,
  /** Its newest frame with entries. */
  frame: z
    .object({
      at: z.string(),
      status: FrameEnd.shape.status,
      features: z.array(Feature),
      counts: FrameEnd.shape.counts,
      problems: z.int().nonnegative(),
    })
    .nullable(),
  /** Its newest crawl, if that failed. */
  failure: z.object({ at: z.string(), code: z.string(), reason: z.string() }).nullable(),
});
export type SystemSummary = z.infer<typeof SystemSummary>;

/** The systems of the index; `coverage` is of all of them. */
export const SystemsAnswer = z.object({
  schema: z.literal('unfold.systems/1'),
  at: z.string(),
  tookMs: z.number(),
  total: z.int().nonnegative(),
  systems: z.array(SystemSummary),
  coverage: Coverage,
  cursor: z.string().nullable(),
});
export type SystemsAnswer = z.infer<typeof SystemsAnswer>;

/** One system with all that its newest frame says of the crawl. */
export const SystemAnswer = z.object({
  schema: z.literal('unfold.system/1'),
  at: z.string(),
  tookMs: z.number(),
  system: SystemRef,
  frame: z.object({ header: FrameHeader, end: FrameEnd, problems: z.array(Problem) }).nullable(),
  failure: SystemSummary.shape.failure,
  coverage: Coverage,
});
export type SystemAnswer = z.infer<typeof SystemAnswer>;

/** Facts of a system, by feature, key and beginning. */
export const FactsAnswer = z.object({
  schema: z.literal('unfold.facts/1'),
  at: z.string(),
  tookMs: z.number(),
  system: z.string(),
  facts: z.array(
    z.object({
      feature: Feature,
      key: z.string(),
      entry: z.looseObject({}),
      validFrom: z.string(),
      validTo: z.string().nullable(),
    }),
  ),
  cursor: z.string().nullable(),
});
export type FactsAnswer = z.infer<typeof FactsAnswer>;

/** A text, and the systems that have it. */
export const ContentAnswer = z.object({
  schema: z.literal('unfold.content/1'),
  at: z.string(),
  tookMs: z.number(),
  sha256: z.string(),
  /** Of the text as UTF-8. */
  bytes: z.int().nonnegative(),
  /** Secrets are masked. */
  text: z.string(),
  /** Systems that have it. */
  total: z.int().nonnegative(),
  systems: z.array(
    z.object({
      system: SystemRef,
      asOf: z.string(),
      frame: z.enum(['complete', 'partial']),
      files: z.array(z.object({ path: z.string(), validFrom: z.string(), validTo: z.string().nullable() })),
      /** Files beyond those listed. */
      moreFiles: z.int().nonnegative(),
    }),
  ),
  cursor: z.string().nullable(),
});
export type ContentAnswer = z.infer<typeof ContentAnswer>;

/** What lies right below a directory of a system, by name. */
export const DirectoryAnswer = z.object({
  schema: z.literal('unfold.directory/1'),
  at: z.string(),
  tookMs: z.number(),
  system: z.string(),
  path: z.string(),
  children: z.array(
    z.object({
      name: z.string(),
      type: FileType,
      /** Paths below it. */
      below: z.int().nonnegative(),
      /** As the crawl saw it; absent where it saw only what is below. */
      size: z.int().nonnegative().optional(),
      mode: z.string().optional(),
      owner: z.string().optional(),
      mtime: z.string().optional(),
      target_path: z.string().optional(),
    }),
  ),
  /** Names beyond those listed. */
  more: z.int().nonnegative(),
});
export type DirectoryAnswer = z.infer<typeof DirectoryAnswer>;

/** For which systems any answer speaks. */
export const CoverageAnswer = z.object({
  schema: z.literal('unfold.coverage/1'),
  at: z.string(),
  tookMs: z.number(),
  coverage: Coverage,
});
export type CoverageAnswer = z.infer<typeof CoverageAnswer>;

const FieldType = z.enum(['keyword', 'text', 'path', 'version', 'number', 'date', 'address']);

/** The reference of the query language. */
export const FieldsAnswer = z.object({
  schema: z.literal('unfold.fields/1'),
  /** What can be asked. */
  syntax: z.array(z.object({ query: z.string(), finds: z.string() })),
  /** Conditions on one fact. */
  groups: z.array(z.object({ feature: Feature, example: z.string() })),
  /** How values of a type are asked for. */
  types: z.array(z.object({ type: FieldType, values: z.string() })),
  /** Every `field:`, with all ways to ask for its value. */
  fields: z.array(
    z.object({
      name: z.string(),
      feature: z.union([Feature, z.literal('system')]),
      type: FieldType,
      description: z.string(),
      example: z.string(),
      examples: z.array(z.string()),
    }),
  ),
});

/** What came of the frames of a request, in their order; a refused one does not keep the others out. */
export const IngestAnswer = z.object({
  schema: z.literal('unfold.ingested/1'),
  frames: z.array(
    z.union([
      z.object({
        system: z.string(),
        at: z.string(),
        outcome: z.enum(['applied', 'known', 'older']),
        opened: z.int().nonnegative(),
        closed: z.int().nonnegative(),
        kept: z.int().nonnegative(),
      }),
      z.object({ refused: z.object({ code: z.string(), message: z.string(), remedy: z.string() }) }),
    ]),
  ),
});
export type IngestAnswer = z.infer<typeof IngestAnswer>;
