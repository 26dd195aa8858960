// The port of looking after an index: what is in it, what it may forget, whether it is sound. The conformance suite is that of search-engine.ts.
import type { FrameEnd, FrameHeader } from '../../schemas/frame.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { SearchEngine } from './search-engine.ts';

/** What is in an index. */
export interface IndexStatus {
  readonly engine: string;
  /** Version of the tables or mappings. */
  readonly format: number;
  readonly systems: number;
  readonly frames: number;
  /** Facts that hold, and facts that ended. */
  readonly facts: { readonly current: number; readonly past: number };
  /** Distinct texts, and their bytes as UTF-8. */
  readonly contents: { readonly count: number; readonly bytes: number };
  /** Bytes the index takes, replicas not counted. */
  readonly bytes: number;
  /** Instants of the oldest and newest frame; null in an empty index. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** A frame as the index remembers it, with what it changed. */
export interface FrameRecord {
  readonly header: FrameHeader;
  /** Counts are of the whole system, for a delta too. */
  readonly end: FrameEnd;
  readonly problems: readonly Problem[];
  readonly opened: number;
  readonly closed: number;
  readonly kept: number;
}

/**
 * How much of the past to keep. Of each system a frame goes with all that are older than it (retention.ts): what holds
 * now, the newest frame with entries, and what came after it, always stay.
 */
export interface Retention {
  /** Frames older than this instant go; null: no limit. */
  readonly before: string | null;
  /** Frames kept per system; null: no limit. */
  readonly frames: number | null;
}

/** What was removed. */
export interface Removed {
  readonly systems: number;
  readonly frames: number;
  readonly facts: number;
  readonly contents: number;
}

/** Something in the index that contradicts itself. */
export interface Finding {
  /** What was checked: a stable word such as `content-hash` or `presence`. */
  readonly check: string;
  readonly system: string | null;
  readonly message: string;
}

/** Told about long work: `done` of `total` steps, a step being what takes about equally long. */
export type Progress = (done: number, total: number) => void;

/** Looks after an index. Readers are never in the way, nor disturbed. */
export interface IndexKeeping {
  status(signal: AbortSignal): Promise<IndexStatus>;
  /** Frames of a system, the newest first. Throws UNFOLD_SYSTEM_UNKNOWN. */
  frames(system: string, signal: AbortSignal): AsyncIterable<FrameRecord>;
  /**
   * Removes frames, and the facts that had ended when the oldest frame that stays was made: no answer changes for an
   * instant from that frame on, nor for what changed after it. Texts that no fact has any more go too. Idempotent.
   */
  retain(retention: Retention, signal: AbortSignal): Promise<Removed>;
  /** Removes a system with all of its history. Throws UNFOLD_SYSTEM_UNKNOWN. */
  forget(system: string, signal: AbortSignal): Promise<Removed>;
  /** Checks everything that can be checked without the systems: hashes of texts, terms, references, validities. */
  verify(progress: Progress, signal: AbortSignal): AsyncIterable<Finding>;
}

/** An index: fed and asked through the one port, looked after through the other. */
export type Index = SearchEngine & IndexKeeping;
