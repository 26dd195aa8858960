// Before all tests of a run: a folder for the clusters that they share, and the process with which those end.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function startRun() {
  process.env.UNFOLD_TEST_CLUSTERS = mkdtempSync(join(tmpdir(), 'unfold-clusters-'));
  process.env.UNFOLD_TEST_OWNER = String(process.pid);
}
