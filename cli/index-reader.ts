// Opens the index for commands that only read it.
import type { Index } from '../indexer/engines/index-keeping.ts';
import { openEmbedded } from '../indexer/engines/embedded/engine.ts';
import { settings, type GlobalOptions, type Settings } from './settings.ts';

/** Runs `use` with the index of the data folder, and closes it afterwards. */
export async function withIndex<T>(
  options: GlobalOptions,
  use: (engine: Index, settings: Settings) => Promise<T>,
): Promise<T> {
  const settled = await settings(options);
  const engine = openEmbedded(settled.dataFolder, 'read');
  try {
    return await use(engine, settled);
  } finally {
    await engine.close();
  }
}
