// A system as its document has it: all that readers need to know of its newest state, and what belongs to that.
import { hash } from 'node:crypto';
import type { FrameEnd, FrameHeader } from '../../../schemas/frame.ts';

/** A frame as it stands in its document, and in that of its system while it is the newest. */
export interface StoredFrame {
  /** Names the attempt that wrote it: what else belongs to the frame bears the same name. */
  readonly attempt: string;
  readonly header: FrameHeader;
  readonly end: FrameEnd;
  /** Documents with problems and with ended facts. */
  readonly problemParts: number;
  readonly endedParts: number;
  readonly opened: number;
  readonly closed: number;
  readonly kept: number;
}

/** Which attempts wrote what a system has: by block, the number of an attempt in `attempts` for either part. */
export interface Manifest {
  readonly attempts: readonly string[];
  readonly blocks: readonly (readonly [block: number, presence: number, stamps: number])[];
}

/**
 * The state of a system, published as one document: whoever reads it sees a frame whole or not at all, because what it
 * names is never changed afterwards.
 */
export interface SystemRecord {
  readonly id: string;
  /** Counts the states of the system. */
  readonly publication: number;
  /** Forgotten: kept so that readers hear of it. */
  readonly gone: boolean;
  /** The newest frame with entries, and the newest failed one if it is newer. */
  readonly newest: StoredFrame | null;
  readonly failed: StoredFrame | null;
  /** Instant of the oldest frame with entries (ms). */
  readonly first: number | null;
  readonly manifest: Manifest;
  /** Attempts whose frames are not yet marked as published: the next one to publish marks them. */
  readonly unmarked: readonly {
    readonly frame: string;
    readonly attempt: string;
    readonly endedParts: number;
  }[];
  /** Documents of `facts` that the state before needed: the next one to publish removes them. */
  readonly superseded: readonly string[];
  /** How many facts hold. */
  readonly current: number;
  /** Frames before this instant (ms) count no more, nor what had ended then; null: all count. */
  readonly oldest: number | null;
  /** What was written for this state of the system or one before it is of an earlier life, before it was forgotten. */
  readonly floor: number;
}

/** The `_id` of a system's document. */
export function systemDocumentId(system: string): string {
  return hash('sha256', system, 'buffer').toString('base64url');
}

/** The `_id` of the documents of a block. */
export function presenceId(attempt: string, block: number): string {
  return `${attempt}.${block}`;
}

/** The `_id` of the document with the stamps of a block. */
export function stampsId(attempt: string, block: number): string {
  return `${attempt}.${block}.stamps`;
}

/** A part of a frame: ended facts, or problems. */
export function partId(attempt: string, kind: 'ended' | 'problems', part: number): string {
  return `${attempt}.${kind}.${part}`;
}

/** A state before the first. */
export function emptyRecord(id: string, publication: number): SystemRecord {
  return {
    id,
    publication,
    gone: false,
    newest: null,
    failed: null,
    first: null,
    manifest: { attempts: [], blocks: [] },
    unmarked: [],
    superseded: [],
    current: 0,
    oldest: null,
    floor: publication,
  };
}

/** Whether a frame that was made for a state of the system is part of its history. */
export function isPartOf(
  { publication, floor, oldest }: SystemRecord,
  frame: { readonly publication: number; readonly at: string },
): boolean {
  if (frame.publication <= floor || frame.publication > publication) return false;
  return oldest === null || Date.parse(frame.at) >= oldest;
}
