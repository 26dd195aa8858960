// unfold index export: the history of every system → a file of frames.
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exportedFrames, ndjsonLine } from '../../indexer/transfer.ts';
import type { Index } from '../../indexer/engines/index-keeping.ts';
import { EXIT, outputError } from '../failure.ts';
import { packerOf } from '../frame-files.ts';
import { withIndex } from '../index-reader.ts';
import { interruptible } from '../interrupt.ts';
import { count } from '../output/figures.ts';
import { LongWork } from '../output/long-work.ts';
import type { GlobalOptions } from '../settings.ts';
import { print, say, toJson } from '../terminal.ts';

/** Lines are written together up to so many characters. */
const CHUNK = 65_536;

/** Writes the file, whole or not at all; returns the exit status. */
export function indexExportCommand(
  file: string,
  options: GlobalOptions & { json?: boolean },
): Promise<number> {
  return interruptible((signal) =>
    withIndex(options, async (index) => {
      const work = new LongWork('exporting');
      const written = { systems: new Set<string>(), frames: 0 };
      try {
        await writeTo(file, chunks(index, written, work, signal), signal);
      } finally {
        work.end();
      }
      const done = { systems: written.systems.size, frames: written.frames };
      const line =
        options.json === true
          ? toJson({ schema: 'unfold.index-export/1', ...done })
          : `exported: ${count(done.systems, 'system')}, ${count(done.frames, 'frame')}`;
      // With the frames on stdout, what is said about them is not data.
      if (file === '-') say(line);
      else print(`${line}\n`);
      return EXIT.found;
    }),
  );
}

async function* chunks(
  index: Index,
  written: { systems: Set<string>; frames: number },
  work: LongWork,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let waiting = '';
  for await (const { system, lines } of exportedFrames(index, work.progress, signal)) {
    for await (const line of lines) {
      waiting += ndjsonLine(line);
      if (waiting.length < CHUNK) continue;
      yield waiting;
      waiting = '';
    }
    written.systems.add(system);
    written.frames += 1;
  }
  if (waiting !== '') yield waiting;
}

/** A file takes its name when it is complete. */
async function writeTo(file: string, text: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  if (file === '-') {
    await pipeline(Readable.from(text), process.stdout, { signal, end: false });
    return;
  }
  const unfinished = `${file}.unfinished`;
  try {
    const packer: Duplex[] = [packerOf(file)].filter((one) => one !== null);
    const sink = createWriteStream(unfinished, { mode: 0o600 });
    await pipeline([Readable.from(text), ...packer, sink], { signal });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const { syscall } = error as NodeJS.ErrnoException;
    throw syscall === undefined ? error : outputError(error);
  }
}
