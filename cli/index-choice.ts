// Which index a command works on: options come first, then the environment, then the configuration file.
import { dirname, resolve } from 'node:path';
import type { ElasticsearchConfiguration, IndexConfiguration } from '../schemas/configuration.ts';
import { UnfoldError } from '../schemas/error.ts';

/** The engines, the default first. */
export const ENGINES = [
  'embedded',
  'elasticsearch',
] as const satisfies readonly IndexConfiguration['engine'][];
export type Engine = (typeof ENGINES)[number];

/** Options that choose an index. */
export interface IndexOptions {
  engine?: Engine;
  elasticsearchNode?: string[];
}

/** All that it takes to open an index; can be sent to a thread. */
export type IndexChoice =
  | { readonly engine: 'embedded'; readonly dataFolder: string }
  | { readonly engine: 'elasticsearch'; readonly elasticsearch: ElasticsearchConfiguration };

/** `--engine`, else Elasticsearch if a node of it is named, else `$UNFOLD_ENGINE`, else `index.engine`. Throws UNFOLD_USAGE. */
export function engineOf(options: IndexOptions, configured: Engine | undefined): Engine {
  const { engine, elasticsearchNode } = options;
  if (engine === 'embedded' && elasticsearchNode !== undefined)
    throw new UnfoldError('UNFOLD_USAGE', 'The embedded engine has no --elasticsearch-node.');
  if (engine !== undefined) return engine;
  if (elasticsearchNode !== undefined) return 'elasticsearch';
  const named = process.env['UNFOLD_ENGINE'] || undefined;
  if (named === undefined) return configured ?? 'embedded';
  const found = ENGINES.find((known) => known === named);
  if (found !== undefined) return found;
  throw new UnfoldError('UNFOLD_USAGE', `$UNFOLD_ENGINE is ${JSON.stringify(named)}.`, {
    remedy: `Set it to ${ENGINES.join(' or ')}.`,
  });
}

/** The choice, with credentials from the environment where none are configured. `file` is the configuration's. */
export async function indexChoice(
  options: IndexOptions,
  configured: IndexConfiguration | null,
  { dataFolder, file }: { dataFolder: string; file: string | null },
): Promise<IndexChoice> {
  const engine = engineOf(options, configured?.engine);
  if (engine === 'embedded') return { engine, dataFolder };
  const nodes = options.elasticsearchNode ?? configured?.elasticsearch?.nodes;
  if (nodes === undefined)
    throw new UnfoldError('UNFOLD_USAGE', 'No node of Elasticsearch is named.', {
      remedy:
        'Name one with --elasticsearch-node, or under index.elasticsearch.nodes in the configuration file.',
    });
  // The schema takes longer to load than a search in the embedded index.
  const { ElasticsearchConfiguration: schema } = await import('../schemas/configuration.ts');
  const elasticsearch = schema.parse({ ...configured?.elasticsearch, nodes });
  return {
    engine,
    elasticsearch: { ...elasticsearch, ...authority(elasticsearch, file), ...credentials(elasticsearch) },
  };
}

/** A path in the configuration file is relative to it. */
function authority(
  { ca }: ElasticsearchConfiguration,
  file: string | null,
): Pick<ElasticsearchConfiguration, 'ca'> {
  return ca === undefined || file === null ? {} : { ca: resolve(dirname(file), ca) };
}

type Credentials = Pick<ElasticsearchConfiguration, 'apiKey' | 'username' | 'password'>;

function credentials({ apiKey, username, password }: Credentials): Credentials {
  if (apiKey !== undefined) return { apiKey };
  const environment = (name: string): string | undefined =>
    process.env[`UNFOLD_ELASTICSEARCH_${name}`] || undefined;
  const key = environment('API_KEY');
  const user = username ?? environment('USERNAME');
  if (username === undefined && key !== undefined) return { apiKey: key };
  const secret = password ?? environment('PASSWORD');
  return {
    ...(user === undefined ? {} : { username: user }),
    ...(user === undefined || secret === undefined ? {} : { password: secret }),
  };
}
