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

/** The error itself, or UNFOLD_INTERNAL around one that nobody expected. */
export function asUnfoldError(error: unknown): UnfoldError {
  if (error instanceof UnfoldError) return error;
  return new UnfoldError('UNFOLD_INTERNAL', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
