// unfold index retain: what is past the limits goes.
import { UnfoldError } from '../../schemas/error.ts';
import { EXIT } from '../failure.ts';
import { withIndexToChange } from '../index-reader.ts';
import { interruptible } from '../interrupt.ts';
import { removedText } from '../output/removed.ts';
import { configuredRetention, retentionOf } from '../retention.ts';
import type { GlobalOptions } from '../settings.ts';
import { print, toJson } from '../terminal.ts';

type Options = GlobalOptions & { days?: number; frames?: number; json?: boolean };

/** Removes it, by the options or else by the configuration; returns the exit status. */
export async function indexRetainCommand(options: Options): Promise<number> {
  const { days = null, frames = null } = options;
  const limits = days === null && frames === null ? await configuredRetention(options) : { days, frames };
  if (limits.days === null && limits.frames === null)
    throw new UnfoldError('UNFOLD_USAGE', 'No limit is given.', {
      remedy: 'Give --days or --frames, or set index.retention in the configuration file.',
    });
  return interruptible((signal) =>
    withIndexToChange(options, async (index) => {
      const removed = await index.retain(retentionOf(limits), signal);
      print(
        options.json === true
          ? `${toJson({ schema: 'unfold.removed/1', ...removed })}\n`
          : removedText(removed),
      );
      return EXIT.found;
    }),
  );
}
