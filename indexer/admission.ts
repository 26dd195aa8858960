// Whether a frame may change an index: the same rules for every engine.
import { UnfoldError } from '../schemas/error.ts';
import type { FrameHeader } from '../schemas/frame.ts';

/** A frame that the index has. */
export interface IndexedFrame {
  /** The frame's own id, of its header. */
  readonly id: string;
  /** Milliseconds. */
  readonly at: number;
}

/** Clocks of machines differ by minutes; a clock that is ahead by more would hide every later frame of its system. */
const FUTURE_MS = 3_600_000;

/**
 * What a frame is to an index that knows the frame already or not, and whose newest frame of the system with entries is
 * `newest`: `known` and `older` change nothing. Throws UNFOLD_FRAME_FUTURE and UNFOLD_FRAME_BASE_MISSING.
 */
export function admission(
  { id, at, base, history }: FrameHeader,
  isKnown: boolean,
  newest: IndexedFrame | null,
): 'new' | 'known' | 'older' {
  if (isKnown) return 'known';
  const instant = Date.parse(at);
  if (newest !== null && instant <= newest.at) return 'older';
  // Of what an index has taken the clock may have been set back since.
  if (history === undefined && instant > Date.now() + FUTURE_MS)
    throw new UnfoldError('UNFOLD_FRAME_FUTURE', `the frame ${id} is from ${at}, which is yet to come`);
  if (base !== undefined && base !== newest?.id) {
    const has = newest === null ? 'no frame of the system' : `${newest.id} as the newest of the system`;
    throw new UnfoldError('UNFOLD_FRAME_BASE_MISSING', `the delta is on frame ${base}, the index has ${has}`);
  }
  return 'new';
}
