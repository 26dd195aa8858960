// Opens the chosen index; the one place that knows the engines. Each is loaded when it is chosen.
import type { Index } from '../indexer/engines/index-keeping.ts';
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

function sayNotice(message: string): void {
  say(`notice: ${harmless(message)}`);
}
