// Opens the index for a command.
import type { Index } from '../indexer/engines/index-keeping.ts';
import { openIndex } from './index-opening.ts';
import { settings, type GlobalOptions, type Settings } from './settings.ts';

/** Runs `use` with the chosen index, and closes it afterwards. */
export async function withIndex<T>(
  options: GlobalOptions,
  use: (engine: Index, settings: Settings) => Promise<T>,
): Promise<T> {
  const settled = await settings(options);
  const engine = await openIndex(settled.index, 'read');
  try {
    return await use(engine, settled);
  } finally {
    await engine.close();
  }
}

/** The same for a command that changes an index, which must be there. */
export async function withIndexToChange<T>(
  options: GlobalOptions,
  use: (index: Index, settings: Settings) => Promise<T>,
): Promise<T> {
  const settled = await settings(options);
  await (await openIndex(settled.index, 'read')).close();
  const index = await openIndex(settled.index, 'write');
  try {
    return await use(index, settled);
  } finally {
    await index.close();
  }
}
