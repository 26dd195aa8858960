// An engine on a real Elasticsearch, and what it has to answer in the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex } from '../../../cli/index-opening.ts';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { apply } from '../../conformance/search-engine/setting.ts';
import { frameSequence } from './frame-sequence.ts';
import { everything } from './killed-indexer.ts';

/** Uses an engine, and collects what it says meanwhile. */
export async function opened<T>(
  elasticsearch: ElasticsearchConfiguration,
  mode: 'read' | 'write',
  use: (engine: SearchEngine, notices: string[]) => Promise<T>,
): Promise<T> {
  const notices: string[] = [];
  const notice = (text: string): void => void notices.push(text);
  const engine = await openIndex({ engine: 'elasticsearch', elasticsearch }, mode, { notice });
  try {
    return await use(engine, notices);
  } finally {
    await engine.close();
  }
}

/** What an engine answers that nothing ever happened to. */
export async function undisturbed(frames: number): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'unfold-undisturbed-'));
  const engine = openEmbedded(folder, 'write');
  try {
    for (const sketch of frameSequence(frames)) await apply(engine, sketch);
    return await everything(engine, frames);
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
}
