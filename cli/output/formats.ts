// The forms in which answers leave: text for readers, JSON, NDJSON and CSV for programs.
import type { Answer, LookupAnswer, Notice } from '../../schemas/answer.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { CSV_HEADER, csvRows } from '../../query/csv.ts';
import { harmless, print, say, toJson } from '../terminal.ts';
import { answerText, coverageText, lookupText } from './answer-text.ts';

/** The options by which a command is told its form. */
export interface FormatOptions {
  json?: boolean;
  ndjson?: boolean;
  csv?: boolean;
}

/** The form that was asked for. Throws UNFOLD_USAGE if there are several. */
export function formatOf(options: FormatOptions): 'text' | 'json' | 'ndjson' | 'csv' {
  const asked = (['json', 'ndjson', 'csv'] as const).filter((format) => options[format] === true);
  if (asked.length > 1)
    throw new UnfoldError(
      'UNFOLD_USAGE',
      `Choose one of ${asked.map((format) => `--${format}`).join(' and ')}.`,
    );
  return asked[0] ?? 'text';
}

/** Prints the answer to a search, for a reader or as JSON. */
export function printAnswer(answer: Answer, format: 'text' | 'json'): void {
  if (format === 'json') print(`${toJson(answer)}\n`);
  else {
    sayNotices(answer.notices);
    print(answerText(answer));
  }
}

/** Says of CSV what its rows cannot. */
export function sayRest({ notices, coverage, cursor }: Omit<Answer, 'systems'>): void {
  sayNotices(notices);
  say(coverageText(coverage));
  if (cursor !== null) say(`there are more systems: --cursor ${cursor}`);
}

/** Prints the answer to a lookup. In NDJSON and CSV each system says what was `asked`. */
export function printLookup(answer: LookupAnswer, options: FormatOptions): void {
  switch (formatOf(options)) {
    case 'json':
      print(`${toJson(answer)}\n`);
      break;
    case 'ndjson':
      for (const { asked, systems } of answer.lookups)
        for (const hit of systems) print(`${toJson({ asked, ...hit })}\n`);
      print(
        `${toJson({ ...answer, lookups: answer.lookups.map(({ asked, coverage }) => ({ asked, coverage })) })}\n`,
      );
      break;
    case 'csv':
      print(CSV_HEADER);
      for (const { asked, systems } of answer.lookups) for (const hit of systems) print(csvRows(asked, hit));
      sayNotices(answer.notices);
      say(coverageText(answer.coverage));
      break;
    case 'text':
      sayNotices(answer.notices);
      print(lookupText(answer));
  }
}

function sayNotices(notices: readonly Notice[]): void {
  for (const { message } of notices) say(`notice: ${harmless(message)}`);
}
