// Which frames of a system stay: the same rule for every engine.
import type { Retention } from './engines/index-keeping.ts';

/** A frame of the system as the rule sees it. */
export interface DatedFrame {
  /** Milliseconds. */
  readonly at: number;
  readonly failed: boolean;
}

/**
 * The instant (ms) of the oldest frame that stays, of frames given the newest first: the oldest with entries of those
 * within both limits, else the newest with entries. All from it on stay, so that no answer for a later instant changes.
 * Without any frame with entries the oldest within the limits, or the newest. Null where there is no frame.
 */
export function oldestToStay(
  frames: readonly DatedFrame[],
  { before, frames: most }: Retention,
): number | null {
  const since = before === null ? -Infinity : Date.parse(before);
  const within = frames.slice(0, most ?? frames.length).filter(({ at }) => at >= since);
  const some = frames.some(({ failed }) => !failed);
  const counts = ({ failed }: DatedFrame) => !failed || !some;
  return (within.findLast(counts) ?? frames.find(counts))?.at ?? null;
}
