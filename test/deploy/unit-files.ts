// The systemd units of deploy/, as tests read them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const UNITS = join(import.meta.dirname, '../../deploy/systemd');

/** The values of a setting of a unit, separated by blanks in the file; several lines add up. */
export function setting(unit: string, key: string): string[] {
  return readFileSync(join(UNITS, unit), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .flatMap((line) => line.slice(key.length + 1).split(/\s+/))
    .filter((value) => value !== '');
}

/** The capabilities that a unit gives, as setpriv names them. */
export function capabilities(unit: string): string[] {
  return setting(unit, 'AmbientCapabilities').map((name) => name.replace(/^CAP_/, '').toLowerCase());
}
