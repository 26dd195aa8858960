// A thread of `unfold serve` that indexes the frames of a file, so that nobody else waits while it writes.
import { parentPort, workerData } from 'node:worker_threads';
import { readFrame } from '../../indexer/frame-reader.ts';
import type { FrameLine, SearchEngine } from '../../indexer/engines/search-engine.ts';
import { packError, type TravellingError } from '../../query/api/thread-messages.ts';
import type { IngestAnswer } from '../../schemas/api.ts';
import type { FrameHeader } from '../../schemas/frame.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { bytesOf, splitFrames } from '../frame-files.ts';
import type { IndexChoice } from '../index-choice.ts';
import { openIndex } from '../index-opening.ts';
import { retainConfigured, type Limits } from '../retention.ts';

/** What the thread is told when it starts. */
export interface FramesData {
  readonly index: IndexChoice;
  readonly file: string;
  /** How much of the past stays. */
  readonly retention: Limits;
}

/** What it says at its end. */
export type FramesReply = { answer: IngestAnswer } | { failure: TravellingError };

type Outcome = IngestAnswer['frames'][number];

async function indexed(
  engine: SearchEngine,
  bytes: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<Outcome> {
  let header: FrameHeader | undefined;
  async function* watched(lines: AsyncIterable<FrameLine>): AsyncGenerator<FrameLine> {
    for await (const line of lines) {
      if ('header' in line) header = line.header;
      yield line;
    }
  }
  try {
    const applied = await engine.apply(watched(readFrame(bytes)), signal);
    return { system: header?.system.id ?? '', at: header?.at ?? '', ...applied };
  } catch (error) {
    signal.throwIfAborted();
    // A frame may be refused; where the index itself fails, the rest would fail too.
    if (!(error instanceof UnfoldError) || !error.code.startsWith('UNFOLD_FRAME_')) throw error;
    const { code, message, remedy } = error;
    return { refused: { code, message, remedy } };
  }
}

async function indexFile({ index, file, retention }: FramesData, signal: AbortSignal): Promise<IngestAnswer> {
  const engine = await openIndex(index, 'write');
  try {
    const frames: Outcome[] = [];
    for await (const bytes of splitFrames(bytesOf(file))) frames.push(await indexed(engine, bytes, signal));
    if (frames.length === 0) throw new UnfoldError('UNFOLD_FRAME_CUT', 'no frame is in it');
    const isApplied = frames.some((frame) => 'outcome' in frame && frame.outcome === 'applied');
    if (isApplied) await retainConfigured(engine, retention, signal);
    return { schema: 'unfold.ingested/1', frames };
  } finally {
    await engine.close();
  }
}

const ending = new AbortController();
parentPort?.once('message', () => ending.abort(new UnfoldError('UNFOLD_CRAWL_ABORTED', 'interrupted')));
const reply = await indexFile(workerData as FramesData, ending.signal).then(
  (answer): FramesReply => ({ answer }),
  (error: unknown): FramesReply => ({ failure: packError(error) }),
);
parentPort?.postMessage(reply);
parentPort?.close();
