// The fields of a system itself, which are no facts: what the catalogue's `system` fields compare with.
import type { SystemRef } from '../../schemas/system.ts';

/** The values of such a field; null for a field of facts. A label is `key=value`. */
export function systemValues(field: string, { id, name, kind, labels }: SystemRef): string[] | null {
  switch (field) {
    case 'system':
      return [id, name];
    case 'kind':
      return [kind];
    case 'label':
      return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    default:
      return null;
  }
}
