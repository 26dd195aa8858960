// The version of this package, whether it runs from its sources or from dist/.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As package.json states it. */
export function version(): string {
  const candidates = ['..', '../..'].map((up) => join(import.meta.dirname, up, 'package.json'));
  const file = candidates.find((path) => existsSync(path));
  if (file === undefined) return 'unknown';
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
