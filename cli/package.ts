// This package: its folder and its version, whether it runs from its sources or from dist/.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the package. */
export function packageFolder(): string {
  const parent = join(import.meta.dirname, '..');
  return existsSync(join(parent, 'package.json')) ? parent : join(parent, '..');
}

/** As package.json states it. */
export function version(): string {
  const text = readFileSync(join(packageFolder(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
