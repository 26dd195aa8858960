// unfold systems forget: systems leave the index with all of their history.
import { createInterface } from 'node:readline/promises';
import type { Removed } from '../../indexer/engines/index-keeping.ts';
import { systemNamed } from '../../query/system-named.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { EXIT } from '../failure.ts';
import { withIndexToChange } from '../index-reader.ts';
import { interruptible } from '../interrupt.ts';
import { removedText } from '../output/removed.ts';
import type { GlobalOptions } from '../settings.ts';
import { harmless, print, say, toJson } from '../terminal.ts';

type Options = GlobalOptions & { yes?: boolean; json?: boolean };

/** Forgets all of the systems, or none if one of them is not known; returns the exit status: 1 if the user said no. */
export function systemsForgetCommand(named: readonly string[], options: Options): Promise<number> {
  return interruptible((signal) =>
    withIndexToChange(options, async (index) => {
      const states = await index.systems(null, signal);
      const systems = [...new Set(named.map((name) => systemNamed(states, name).system.id))];
      if (options.yes !== true && !(await isMeant(systems, signal))) {
        say('nothing was removed');
        return EXIT.none;
      }
      const removed = { systems: 0, frames: 0, facts: 0, contents: 0 };
      for (const system of systems) addTo(removed, await index.forget(system, signal));
      print(
        options.json === true
          ? `${toJson({ schema: 'unfold.removed/1', ids: systems, ...removed })}\n`
          : removedText(removed),
      );
      return EXIT.found;
    }),
  );
}

function addTo(sum: { -readonly [name in keyof Removed]: Removed[name] }, removed: Removed): void {
  sum.systems += removed.systems;
  sum.frames += removed.frames;
  sum.facts += removed.facts;
  sum.contents += removed.contents;
}

/** Asks the user. Throws UNFOLD_USAGE where there is none. */
async function isMeant(systems: readonly string[], signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UnfoldError('UNFOLD_USAGE', 'Nobody can be asked whether that is meant.', {
      remedy: 'Give --yes to remove the systems with all of their history.',
    });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const list = systems.map(harmless).join(', ');
    const answer = await terminal.question(`Remove ${list} with all history from the index? [y/N] `, {
      signal,
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
