// What differs between two states of systems, and the history of one. Fields are added, never renamed.
import { z } from 'zod';
import { CoverageGap } from './coverage.ts';
import { Feature } from './entries.ts';
import { FrameStatus, LeftOut } from './frame.ts';
import { Problem } from './problem.ts';
import { SystemRef } from './system.ts';

const count = z.int().nonnegative();

/** One end of a comparison: the state that `frame` gave the system. */
export const ComparedEnd = z.object({
  system: SystemRef,
  /** The instant asked for. */
  at: z.string(),
  frame: z.object({
    id: z.string(),
    at: z.string(),
    status: FrameStatus,
    features: z.array(Feature),
    counts: z.partialRecord(Feature, count),
  }),
  /** Why the end may not show all there was. */
  gaps: z.array(CoverageGap),
});
export type ComparedEnd = z.infer<typeof ComparedEnd>;

/** How the text of a file changed. */
export const TextChange = z.discriminatedUnion('kind', [
  /** `unified`: hunks with three lines of context, as patch(1) reads them; `added` and `removed` count lines. */
  z.object({ kind: z.literal('lines'), unified: z.string(), added: count, removed: count }),
  /** The bytes differ and the text does not: another encoding or compression, or only what was masked. */
  z.object({ kind: z.literal('same') }),
  /**
   * `binary`, `too-large`, `credential`, `not-read`: at one end there is no text, for that reason; `too-different`: listing
   * the lines would take too long, or too much room.
   */
  z.object({
    kind: z.literal('omitted'),
    reason: z.enum(['binary', 'too-large', 'credential', 'not-read', 'too-different']),
  }),
]);
export type TextChange = z.infer<typeof TextChange>;

/** One thing that differs. Entries are complete but for texts; null where there is none. */
export const Change = z.object({
  feature: Feature,
  key: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  from: z.looseObject({}).nullable(),
  to: z.looseObject({}).nullable(),
  /** Of what changed: the names in the entry that differ. What a crawl sees anew each time is not among them. */
  fields: z.array(z.string()),
  /** When, of one system compared with itself. */
  at: z.string().optional(),
  /** What became of a package. */
  action: z.enum(['installed', 'removed', 'upgraded', 'downgraded']).optional(),
  /** Of processes, sockets and interfaces that are alike: how many. */
  times: z.int().positive().optional(),
  /** Where the content of a file changed, and texts were asked for. */
  text: TextChange.optional(),
});
export type Change = z.infer<typeof Change>;

/** Changes by feature. */
const ChangeCounts = z.partialRecord(Feature, z.object({ added: count, removed: count, changed: count }));
export type ChangeCounts = z.infer<typeof ChangeCounts>;

/** The answer of `unfold diff --json`. */
export const Comparison = z.object({
  schema: z.literal('unfold.comparison/1'),
  from: ComparedEnd,
  to: ComparedEnd,
  /** What was compared. */
  features: z.array(Feature),
  /** What was read at one end only, and so is not. */
  notCompared: z.array(z.object({ feature: Feature, reason: z.string() })),
  /** False where an end has gaps, or something could not be compared. */
  complete: z.boolean(),
  /** By feature, then key. */
  changes: z.array(Change),
  counts: ChangeCounts,
  same: z.boolean(),
});
export type Comparison = z.infer<typeof Comparison>;

/** A frame in the history of a system. */
export const LogEntry = z.object({
  id: z.string(),
  at: z.string(),
  status: FrameStatus,
  /** How long the crawl took. */
  seconds: z.number().nonnegative(),
  features: z.array(Feature),
  /** Entries of the whole system, by feature. */
  counts: z.partialRecord(Feature, count),
  /** By how much each count differs from that of the frame with entries before; absent where there is none. */
  grown: z.partialRecord(Feature, z.int()).optional(),
  /** Facts that began, ended, and held on. */
  facts: z.object({ opened: count, closed: count, kept: count }),
  /** By code, with the first of each. */
  problems: z.array(z.object({ code: z.string(), count: z.int().positive(), first: Problem })),
  leftOut: z.array(LeftOut),
  /** Hours since the frame with entries before, where they are more than the limit of staleness. */
  gapHours: z.number().optional(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** The answer of `unfold log --json`. */
export const Log = z.object({
  schema: z.literal('unfold.log/1'),
  system: SystemRef,
  /** Newest first. */
  frames: z.array(LogEntry),
  /** Whether there are older ones. */
  more: z.boolean(),
});
export type Log = z.infer<typeof Log>;
