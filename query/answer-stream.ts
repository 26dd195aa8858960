// The whole answer to a query as text for programs: NDJSON or CSV of any number of systems, in the memory of one page.
import type { Answer, Facet, Notice, SystemHit } from '../schemas/answer.ts';
import { CSV_HEADER, csvRows } from './csv.ts';
import type { AskableIndex } from './restricted.ts';
import { search, type SearchOptions } from './search.ts';

/** Systems of the first page, and of the largest. */
const FIRST_PAGE = 50;
const LARGEST_PAGE = 1000;
/** Characters that a page is meant to have: a system may have one piece of evidence, or thousands. */
const PAGE_CHARACTERS = 4 * 1024 ** 2;
/** A page has at most so many times the systems of the one before. */
const GROWTH = 4;

/** An answer without its systems: the last line of NDJSON. */
export type AnswerRest = Omit<Answer, 'systems'>;

/** How to write it; `toJson` writes a value on one line. */
export interface StreamForm {
  readonly format: 'ndjson' | 'csv';
  readonly toJson: (value: unknown) => string;
}

/**
 * Writes the answer a page at a time, each system as it comes; returns the rest, which ends NDJSON. Every page is asked as of the
 * same instant; where frames of crawls that began before it come meanwhile, and systems move by them, the rest says so.
 */
export async function* answerStream(
  engine: AskableIndex,
  text: string,
  options: SearchOptions,
  { format, toJson }: StreamForm,
): AsyncGenerator<string, AnswerRest> {
  const started = performance.now();
  const now = options.now ?? new Date();
  const at = options.at ?? (await newestInstant(engine, now, options.signal));
  const limit = options.limit ?? Infinity;
  const write = (hit: SystemHit): string => (format === 'csv' ? csvRows(text, hit) : `${toJson(hit)}\n`);

  if (format === 'csv') yield CSV_HEADER;
  let { cursor, facets } = options;
  const counted: Facet[] = [];
  let listed = 0;
  let size = FIRST_PAGE;
  for (;;) {
    const asked = { ...options, now, at, cursor, facets, limit: Math.min(size, limit - listed) };
    const { systems, ...page } = await search(engine, text, asked);
    const written = systems.map(write).join('');
    yield written;
    size = nextSize(size, systems.length, written.length);
    listed += systems.length;
    counted.push(...page.facets);
    ({ cursor } = page);
    facets = [];
    if (cursor !== null && listed < limit) continue;
    const isWhole = options.cursor === null && cursor === null;
    const notices = [...page.notices, ...(isWhole ? moved(listed, page.total.systems) : [])];
    const tookMs = Math.round((performance.now() - started) * 10) / 10;
    const rest = { ...page, notices, tookMs, facets: counted };
    if (format === 'ndjson') yield `${toJson(rest)}\n`;
    return rest;
  }
}

function nextSize(size: number, systems: number, characters: number): number {
  const fitting = Math.round((systems * PAGE_CHARACTERS) / Math.max(1, characters));
  return Math.max(1, Math.min(fitting, size * GROWTH, LARGEST_PAGE));
}

/** Now, or later where a crawler's clock is ahead: its frame is part of what is known now. */
async function newestInstant(engine: AskableIndex, now: Date, signal: AbortSignal): Promise<Date> {
  const states = await engine.systems(null, signal);
  const newest = states.reduce((latest, { frame }) => {
    const at = frame?.header.at ?? '';
    return at > latest ? at : latest;
  }, now.toISOString());
  return new Date(newest);
}

function moved(listed: number, matching: number): Notice[] {
  if (listed === matching) return [];
  const message = `frames were indexed meanwhile: ${listed} systems are listed, ${matching} match now`;
  return [{ code: 'moved', message }];
}
