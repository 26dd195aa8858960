// Compares over a real index, for tests.
import type { SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { compare, type CompareOptions } from '../../../query/compare/compare.ts';
import { Comparison, type Change } from '../../../schemas/comparison.ts';
import { NO_SIGNAL } from '../../conformance/search-engine/setting.ts';

const OPTIONS: CompareOptions = {
  features: null,
  path: null,
  minor: false,
  texts: true,
  staleAfterHours: 1e9,
  signal: NO_SIGNAL,
};

/** A comparison, by default of the last two frames of the system `s`, as its schema has it. */
export async function comparison(
  engine: SearchEngine,
  options: Partial<CompareOptions> = {},
  asked: Parameters<typeof compare>[1] = {
    from: { system: 's', at: 'before' },
    to: { system: 's', at: null },
  },
): Promise<Comparison> {
  const { changes, ...about } = await compare(engine, asked, { ...OPTIONS, ...options });
  const found: Change[] = [];
  for await (const change of changes) found.push(change);
  return Comparison.parse({
    schema: 'unfold.comparison/1',
    ...about,
    changes: found,
    counts: {},
    same: found.length === 0,
  });
}
