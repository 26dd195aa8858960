// An error → what the user reads of it on stderr.
import type { Coverage } from '../schemas/coverage.ts';
import { UnfoldError } from '../schemas/error.ts';
import { harmless, say, toJson } from './terminal.ts';

/** Exit statuses (DESIGN.md, section 7). */
export const EXIT = { found: 0, none: 1, error: 2, incomplete: 3, interrupted: 130 } as const;

/** The status where nothing was found: it says whether that can be relied on. */
export function exitOf(coverages: readonly Coverage[]): number {
  return coverages.every(({ complete }) => complete) ? EXIT.none : EXIT.incomplete;
}

/** Reports an error: code, message and remedy, as JSON where the answer would have been JSON. */
export function reportFailure(error: unknown, asJson: boolean): void {
  const { code, message, remedy } = asUnfoldError(error);
  if (asJson) {
    say(toJson({ error: { code, message, remedy } }));
    return;
  }
  const lines = message.split('\n').map(harmless);
  say(`error ${code}: ${lines.join('\n  ')}\n  ${harmless(remedy)}`);
}

/**
 * Ends the process when its output cannot be written: without a word where the reader is gone, as `head` goes, and as
 * an error where an answer would be cut off unnoticed.
 */
export function endWithOutput(asJson: boolean): void {
  process.stderr.on('error', ({ code }: NodeJS.ErrnoException) =>
    process.exit(code === 'EPIPE' ? EXIT.found : EXIT.error),
  );
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.found);
    reportFailure(outputError(error), asJson);
    process.exit(EXIT.error);
  });
}

/** What is said where output could not be written. */
export function outputError(cause: unknown): UnfoldError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnfoldError('UNFOLD_OUTPUT_UNWRITABLE', `the output cannot be written: ${reason}`, { cause });
}

/** The error itself, or UNFOLD_INTERNAL around one that nobody expected. */
export function asUnfoldError(error: unknown): UnfoldError {
  if (error instanceof UnfoldError) return error;
  return new UnfoldError('UNFOLD_INTERNAL', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
