// unfold lookup: addresses, networks, ranges, names and ports → every system, and every place, where they are written.
import type { MatchMode, Reconciliation, Role } from '../../schemas/answer.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { lookup } from '../../query/lookup/lookup.ts';
import { EXIT, exitOf } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { formatOf, printLookup, type FormatOptions } from '../output/formats.ts';
import type { GlobalOptions } from '../settings.ts';
import { askedItems } from './lookup-items.ts';
import { instantOption, limitOf } from './values.ts';

/** Options of the command. */
export interface LookupCommandOptions extends GlobalOptions, FormatOptions {
  file?: string;
  evidence: number;
  at?: string;
  from?: string;
  to?: string;
  match: MatchMode;
  role?: readonly Role[];
  scope?: string;
  names?: boolean;
  reconcile?: Reconciliation;
}

/** Prints the answer; returns the exit status: found if anything was found for any of them. */
export async function lookupCommand(
  items: readonly string[],
  options: LookupCommandOptions,
): Promise<number> {
  formatOf(options);
  const period = periodOf(options);
  const asked = await askedItems(items, options.file);
  const answer = await withIndex(options, (engine, { staleAfterHours }) =>
    lookup(engine, asked, {
      ...period,
      match: options.match,
      roles: options.role ?? [],
      scope: options.scope ?? null,
      names: options.names === true,
      reconcile: options.reconcile ?? null,
      evidence: limitOf(options.evidence),
      staleAfterHours,
      signal: new AbortController().signal,
    }),
  );
  printLookup(answer, options);
  if (answer.lookups.some(({ systems }) => systems.length > 0)) return EXIT.found;
  return exitOf(answer.lookups.map(({ coverage }) => coverage));
}

function periodOf({ at, from, to }: LookupCommandOptions): { at: Date | null; from: Date | null } {
  if (at !== undefined && (from !== undefined || to !== undefined))
    throw new UnfoldError('UNFOLD_USAGE', 'Give an instant with --at, or a window with --from and --to.');
  if (to !== undefined && from === undefined)
    throw new UnfoldError('UNFOLD_USAGE', '--to ends a window that --from has to begin.');
  return {
    at: at === undefined ? instantOption(to, '--to') : instantOption(at),
    from: instantOption(from, '--from'),
  };
}
