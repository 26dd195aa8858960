// Rebuilds an index: everything it knows goes into new indices, which the aliases name once they are complete.
import type { Client } from '@elastic/elasticsearch';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { exportedFrames, Import } from '../../transfer.ts';
import type { Progress } from '../index-keeping.ts';
import { requireAll, type Rebuilt } from '../rebuilt.ts';
import { connect, type Connecting } from './connection.ts';
import { ElasticsearchEngine } from './engine.ts';
import { engineError } from './errors.ts';
import {
  currentIndices,
  makeGeneration,
  removeIndices,
  removeLeftovers,
  replaceIndices,
  requireIndices,
} from './generations.ts';
import { namesOf, type Names } from './indices.ts';
import { allowWriting, forbidWriting, whileKeeping } from './keeping-lease.ts';
import { PATIENCE_MS } from './patience.ts';
import { Store } from './store.ts';
import { SystemRecords } from './systems.ts';

/**
 * Rebuilds the index of a cluster. Meanwhile it is read as ever, and who writes waits. Killed at any moment, it leaves the
 * old index or the new one, and indices that the next rebuild removes. Needs space for both. Throws UNFOLD_DATA_MISSING;
 * UNFOLD_DATA_CORRUPT where the new index would not have all that the old one has, UNFOLD_ENGINE_CONFLICT where a frame
 * was published meanwhile: the old index stays then.
 */
export async function rebuildElasticsearch(
  configuration: ElasticsearchConfiguration,
  progress: Progress,
  connecting: Connecting,
): Promise<Rebuilt> {
  const { signal } = connecting;
  const client = await connect(configuration, connecting);
  try {
    const aliases = namesOf(configuration.prefix);
    await requireIndices(client, aliases, signal);
    const old = new Store(client, await currentIndices(client, aliases, signal), signal, PATIENCE_MS.write);
    return await whileKeeping(old, async () => {
      await removeLeftovers(client, aliases, signal);
      const fresh = await makeGeneration(client, configuration, signal);
      try {
        return await replace(old, fresh, aliases, progress);
      } catch (error) {
        // What cannot be removed now the next rebuild removes.
        await removeUnnamed(client, aliases, fresh).catch(() => undefined);
        throw error;
      }
    });
  } catch (error) {
    signal.throwIfAborted();
    throw engineError(error);
  } finally {
    await client.close();
  }
}

async function replace(old: Store, fresh: Names, aliases: Names, progress: Progress): Promise<Rebuilt> {
  const { client, signal } = old;
  const records = new SystemRecords();
  const state = await records.current(old);
  const rebuilt = await copy(old, fresh, progress);
  requireAll(rebuilt, aliases.systems);
  try {
    await forbidWriting(old);
    // A writer that was held up may have looked for the lease before it was taken.
    if ((await records.current(old)) !== state)
      throw new UnfoldError('UNFOLD_ENGINE_CONFLICT', 'an indexer wrote to the index while it was rebuilt', {
        remedy: 'Rebuild it again.',
      });
    await replaceIndices(client, aliases, { old: old.names, fresh }, signal);
  } catch (error) {
    await allowWriting(old).catch(() => undefined);
    throw error;
  }
  return rebuilt;
}

async function copy({ client, names, signal }: Store, fresh: Names, progress: Progress): Promise<Rebuilt> {
  const engine = (indices: Names, mode: 'read' | 'write') =>
    new ElasticsearchEngine(client, indices, { mode, patienceMs: PATIENCE_MS.write }, () =>
      Promise.resolve(),
    );
  const source = engine(names, 'read');
  const target = engine(fresh, 'write');
  try {
    const before = await source.status(signal);
    const taking = new Import(target, signal);
    for await (const { lines } of exportedFrames(source, progress, signal)) await taking.take(lines);
    return { before, after: await target.status(signal) };
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

async function removeUnnamed(client: Client, aliases: Names, fresh: Names): Promise<void> {
  const signal = AbortSignal.timeout(5000);
  const { systems } = await currentIndices(client, aliases, signal);
  if (systems !== fresh.systems) await removeIndices(client, Object.values(fresh), signal);
}
