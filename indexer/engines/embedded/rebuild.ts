// Rebuilds an index: everything it knows goes into a new file, which takes the place of the old one when it is complete.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { UnfoldError } from '../../../schemas/error.ts';
import { exportedFrames, Import, type ExportedFrame } from '../../transfer.ts';
import type { IndexStatus, Progress } from '../index-keeping.ts';
import { requireAll, type Rebuilt } from '../rebuilt.ts';
import { openWriter } from './connection.ts';
import { INDEX_FILE, openEmbeddedFile } from './engine.ts';
import { freshName, realFile, removeOthers, replaceBy } from './index-file.ts';
import { beginWriting } from './write-lock.ts';

/**
 * Rebuilds the index of a data folder. Meanwhile it is read as ever, and who writes waits. Killed at any moment, it
 * leaves the old index or the new one. Needs space for both. Throws UNFOLD_DATA_CORRUPT where the new index does not
 * have all that the old one has; the old one stays then.
 */
export async function rebuildEmbedded(
  dataFolder: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Rebuilt> {
  const file = join(dataFolder, INDEX_FILE);
  const old = realFile(file);
  const lock = openWriter(old);
  try {
    await beginWriting(lock, signal);
    if (realFile(file) !== old)
      throw new UnfoldError('UNFOLD_DATA_UNWRITABLE', `${file} was rebuilt by another process meanwhile`);
    removeOthers(file);
    const fresh = freshName(file);
    const rebuilt = await copy(old, fresh, progress, signal);
    requireAll(rebuilt, file);
    replaceBy(file, fresh);
    return rebuilt;
  } finally {
    lock.close();
    removeOthers(file);
  }
}

async function copy(old: string, fresh: string, progress: Progress, signal: AbortSignal): Promise<Rebuilt> {
  const source = openEmbeddedFile(old, 'read');
  try {
    const before = await source.status(signal);
    const after = await fill(fresh, exportedFrames(source, progress, signal), signal);
    // Closed, it is one file.
    return { before, after: { ...after, bytes: statSync(fresh).size } };
  } finally {
    await source.close();
  }
}

async function fill(
  fresh: string,
  frames: AsyncIterable<ExportedFrame>,
  signal: AbortSignal,
): Promise<IndexStatus> {
  const target = openEmbeddedFile(fresh, 'write');
  try {
    const taking = new Import(target, signal);
    for await (const { lines } of frames) await taking.take(lines);
    return await target.status(signal);
  } finally {
    await target.close();
  }
}
