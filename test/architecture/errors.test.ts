// Error codes and their documentation agree both ways, and every code in the sources is in the catalogue.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ERROR_CODES } from '../../schemas/error.ts';
import { errorsPage } from '../../schemas/generate.ts';

const root = join(import.meta.dirname, '../..');
const catalogue = Object.keys(ERROR_CODES).sort();

test('docs/errors.md is what `npm run generate` writes', () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(errorsPage());
});

test('every code is used, and every used code is in the catalogue', () => {
  const files = globSync('{crawler,indexer,query,cli,deploy}/**/{*.ts,unfold}', { cwd: root });
  expect(files.length).toBeGreaterThan(20);
  const used = new Set<string>();
  for (const file of files) {
    for (const match of readFileSync(join(root, file), 'utf8').matchAll(/\bUNFOLD_[A-Z]+(?:_[A-Z]+)*\b/g)) {
      if (!ENVIRONMENT.has(match[0])) used.add(match[0]);
    }
  }
  expect([...used].sort()).toEqual(catalogue);
});

/** Names of environment variables, which look like codes. */
const ENVIRONMENT = new Set([
  'UNFOLD_DATA',
  'UNFOLD_REQUIRE',
  'UNFOLD_BENCH_DIR',
  'UNFOLD_CONFIG',
  'UNFOLD_ENGINE',
  'UNFOLD_ELASTICSEARCH_API_KEY',
  'UNFOLD_ELASTICSEARCH_USERNAME',
  'UNFOLD_ELASTICSEARCH_PASSWORD',
]);
