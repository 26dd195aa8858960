// A frame: one crawl of one system, as a stream of NDJSON lines.
import { z } from 'zod';
import { Feature } from './entries.ts';
import { Problem } from './problem.ts';
import { SystemRef } from './system.ts';

/** Version of the frame format. A reader refuses what is newer. */
export const FRAME_SCHEMA = 'unfold.frame/1';

/** `complete`: all that was asked was read. `partial`: see the problems. `failed`: no entries. */
export const FrameStatus = z.enum(['complete', 'partial', 'failed']);
export type FrameStatus = z.infer<typeof FrameStatus>;

export const FrameHeader = z.object({
  schema: z.string(),
  /** Unique per crawl; writing the same frame twice changes nothing. */
  id: z.uuid(),
  system: SystemRef,
  /** The instant this frame stands for: the start of the crawl. */
  at: z.iso.datetime(),
  features: z.array(Feature),
  /** A delta: what it does not mention is as it was in this frame, the newest of the system. */
  base: z.uuid().optional(),
  /** Exported from an index that had taken the frame before: what it removes ended, whatever its problems leave in doubt. */
  history: z.literal(true).optional(),
  crawler: z.object({ version: z.string(), host: z.string() }),
});
export type FrameHeader = z.infer<typeof FrameHeader>;

/** What a crawl did not enter on purpose. */
export const LeftOut = z.object({
  path: z.string(),
  reason: z.enum(['other-mount', 'own-data', 'not-mounted']),
  detail: z.string().optional(),
});
export type LeftOut = z.infer<typeof LeftOut>;

export const FrameEnd = z.object({
  status: FrameStatus,
  finishedAt: z.iso.datetime(),
  /** Entries written, by feature. */
  counts: z.partialRecord(Feature, z.int().nonnegative()),
  /** Of a delta: entries of its base that it does not mention and that still hold, by feature. */
  kept: z.partialRecord(Feature, z.int().nonnegative()).optional(),
  /** Of a delta: entries of its base that are gone. */
  removed: z.int().nonnegative().optional(),
  /**
   * Of an exported history: entries that the crawl did not see and that hold on from before it, by feature. Those of a
   * whole frame are among its lines.
   */
  held: z.partialRecord(Feature, z.int().nonnegative()).optional(),
  problems: z.int().nonnegative(),
  leftOut: z.array(LeftOut),
  /** Values masked, by rule. */
  masked: z.record(z.string(), z.int().nonnegative()),
  /** Regular files without text, by reason (see ContentSkip). */
  skipped: z.record(z.string(), z.int().nonnegative()),
});
export type FrameEnd = z.infer<typeof FrameEnd>;

/** First line of a frame. */
export const HeaderLine = z.object({ _frame: FrameHeader });
/** A line per entry: `key` is unique within its feature. `since`: it is known to have held from then on, of an exported history. */
export const EntryLine = z.object({
  feature: Feature,
  key: z.string(),
  entry: z.looseObject({}),
  since: z.iso.datetime().optional(),
});
/** Names an entry. */
export const EntryName = z.object({ feature: Feature, key: z.string() });
/** In a delta, a line per entry of the base that is gone. */
export const RemovedLine = z.object({ removed: EntryName });
/** A line per problem. */
export const ProblemLine = z.object({ problem: Problem });
/** Last line of a frame; without it the frame was cut off. */
export const EndLine = z.object({ _end: FrameEnd });

export type EntryLine = z.infer<typeof EntryLine>;
export type EntryName = z.infer<typeof EntryName>;
