// unfold search: words, fields and addresses → the systems that have them.
import type { FacetField } from '../../schemas/plan.ts';
import { search } from '../../query/search.ts';
import { EXIT, exitOf } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { formatOf, printAnswer, type FormatOptions } from '../output/formats.ts';
import type { GlobalOptions } from '../settings.ts';
import { instantOption, limitOf } from './values.ts';

const FACETS: readonly FacetField[] = ['kind', 'os', 'package', 'directory', 'feature'];
const FACET_SIZE = 5;

/** Options of the command. */
export interface SearchCommandOptions extends GlobalOptions, FormatOptions {
  limit: number;
  evidence: number;
  at?: string;
  cursor?: string;
}

/** Prints the answer; returns the exit status. */
export async function searchCommand(query: string, options: SearchCommandOptions): Promise<number> {
  formatOf(options);
  const at = instantOption(options.at);
  const answer = await withIndex(options, (engine, { staleAfterHours }) =>
    search(engine, query, {
      at,
      limit: limitOf(options.limit),
      evidence: limitOf(options.evidence),
      cursor: options.cursor ?? null,
      facets: FACETS.map((field) => ({ field, size: FACET_SIZE })),
      staleAfterHours,
      signal: new AbortController().signal,
    }),
  );
  printAnswer(answer, options);
  return answer.total.systems > 0 ? EXIT.found : exitOf([answer.coverage]);
}
