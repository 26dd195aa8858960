// A finished frame in the spool → the index, and a copy for whoever asked for the frames.
import { createReadStream, writeSync } from 'node:fs';
import { ERROR_CODES, UnfoldError, type ErrorCode } from '../schemas/error.ts';
import type { FrameHeader } from '../schemas/frame.ts';
import type { Problem } from '../schemas/problem.ts';
import type { SystemRef } from '../schemas/system.ts';
import type { ManifestStore } from '../crawler/manifest/manifest-store.ts';
import { manifestOf } from '../crawler/spool.ts';
import type { Applied, FrameLine, SearchEngine } from '../indexer/engines/search-engine.ts';
import { readFrame } from '../indexer/frame-reader.ts';
import { outputError } from './failure.ts';

/** What was learned of a frame on its way. */
export interface TakenFrame {
  /** Id of its system. */
  system: string;
  /** It has no entries. */
  isFailed: boolean;
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
  /** Where it is remembered which frame of a system the taker has. */
  readonly manifests: ManifestStore | null;
  /** Open file. */
  readonly sink: number | null;
  readonly signal: AbortSignal;
}

/**
 * Validates a frame, indexes it, copies it; what comes next may then be a delta on it. Throws what reading and applying
 * it throw; a delta that is refused is not to be tried again, the next frame is whole.
 */
export async function takeFrame(file: string, takers: FrameTakers): Promise<TakenFrame> {
  const taken: TakenFrame = { system: '', isFailed: false, seconds: 0, problem: null, applied: null };
  const { manifests } = takers;
  try {
    await take(file, taken, takers);
  } catch (error) {
    if (isBaseMissing(error)) manifests?.drop(taken.system);
    throw error;
  }
  const hasArrived = !taken.isFailed && taken.applied?.outcome !== 'older';
  if (hasArrived) manifests?.accept(taken.system, manifestOf(file));
  return taken;
}

/** True where an index wants the system whole. */
export function isBaseMissing(error: unknown): boolean {
  return error instanceof UnfoldError && error.code === 'UNFOLD_FRAME_BASE_MISSING';
}

async function take(file: string, taken: TakenFrame, { engine, sink, signal }: FrameTakers): Promise<void> {
  const lines = watched(readFrame(createReadStream(file)), taken);
  if (engine !== null) taken.applied = await engine.apply(lines, signal);
  else while (!(await lines.next()).done) continue;
  if (sink !== null) for await (const chunk of createReadStream(file)) writeAll(sink, chunk as Buffer);
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
    if ('header' in line) {
      header = line.header;
      taken.system = header.system.id;
    } else if ('problem' in line) taken.problem ??= line.problem;
    else if ('end' in line && header !== undefined) {
      taken.isFailed = line.end.status === 'failed';
      taken.seconds = (Date.parse(line.end.finishedAt) - Date.parse(header.at)) / 1000;
    }
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
