// The line about what was removed from the index.
import type { Removed } from '../../indexer/engines/index-keeping.ts';
import { count } from './figures.ts';

/** `removed: 1 system, 3 frames, 1,234 facts, 5 texts`; systems only where some went. */
export function removedText({ systems, frames, facts, contents }: Removed): string {
  const parts = [count(frames, 'frame'), count(facts, 'fact'), count(contents, 'text')];
  return `removed: ${[...(systems > 0 ? [count(systems, 'system')] : []), ...parts].join(', ')}\n`;
}
