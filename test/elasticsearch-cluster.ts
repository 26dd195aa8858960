// Real Elasticsearch for tests: one node of each version per run, shared by all test files, and clusters to be broken.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { clusterStatus, startCluster, stopCluster } from '../deploy/elasticsearch-local/cluster.ts';
import { hasServer, javaFor, type Major } from '../deploy/elasticsearch-local/server.ts';
import { ElasticsearchConfiguration } from '../schemas/configuration.ts';
import { requirement, whereFound } from './requirements.ts';

/** Where deploy/setup.sh puts servers. */
export const LOCAL_SERVERS = join(import.meta.dirname, '../.unfold/elasticsearch');
const START_MS = 240_000;
/** Set by test/start-run.js. */
const CLUSTERS = process.env['UNFOLD_TEST_CLUSTERS'] ?? '';
const OWNER = Number(process.env['UNFOLD_TEST_OWNER']);
const START = { cache: LOCAL_SERVERS, say: () => undefined };

/** A cluster that tests share. */
export interface SharedCluster {
  /** URLs of its nodes. */
  nodes(): readonly string[];
  /** A configuration with a prefix that nobody else has. What is stored under it is removed at the end. */
  configuration(): ElasticsearchConfiguration;
  /** Removes it earlier. */
  remove(configuration: ElasticsearchConfiguration): Promise<void>;
}

/** A cluster of a test's own. */
export interface OwnCluster {
  nodes(): readonly string[];
  kill(node: number): Promise<void>;
  /** Starts a node, or all that do not run. */
  start(node?: number): Promise<void>;
}

/** `test` where Elasticsearch can run, otherwise a skipped test that says why not. */
export function elasticsearchTest(major: Major): ReturnType<typeof requirement> {
  const name = `Elasticsearch ${major}`;
  // No distribution has to have the Java of 9.x.
  const needs = javaFor(major) === null && major === 9 ? whereFound : requirement;
  return needs(
    name,
    hasServer(major, LOCAL_SERVERS),
    'deploy/setup.sh fetches it where there is a Java for it',
  );
}

/** Describes tests that use the run's node of a version; where it cannot run, one skipped test stands for them. */
export function describeElasticsearch(major: Major, suite: (cluster: SharedCluster) => void): void {
  describeWhereItRuns(major, `Elasticsearch ${major}`, () => {
    let nodes: readonly string[] = [];
    const used = new Set<ElasticsearchConfiguration>();
    const remove = async (configuration: ElasticsearchConfiguration): Promise<void> => {
      used.delete(configuration);
      await removeIndices(nodes[0] ?? '', configuration.prefix);
    };
    beforeAll(async () => {
      const setting = { major, nodes: 1, port: 0, heapMegabytes: 512, owner: OWNER } as const;
      nodes = await startCluster(join(CLUSTERS, `shared-${major}`), setting, START);
    }, START_MS);
    afterAll(async () => {
      for (const configuration of used) await remove(configuration);
    });
    suite({
      nodes: () => nodes,
      configuration() {
        const prefix = `t${randomBytes(6).toString('hex')}`;
        const configuration = ElasticsearchConfiguration.parse({ nodes, prefix, replicas: 0 });
        used.add(configuration);
        return configuration;
      },
      remove,
    });
  });
}

/** Describes tests that break a cluster of three nodes: it is theirs alone. */
export function describeOwnCluster(suite: (cluster: OwnCluster) => void): void {
  describeWhereItRuns(8, 'Elasticsearch on three nodes', () => {
    const folder = join(CLUSTERS, `own-${randomBytes(6).toString('hex')}`);
    const setting = { major: 8, nodes: 3, port: 0, heapMegabytes: 256, owner: OWNER } as const;
    beforeAll(() => startCluster(folder, setting, START), START_MS);
    afterAll(() => stopCluster(folder, { signal: 'SIGKILL' }));
    suite({
      nodes: () => clusterStatus(folder).map(({ url }) => url),
      kill: (node) => stopCluster(folder, { node, signal: 'SIGKILL' }),
      start: async (node) => {
        await startCluster(folder, {}, node === undefined ? START : { ...START, node });
      },
    });
  });
}

function describeWhereItRuns(major: Major, name: string, suite: () => void): void {
  if (hasServer(major, LOCAL_SERVERS)) describe(name, suite);
  else elasticsearchTest(major)(name, () => undefined);
}

/** Removes the indices and templates whose names begin with a prefix. */
async function removeIndices(node: string, prefix: string): Promise<void> {
  const indices = await ask<object>(node, `${prefix}*?expand_wildcards=all&features=aliases`);
  for (const name of Object.keys(indices ?? {})) await fetch(`${node}/${name}`, { method: 'DELETE' });
  const path = '_index_template';
  const templates = await ask<{ index_templates: { name: string }[] }>(node, `${path}/${prefix}*`);
  for (const { name } of templates?.index_templates ?? [])
    await fetch(`${node}/${path}/${name}`, { method: 'DELETE' });
}

/** Null where there is nothing of the kind. */
async function ask<T>(node: string, path: string): Promise<T | null> {
  const response = await fetch(`${node}/${path}`);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as T;
}
