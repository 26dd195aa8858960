// The engine that a benchmark's command line names, and frames as it takes them.
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import type { FrameLine, SearchEngine } from '../../indexer/engines/search-engine.ts';
import type { FleetOptions } from './options.ts';

export const NO_SIGNAL = new AbortController().signal;

export function openEngine({ engine }: FleetOptions, folder: string): SearchEngine {
  if (engine === 'elasticsearch') throw new Error('not yet');
  return openEmbedded(folder, 'write');
}

// eslint-disable-next-line @typescript-eslint/require-await -- frames are streams
export async function* stream(lines: Iterable<FrameLine>): AsyncGenerator<FrameLine> {
  yield* lines;
}
