// Frames as deltas, as a crawler writes them that remembers what it saw in the base.
import { isDeepStrictEqual } from 'node:util';
import type { Applied, FrameLine, SearchEngine } from '../../../indexer/engines/search-engine.ts';
import type { EntryName, FrameEnd } from '../../../schemas/frame.ts';
import { frameLines, stream, type FrameSketch } from './frames.ts';
import { NO_SIGNAL } from './setting.ts';

function nameOf({ feature, key }: EntryName): string {
  return `${feature} ${key}`;
}

/** The frame of the sketch as a delta on the base's, as a crawler writes it that remembers what it saw in the base. */
export function deltaLines(sketch: FrameSketch, base: FrameSketch): FrameLine[] {
  const header = frameLines(sketch).flatMap((line) => ('header' in line ? [line.header] : []))[0]!;
  const seen = new Map((sketch.entries ?? []).map((line) => [nameOf(line), line]));
  const known = new Map(
    (base.entries ?? [])
      .filter(({ feature }) => header.features.includes(feature))
      .map((line) => [nameOf(line), line]),
  );
  const entries = [...seen.values()].filter((line) => !isDeepStrictEqual(line, known.get(nameOf(line))));
  const removed = [...known.values()].filter((line) => !seen.has(nameOf(line)));
  const kept: FrameEnd['counts'] = {};
  for (const [name, { feature }] of known)
    if (seen.has(name) && !entries.some((line) => nameOf(line) === name))
      kept[feature] = (kept[feature] ?? 0) + 1;
  return frameLines({ ...sketch, entries }).flatMap((line): FrameLine[] => {
    if ('header' in line) return [{ header: { ...header, base: idOf(base) } }];
    if (!('end' in line)) return [line];
    const lines = removed.map(({ feature, key }) => ({ removed: { feature, key } }));
    return [...lines, { end: { ...line.end, kept, removed: removed.length } }];
  });
}

export function idOf(sketch: FrameSketch): string {
  return frameLines(sketch).flatMap((line) => ('header' in line ? [line.header.id] : []))[0]!;
}

export function applyLines(engine: SearchEngine, lines: readonly FrameLine[]): Promise<Applied> {
  return engine.apply(stream(lines), NO_SIGNAL);
}
