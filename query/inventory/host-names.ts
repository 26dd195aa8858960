// Names under which systems stand in an inventory: their own where these are unique and plain.
import { createHash } from 'node:crypto';
import type { SystemRef } from '../../schemas/system.ts';

/** What means something else to Ansible. */
const TAKEN = new Set(['', 'all', 'ungrouped', 'localhost', '_meta']);

/**
 * A name for each system, by its id. A name that several systems have, or that would have to be changed, gets a part of a hash of the
 * id behind it: which systems there are besides decides nothing but that.
 */
export function hostNames(systems: readonly SystemRef[]): ReadonlyMap<string, string> {
  const times = new Map<string, number>();
  const plain = (name: string): string =>
    name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[^A-Za-z0-9]+/, '');
  for (const { name } of systems) {
    const key = plain(name).toLowerCase();
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return new Map(
    systems.map(({ id, name }) => {
      const own = plain(name);
      const isOwn = own === name && times.get(own.toLowerCase()) === 1 && !TAKEN.has(own.toLowerCase());
      return [id, isOwn ? own : `${own || 'system'}-${digest(id)}`];
    }),
  );
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 8);
}
