// A frame as an index keeps it: the same whether it travelled whole, as a delta, or in an exported history.
import type { Feature } from '../schemas/entries.ts';
import { UnfoldError } from '../schemas/error.ts';
import type { FrameEnd, FrameHeader } from '../schemas/frame.ts';

/** The header without what it says of the way the frame travelled. */
export function wholeHeader(header: FrameHeader): FrameHeader {
  const whole = { ...header };
  delete whole.base;
  delete whole.history;
  return whole;
}

/** The end of the whole: `counts` are of all that the crawl saw, for each feature of the header. */
export function wholeEnd({ features, base }: FrameHeader, end: FrameEnd): FrameEnd {
  const { counts, kept = {} } = end;
  const held = base === undefined ? (end.held ?? {}) : {};
  const of = (feature: Feature) => (counts[feature] ?? 0) + (kept[feature] ?? 0) - (held[feature] ?? 0);
  const whole = { ...end, counts: Object.fromEntries(features.map((feature) => [feature, of(feature)])) };
  delete whole.kept;
  delete whole.held;
  delete whole.removed;
  return whole;
}

/** Amounts by feature; one that is missing is 0. */
export type Amounts = Partial<Record<Feature, number>>;

/** The end of the whole with each key counted once, where so many entries had a key that was taken. */
export function withoutRepeats(end: FrameEnd, repeated: Amounts): FrameEnd {
  const counts = { ...end.counts };
  for (const [feature, times] of Object.entries(repeated) as [Feature, number][])
    counts[feature] = (counts[feature] ?? 0) - times;
  return { ...end, counts };
}

/**
 * What a delta does not mention must be what its crawl saw of the base: else both are about different states. `whole`
 * and `stated` are ends of one frame, `unread` is what it removes and may not end, `has` what the index has after it.
 * Throws UNFOLD_FRAME_BASE_MISSING.
 */
export function requireAgreement(
  { features }: FrameHeader,
  whole: FrameEnd,
  { held = {} }: FrameEnd,
  unread: Amounts,
  has: ReadonlyMap<Feature, number>,
): void {
  for (const feature of features) {
    const should = (whole.counts[feature] ?? 0) + (held[feature] ?? 0) + (unread[feature] ?? 0);
    const there = has.get(feature) ?? 0;
    if (there === should) continue;
    throw new UnfoldError(
      'UNFOLD_FRAME_BASE_MISSING',
      `with the delta the index would have ${there} ${feature} entries of the system, its crawler knows of ${should}`,
    );
  }
}
