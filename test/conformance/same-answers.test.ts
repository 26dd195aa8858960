// Embedded, Elasticsearch and a brute-force scan: told the same, in any order and form, they answer the same.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import type { FrameRecord, Index } from '../../indexer/engines/index-keeping.ts';
import { describeElasticsearch } from '../elasticsearch-cluster.ts';
import { ElasticsearchPool } from '../indexer/engines/elasticsearch-pool.ts';
import { Oracle } from './search-engine/oracle.ts';
import { applyStep, askAll, RUNS, situation } from './search-engine/properties.ts';
import { NO_SIGNAL, withEngine, type OpenEngine } from './search-engine/setting.ts';

/** A history costs a cluster hundreds of requests. */
const HISTORIES = Math.ceil(RUNS / 12);

/** What an index remembers of its frames and counts of itself, apart from what the engines store differently. */
async function remembered(index: Index): Promise<unknown> {
  const { systems, frames, facts, contents, oldest, newest } = await index.status(NO_SIGNAL);
  const records: FrameRecord[] = [];
  for (const { system } of await index.systems(null, NO_SIGNAL))
    for await (const record of index.frames(system.id, NO_SIGNAL)) records.push(record);
  return { systems, frames, facts, contents, oldest, newest, records };
}

async function expectSame(openOther: OpenEngine): Promise<void> {
  const property = fc.asyncProperty(situation, async ([steps, questions]) => {
    await withEngine(
      (folder) => openEmbedded(folder, 'write'),
      async (embedded) => {
        await withEngine(openOther, async (other) => {
          const oracle = new Oracle();
          for (const step of steps) await applyStep(step, [embedded, other], oracle);
          await askAll(questions, [embedded, other], oracle);
          expect(await remembered(other)).toEqual(await remembered(embedded));
        });
      },
    );
  });
  await fc.assert(property, { numRuns: HISTORIES });
}

describeElasticsearch(8, (cluster) => {
  const pool = new ElasticsearchPool(() => cluster.configuration());

  test('three ways to keep an index give one answer', async () => {
    await expect(expectSame((folder) => pool.open(folder))).resolves.toBeUndefined();
  }, 900_000);
});
