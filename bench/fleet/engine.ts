// The engine that a benchmark's command line names, and frames as it takes them.
import { openElasticsearch } from '../../indexer/engines/elasticsearch/engine.ts';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import type { Index } from '../../indexer/engines/index-keeping.ts';
import type { FrameLine } from '../../indexer/engines/search-engine.ts';
import { ElasticsearchConfiguration } from '../../schemas/configuration.ts';
import type { FleetOptions } from './options.ts';

export const NO_SIGNAL = new AbortController().signal;

/** The index in a folder, or under a prefix in the cluster. */
export async function openEngine(
  { engine, nodes }: FleetOptions,
  folder: string,
  prefix: string,
): Promise<Index> {
  if (engine === 'embedded') return openEmbedded(folder, 'write');
  return openElasticsearch(ElasticsearchConfiguration.parse({ nodes, prefix, replicas: 0 }), 'write');
}

/** Removes what is stored under a prefix. */
export async function removePrefix([node = '']: readonly string[], prefix: string): Promise<void> {
  const indices = (await (await fetch(`${node}/_alias`)).json()) as Record<string, unknown>;
  for (const name of Object.keys(indices).filter((one) => one.startsWith(`${prefix}-`))) {
    await fetch(`${node}/${name}`, { method: 'DELETE' });
  }
  const { index_templates: templates } = (await (
    await fetch(`${node}/_index_template/${prefix}-*`)
  ).json()) as {
    index_templates: { name: string }[];
  };
  for (const { name } of templates) await fetch(`${node}/_index_template/${name}`, { method: 'DELETE' });
}

// eslint-disable-next-line @typescript-eslint/require-await -- frames are streams
export async function* stream(lines: Iterable<FrameLine>): AsyncGenerator<FrameLine> {
  yield* lines;
}
