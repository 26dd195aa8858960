// A frame as an index keeps it: the same whether it travelled whole, as a delta, or in an exported history.
import type { Feature } from '../schemas/entries.ts';
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
