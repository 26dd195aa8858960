// unfold index: frames that were crawled elsewhere → the index.
import { readFrame } from '../../indexer/frame-reader.ts';
import type { Applied, FrameLine, SearchEngine } from '../../indexer/engines/search-engine.ts';
import type { FrameHeader } from '../../schemas/frame.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { asUnfoldError, EXIT, reportFailure } from '../failure.ts';
import { bytesOf, frameFiles, splitFrames } from '../frame-files.ts';
import { openIndex } from '../index-opening.ts';
import { interruptible } from '../interrupt.ts';
import { configuredRetention, retainConfigured } from '../retention.ts';
import { harmless, print, toJson } from '../terminal.ts';
import { makeDataFolder, settings, type GlobalOptions } from '../settings.ts';

type Options = GlobalOptions & { json?: boolean };

/** Indexes every frame; one that is refused is reported and the others go on. Returns the exit status. */
export async function indexCommand(frames: readonly string[], options: Options): Promise<number> {
  const { dataFolder, index } = await settings(options);
  const files = frames.flatMap(frameFiles);
  makeDataFolder(dataFolder);
  const engine = await openIndex(index, 'write');
  let failed = false;
  try {
    return await interruptible(async (signal) => {
      for (const file of files) {
        try {
          await indexFile(file, engine, options, signal);
        } catch (error) {
          signal.throwIfAborted();
          reportFailure(named(file, error), options.json === true);
          failed = true;
        }
      }
      await retainConfigured(engine, await configuredRetention(options), signal);
      return failed ? EXIT.error : EXIT.found;
    });
  } finally {
    await engine.close();
  }
}

async function indexFile(
  file: string,
  engine: SearchEngine,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  let header: FrameHeader | undefined;
  async function* watched(lines: AsyncIterable<FrameLine>): AsyncGenerator<FrameLine> {
    for await (const line of lines) {
      if ('header' in line) header = line.header;
      yield line;
    }
  }
  let frames = 0;
  for await (const bytes of splitFrames(bytesOf(file))) {
    frames += 1;
    const applied = await engine.apply(watched(readFrame(bytes)), signal);
    if (header !== undefined) report(header, applied, options);
  }
  if (frames === 0) throw new UnfoldError('UNFOLD_FRAME_CUT', 'no frame is in it');
}

function report({ system, at }: FrameHeader, applied: Applied, options: Options): void {
  if (options.json === true) {
    print(`${toJson({ system, at, ...applied })}\n`);
    return;
  }
  const { outcome, opened, closed, kept } = applied;
  const changes = outcome === 'applied' ? `: ${opened} opened, ${closed} closed, ${kept} kept` : '';
  print(`${harmless(system.id)}  ${at}  ${outcome}${changes}\n`);
}

/** The error with the file it is about. */
function named(file: string, error: unknown): UnfoldError {
  const { code, message, remedy } = asUnfoldError(error);
  return new UnfoldError(code, `${file === '-' ? 'stdin' : file}: ${message}`, { remedy, cause: error });
}
