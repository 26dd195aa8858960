// Turns what was thrown into the problem that a frame records.
import type { ContentSkip } from '../schemas/entries.ts';
import { UnfoldError, type ErrorCode } from '../schemas/error.ts';
import type { Problem } from '../schemas/problem.ts';
import { errorCode } from './error-code.ts';

/** The problem, without a path: everything that `extractor` contributes is in doubt. */
export function problemOf(error: unknown, extractor: string): Problem {
  if (error instanceof UnfoldError) return { code: error.code, extractor, message: error.message };
  return { code: 'UNFOLD_INTERNAL', extractor, message: describe(error) };
}

const SKIP_CODES: Readonly<Partial<Record<ContentSkip, ErrorCode>>> = {
  'too-large': 'UNFOLD_TOO_LARGE',
  torn: 'UNFOLD_TORN',
};

/** The problem that a known file has no content; `lost` says what it would have told. */
export function problemOfSkip(path: string, skip: ContentSkip, lost: string): Omit<Problem, 'extractor'> {
  return { code: SKIP_CODES[skip] ?? 'UNFOLD_UNREADABLE', path, message: `${lost}: ${skip}` };
}

/** Names an unexpected error by its kind and place: its message could quote what was crawled. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no error was thrown';
  const code = errorCode(error);
  const place = /([\w.-]+:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1];
  return `${error.name}${code === null ? '' : ` ${code}`}${place === undefined ? '' : ` at ${place}`}`;
}
