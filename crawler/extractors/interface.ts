// Network interfaces and their addresses.
import type { InterfaceEntry } from '../../schemas/entries.ts';
import type { Extractor } from './extractor.ts';

/** Extracts every interface. */
export const networkInterface: Extractor = {
  name: 'interface',
  feature: 'interface',
  requires: ['interfaces'],
  reads: [],
  start: (context) => ({
    live: {
      interface: (entry: InterfaceEntry) =>
        context.emit(entry.namespace === undefined ? entry.name : `${entry.name} ${entry.namespace}`, entry),
    },
  }),
};
