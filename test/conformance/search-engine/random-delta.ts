// A whole frame as the delta it could have travelled as, on what the system has before it.
import { isDeepStrictEqual } from 'node:util';
import type { Fact, FrameLine } from '../../../indexer/engines/search-engine.ts';
import type { FrameEnd } from '../../../schemas/frame.ts';

/** What holds before the frame, with the frame that showed it. */
export interface Base {
  readonly frame: string;
  /** With texts. */
  readonly facts: readonly Fact[];
}

function nameOf({ feature, key }: Pick<Fact, 'feature' | 'key'>): string {
  return `${feature} ${key}`;
}

/** Lines of the delta: entries that are new or differ, names of those that are gone, and what is kept. */
export function deltaOf(whole: readonly FrameLine[], base: Base): FrameLine[] {
  const held = new Map(base.facts.map((fact) => [nameOf(fact), fact]));
  const shown = new Set<string>();
  const repeated = repeatedNames(whole);
  const counts: FrameEnd['counts'] = {};
  const kept: FrameEnd['counts'] = {};
  let removed = 0;
  return whole.flatMap((line): FrameLine[] => {
    if ('header' in line) return [{ header: { ...line.header, base: base.frame } }];
    if ('line' in line) {
      const { feature, entry } = line.line;
      shown.add(nameOf(line.line));
      const same =
        !repeated.has(nameOf(line.line)) && isDeepStrictEqual(held.get(nameOf(line.line))?.entry, entry);
      const counted = same ? kept : counts;
      counted[feature] = (counted[feature] ?? 0) + 1;
      return same ? [] : [line];
    }
    if (!('end' in line)) return [line];
    const { features } = whole.flatMap((one) => ('header' in one ? [one.header] : []))[0]!;
    const gone = base.facts.filter((fact) => features.includes(fact.feature) && !shown.has(nameOf(fact)));
    removed = gone.length;
    return [
      ...gone.map(({ feature, key }) => ({ removed: { feature, key } })),
      { end: { ...line.end, counts, kept, removed } },
    ];
  });
}

/** Entries of one key that come more than once travel all, so that the index sees it. */
function repeatedNames(whole: readonly FrameLine[]): Set<string> {
  const names = whole.flatMap((line) => ('line' in line ? [nameOf(line.line)] : []));
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}
