// Runs jest over the given patterns (default: all tests) and ends with the plain totals.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface JestResults {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

const folder = mkdtempSync(join(tmpdir(), 'unfold-test-'));
const report = join(folder, 'jest.json');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
// A run that hangs shall end with totals, too.
const MOST_MS = 45 * 60_000;
const run = spawnSync(
  process.execPath,
  [...flags, jest, '--json', `--outputFile=${report}`, ...process.argv.slice(2)],
  { stdio: ['ignore', 'ignore', 'inherit'], timeout: MOST_MS },
);

let results: JestResults | undefined;
try {
  results = JSON.parse(readFileSync(report, 'utf8')) as JestResults;
} catch {
  console.error(
    run.signal === null ? 'jest left no report' : `jest did not end within ${MOST_MS / 60_000} minutes`,
  );
}
rmSync(folder, { recursive: true });

const skipped = (results?.testResults ?? [])
  .flatMap((file) => file.assertionResults)
  .filter(({ status }) => status === 'pending' || status === 'todo');
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);

// A file that does not even load has no test to count, and is a failure all the same.
const failed = (results?.numFailedTests ?? 1) + (results?.numRuntimeErrorTestSuites ?? 0);
const passed = results?.numPassedTests ?? 0;
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = run.status === 0 && failed === 0 && passed > 0 ? 0 : 1;
