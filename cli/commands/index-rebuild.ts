// unfold index rebuild: everything the index knows, written anew.
import { EXIT } from '../failure.ts';
import { rebuildIndex } from '../index-opening.ts';
import { interruptible } from '../interrupt.ts';
import { bytes, count } from '../output/figures.ts';
import { LongWork } from '../output/long-work.ts';
import { settings, type GlobalOptions } from '../settings.ts';
import { print, toJson } from '../terminal.ts';

/** Rebuilds it; returns the exit status. */
export async function indexRebuildCommand(options: GlobalOptions & { json?: boolean }): Promise<number> {
  const { index: choice } = await settings(options);
  return interruptible(async (signal) => {
    const work = new LongWork('rebuilding');
    const { before, after } = await rebuildIndex(choice, work.progress, signal).finally(() => work.end());
    if (options.json === true) print(`${toJson({ schema: 'unfold.index-rebuild/1', before, after })}\n`);
    else
      print(
        `rebuilt: ${count(after.systems, 'system')}, ${count(after.frames, 'frame')}, ${bytes(before.bytes)} before, ${bytes(after.bytes)} now\n`,
      );
    return EXIT.found;
  });
}
