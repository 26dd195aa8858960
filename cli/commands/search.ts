// unfold search: words, fields and addresses → the systems that have them.
import { answerStream, type AnswerRest } from '../../query/answer-stream.ts';
import { narrowings, USUAL_FACETS, wantedFacet } from '../../query/facets.ts';
import type { AskableIndex } from '../../query/restricted.ts';
import { search, type SearchOptions } from '../../query/search.ts';
import { EXIT, exitOf } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { formatOf, printAnswer, sayRest, type FormatOptions } from '../output/formats.ts';
import type { GlobalOptions } from '../settings.ts';
import { printAll, toJson } from '../terminal.ts';
import { instantOption, limitOf } from './values.ts';

const FACET_SIZE = 5;
/** Systems that an answer for a reader lists; programs get all. */
const LIMIT = 20;

/** Options of the command. */
export interface SearchCommandOptions extends GlobalOptions, FormatOptions {
  limit?: number;
  evidence: number;
  at?: string;
  cursor?: string;
  explain?: boolean;
  facet?: string[];
  facetSize?: number;
  narrow?: string[];
}

/** Prints the answer; returns the exit status. */
export async function searchCommand(query: string, options: SearchCommandOptions): Promise<number> {
  const format = formatOf(options);
  const isStream = format === 'ndjson' || format === 'csv';
  const at = instantOption(options.at);
  const { total, coverage } = await withIndex(options, (engine, { staleAfterHours }) => {
    const wanted: SearchOptions = {
      at,
      limit: limitOf(options.limit ?? (isStream ? Infinity : LIMIT)),
      evidence: limitOf(options.evidence),
      cursor: options.cursor ?? null,
      facets: (options.facet ?? USUAL_FACETS).map((one) => wantedFacet(one, options.facetSize ?? FACET_SIZE)),
      narrowed: narrowings(options.narrow ?? []),
      explain: options.explain === true,
      staleAfterHours,
      signal: new AbortController().signal,
    };
    return isStream ? streamed(engine, query, wanted, format) : printed(engine, query, wanted, format);
  });
  return total.systems > 0 ? EXIT.found : exitOf([coverage]);
}

async function printed(
  engine: AskableIndex,
  query: string,
  wanted: SearchOptions,
  format: 'text' | 'json',
): Promise<AnswerRest> {
  const answer = await search(engine, query, wanted);
  printAnswer(answer, format);
  return answer;
}

async function streamed(
  engine: AskableIndex,
  query: string,
  wanted: SearchOptions,
  format: 'ndjson' | 'csv',
): Promise<AnswerRest> {
  const rest = await printAll(answerStream(engine, query, wanted, { format, toJson }));
  if (format === 'csv') sayRest(rest);
  return rest;
}
