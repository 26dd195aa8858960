// unfold log: the frames of a system, newest first.
import { history } from '../../query/history.ts';
import { systemNamed } from '../../query/system-named.ts';
import type { Log } from '../../schemas/comparison.ts';
import { EXIT } from '../failure.ts';
import { withIndex } from '../index-reader.ts';
import { logText } from '../output/log-text.ts';
import { print, toJson } from '../terminal.ts';
import type { GlobalOptions } from '../settings.ts';
import { limitOf } from './values.ts';

/** Options of the command. */
export interface LogCommandOptions extends GlobalOptions {
  limit: number;
  json?: boolean;
}

/** Prints the history; returns the exit status. */
export async function logCommand(named: string, options: LogCommandOptions): Promise<number> {
  const { signal } = new AbortController();
  const log = await withIndex(options, async (index, { staleAfterHours }): Promise<Log> => {
    const { system } = systemNamed(await index.systems(null, signal), named);
    const limit = limitOf(options.limit);
    return {
      schema: 'unfold.log/1',
      system,
      ...(await history(index, system.id, { limit, staleAfterHours, signal })),
    };
  });
  print(options.json === true ? `${toJson(log)}\n` : logText(log));
  return EXIT.found;
}
