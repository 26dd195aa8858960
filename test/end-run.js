// After all tests of a run: ends the clusters that they shared.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopCluster } from '../deploy/elasticsearch-local/cluster.ts';

export default async function endRun() {
  const folder = process.env.UNFOLD_TEST_CLUSTERS;
  for (const name of readdirSync(folder)) await stopCluster(join(folder, name), { signal: 'SIGKILL' });
  rmSync(folder, { recursive: true, force: true });
}
