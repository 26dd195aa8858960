// A small index with a history, for tests of looking after it.
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import type { Index } from '../../../indexer/engines/index-keeping.ts';
import { exportedFrames, ndjsonLine } from '../../../indexer/transfer.ts';
import { NO_SIGNAL, apply } from '../../conformance/search-engine/setting.ts';
import { frameSequence } from './frame-sequence.ts';

/** Fills the index of a data folder. */
export async function fillHistory(dataFolder: string, frames = 9): Promise<void> {
  const index = openEmbedded(dataFolder, 'write');
  await fillIndex(index, frames);
  await index.close();
}

/** Fills an index with frames of three systems, of which one is partial. */
export async function fillIndex(index: Index, frames = 9): Promise<void> {
  const problems = [
    { code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/srv/private', message: 'denied' },
  ];
  for (const [number, sketch] of frameSequence(frames).entries())
    await apply(index, number === 4 ? { ...sketch, problems } : sketch);
}

/** All that an index knows, as it travels. */
export async function everything(index: Index): Promise<string> {
  let text = '';
  for await (const { lines } of exportedFrames(index, () => undefined, NO_SIGNAL))
    for await (const line of lines) text += ndjsonLine(line);
  return text;
}

/** The same of the index of a data folder. */
export async function everythingIn(dataFolder: string): Promise<string> {
  const index = openEmbedded(dataFolder, 'read');
  try {
    return await everything(index);
  } finally {
    await index.close();
  }
}
