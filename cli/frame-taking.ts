// A finished frame in the spool → the index, and a copy for whoever asked for the frames.
import { createReadStream, writeSync } from 'node:fs';
import { ERROR_CODES, UnfoldError, type ErrorCode } from '../schemas/error.ts';
import type { FrameHeader } from '../schemas/frame.ts';
import type { Problem } from '../schemas/problem.ts';
import type { SystemRef } from '../schemas/system.ts';
import type { Applied, FrameLine, SearchEngine } from '../indexer/engines/search-engine.ts';
import { readFrame } from '../indexer/frame-reader.ts';
import { outputError } from './failure.ts';

/** What was learned of a frame on its way. */
export interface TakenFrame {
  /** From the start of the crawl to its end. */
  seconds: number;
  /** The first problem. */
  problem: Problem | null;
  /** What it changed in the index; null where it was not indexed. */
  applied: Applied | null;
}

/** Where frames go. */
export interface FrameTakers {
  readonly engine: SearchEngine | null;
  /** Open file. */
  readonly sink: number | null;
  readonly signal: AbortSignal;
}

/** Validates a frame, indexes it, copies it. Throws what reading and applying it throw. */
export async function takeFrame(file: string, { engine, sink, signal }: FrameTakers): Promise<TakenFrame> {
  const taken: TakenFrame = { seconds: 0, problem: null, applied: null };
  const lines = watched(readFrame(createReadStream(file)), taken);
  if (engine !== null) taken.applied = await engine.apply(lines, signal);
  else while (!(await lines.next()).done) continue;
  if (sink !== null) for await (const chunk of createReadStream(file)) writeAll(sink, chunk as Buffer);
  return taken;
}

/** Why a system could not be read at all, as an error for the user. */
export function failureOf({ id }: SystemRef, { problem }: TakenFrame): UnfoldError {
  const code = problem?.code ?? '';
  return new UnfoldError(
    code in ERROR_CODES ? (code as ErrorCode) : 'UNFOLD_CRAWL_CRASHED',
    `${id}: ${problem?.message ?? 'the crawl yielded nothing'}`,
  );
}

async function* watched(lines: AsyncIterable<FrameLine>, taken: TakenFrame): AsyncGenerator<FrameLine> {
  let header: FrameHeader | undefined;
  for await (const line of lines) {
    if ('header' in line) header = line.header;
    else if ('problem' in line) taken.problem ??= line.problem;
    else if ('end' in line && header !== undefined)
      taken.seconds = (Date.parse(line.end.finishedAt) - Date.parse(header.at)) / 1000;
    yield line;
  }
}

/** A pipe may take a part at a time, or nothing for now. */
function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw error;
      if (code !== 'EAGAIN') throw outputError(error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
