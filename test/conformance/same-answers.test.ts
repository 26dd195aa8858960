// Embedded, Elasticsearch and a brute-force scan: told the same, in any order and form, they answer the same.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openElasticsearch } from '../../indexer/engines/elasticsearch/engine.ts';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import { describeElasticsearch, type SharedCluster } from '../elasticsearch-cluster.ts';
import { Oracle } from './search-engine/oracle.ts';
import { applyStep, askAll, RUNS, situation } from './search-engine/properties.ts';
import { withEngine } from './search-engine/setting.ts';

/** A history costs a cluster a second and more. */
const HISTORIES = Math.ceil(RUNS / 12);

async function same(cluster: SharedCluster): Promise<void> {
  const property = fc.asyncProperty(situation, async ([steps, questions]) => {
    const configuration = cluster.configuration();
    const elasticsearch = await openElasticsearch(configuration, 'write');
    try {
      await withEngine(
        (folder) => openEmbedded(folder, 'write'),
        async (embedded) => {
          const engines = [embedded, elasticsearch];
          const oracle = new Oracle();
          for (const step of steps) await applyStep(step, engines, oracle);
          await askAll(questions, engines, oracle);
        },
      );
    } finally {
      await elasticsearch.close();
      await cluster.remove(configuration);
    }
  });
  await fc.assert(property, { numRuns: HISTORIES });
}

describeElasticsearch(8, (cluster) => {
  test('three ways to keep an index give one answer', async () => {
    await expect(same(cluster)).resolves.toBeUndefined();
  }, 600_000);
});
