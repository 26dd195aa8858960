// unfold index import: an exported history → the index.
import { statSync } from 'node:fs';
import { readFrame } from '../../indexer/frame-reader.ts';
import { Import } from '../../indexer/transfer.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { asUnfoldError, EXIT, reportFailure } from '../failure.ts';
import { bytesOf, splitFrames } from '../frame-files.ts';
import { openIndex } from '../index-opening.ts';
import { interruptible } from '../interrupt.ts';
import { bytes, count } from '../output/figures.ts';
import { LongWork } from '../output/long-work.ts';
import { makeDataFolder, settings, type GlobalOptions } from '../settings.ts';
import { harmless, print, toJson } from '../terminal.ts';

type Options = GlobalOptions & { json?: boolean };

/** Takes the files one after the other; returns the exit status: 2 if a system was left as it is. */
export async function indexImportCommand(files: readonly string[], options: Options): Promise<number> {
  const { dataFolder, index: choice } = await settings(options);
  const total = files.reduce((sum, file) => sum + sizeOf(file), 0);
  makeDataFolder(dataFolder);
  const index = await openIndex(choice, 'write');
  try {
    return await interruptible(async (signal) => {
      const work = new LongWork('importing', bytes);
      const taking = new Import(index, signal);
      let read = 0;
      try {
        for (const file of files)
          await take(file, taking, (amount) => work.progress((read += amount), Math.max(read, total)));
      } finally {
        work.end();
      }
      report(taking, options);
      return taking.done.refused.length > 0 ? EXIT.error : EXIT.found;
    });
  } finally {
    await index.close();
  }
}

/** Of what comes on stdin the size is not known. Throws UNFOLD_PATH_MISSING. */
function sizeOf(file: string): number {
  if (file === '-') return 0;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === true) return stats.size;
  throw new UnfoldError('UNFOLD_PATH_MISSING', `There is no file ${file}.`, { remedy: 'Check the path.' });
}

async function take(file: string, taking: Import, read: (bytes: number) => void): Promise<void> {
  try {
    let frames = 0;
    for await (const frame of splitFrames(bytesOf(file, read))) {
      frames += 1;
      await taking.take(readFrame(frame));
    }
    if (frames === 0) throw new UnfoldError('UNFOLD_FRAME_CUT', 'no frame is in it');
  } catch (error) {
    const { code, message, remedy } = asUnfoldError(error);
    throw new UnfoldError(code, `${file === '-' ? 'stdin' : file}: ${message}`, { remedy, cause: error });
  }
}

function report({ done }: Import, options: Options): void {
  const { refused, ...frames } = done;
  for (const { system, error } of refused)
    reportFailure(
      new UnfoldError(error.code, `${system}: the index has another history of it (${error.message})`, {
        remedy: `To take the exported one, remove it first: unfold systems forget ${harmless(system)}`,
      }),
      options.json === true,
    );
  if (options.json === true) {
    const systems = refused.map(({ system }) => system);
    print(`${toJson({ schema: 'unfold.index-import/1', ...frames, refused: systems })}\n`);
    return;
  }
  print(`imported: ${count(frames.applied, 'frame')}; ${frames.known} known, ${frames.older} older\n`);
}
