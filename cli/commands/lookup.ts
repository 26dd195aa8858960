// unfold lookup: addresses and networks → every system, and every place, where they are written.
import { lookup } from '../../query/lookup.ts';
import { EXIT, exitOf } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { formatOf, printLookup, type FormatOptions } from '../output/formats.ts';
import type { GlobalOptions } from '../settings.ts';
import { instantOption, limitOf } from './values.ts';

/** Options of the command. */
export interface LookupCommandOptions extends GlobalOptions, FormatOptions {
  evidence: number;
  at?: string;
}

/** Prints the answer; returns the exit status: found if anything was found for any of them. */
export async function lookupCommand(
  asked: readonly string[],
  options: LookupCommandOptions,
): Promise<number> {
  formatOf(options);
  const at = instantOption(options.at);
  const answer = await withIndex(options, (engine, { staleAfterHours }) =>
    lookup(engine, asked, {
      at,
      evidence: limitOf(options.evidence),
      staleAfterHours,
      signal: new AbortController().signal,
    }),
  );
  printLookup(answer, options);
  if (answer.lookups.some(({ systems }) => systems.length > 0)) return EXIT.found;
  return exitOf(answer.lookups.map(({ coverage }) => coverage));
}
