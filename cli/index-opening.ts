// Opens the chosen index; the one place that knows the engines. Each is loaded when it is chosen.
import type { Index, Progress } from '../indexer/engines/index-keeping.ts';
import type { Rebuilt } from '../indexer/engines/rebuilt.ts';
import type { IndexChoice } from './index-choice.ts';
import { harmless, say } from './terminal.ts';

/** How an index is opened. */
export interface Opening {
  /** Whether to wait for a cluster that does not answer yet; who writes does anyway. */
  readonly isPatient?: boolean;
  /** Told what is waited for; stderr by default. */
  readonly notice?: (message: string) => void;
}

/** A cluster that is restarted answers again within a minute; who asks a question does not wait as long. */
const PATIENCE_MS = 60_000;

/** Opens an index. To read, it must be there: throws UNFOLD_DATA_MISSING. */
export async function openIndex(
  choice: IndexChoice,
  mode: 'read' | 'write',
  { isPatient = mode === 'write', notice = sayNotice }: Opening = {},
): Promise<Index> {
  if (choice.engine === 'embedded') {
    const { openEmbedded } = await import('../indexer/engines/embedded/engine.ts');
    return openEmbedded(choice.dataFolder, mode);
  }
  const { openElasticsearch } = await import('../indexer/engines/elasticsearch/engine.ts');
  return openElasticsearch(choice.elasticsearch, mode, { patienceMs: isPatient ? PATIENCE_MS : 0, notice });
}

/** Rebuilds an index that is there. */
export async function rebuildIndex(
  choice: IndexChoice,
  progress: Progress,
  signal: AbortSignal,
): Promise<Rebuilt> {
  if (choice.engine === 'embedded') {
    // A missing index is not made.
    await (await openIndex(choice, 'read')).close();
    const { rebuildEmbedded } = await import('../indexer/engines/embedded/rebuild.ts');
    return rebuildEmbedded(choice.dataFolder, progress, signal);
  }
  const { rebuildElasticsearch } = await import('../indexer/engines/elasticsearch/rebuild.ts');
  const connecting = { signal, patienceMs: PATIENCE_MS, notice: sayNotice };
  return rebuildElasticsearch(choice.elasticsearch, progress, connecting);
}

function sayNotice(message: string): void {
  say(`notice: ${harmless(message)}`);
}
