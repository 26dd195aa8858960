// What a fleet's command line says.
import { parseArgs } from 'node:util';
import type { FleetShape } from './fleet.ts';

export interface FleetOptions extends FleetShape {
  /** Crawls of each system. */
  readonly crawls: number;
  /** Whether every crawl of a system but its first is a delta. */
  readonly deltas: boolean;
  readonly engine: 'embedded' | 'elasticsearch';
  /** URLs of nodes. */
  readonly nodes: readonly string[];
  /** Folder in which an index stays for the next run. */
  readonly data: string | null;
}

/** Reads the options of the process; a benchmark brings defaults of its own. */
export function fleetOptions(defaults: Partial<FleetShape> = {}): FleetOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      systems: text,
      files: text,
      unique: text,
      mutation: text,
      crawls: text,
      seed: text,
      engine: { ...text, default: 'embedded' },
      node: { ...text, multiple: true, default: ['http://127.0.0.1:9200'] },
      data: text,
      deltas: { type: 'boolean', default: false },
    },
  });
  const number = (
    name: 'systems' | 'files' | 'unique' | 'mutation' | 'crawls' | 'seed',
    fallback: number,
  ): number => {
    const given = values[name] === undefined ? fallback : Number(values[name]);
    if (!Number.isFinite(given) || given < 0) throw new Error(`--${name} takes a number`);
    return given;
  };
  if (values.engine !== 'embedded' && values.engine !== 'elasticsearch') {
    throw new Error('--engine takes embedded or elasticsearch');
  }
  return {
    systems: number('systems', defaults.systems ?? 200),
    files: number('files', defaults.files ?? 5000),
    unique: number('unique', defaults.unique ?? 0.01),
    mutation: number('mutation', defaults.mutation ?? 0.01),
    crawls: number('crawls', 1),
    seed: number('seed', defaults.seed ?? 1),
    engine: values.engine,
    nodes: values.node,
    data: values.data ?? null,
    deltas: values.deltas,
  };
}
