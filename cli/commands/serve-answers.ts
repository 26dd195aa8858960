// A thread of `unfold serve` that answers questions; the index is opened when the first one comes.
import { parentPort, workerData } from 'node:worker_threads';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import { answerThrough } from '../../query/api/answering-thread.ts';

/** What the thread is told when it starts. */
export interface AnswersData {
  readonly dataFolder: string;
  readonly staleAfterHours: number;
}

const { dataFolder, staleAfterHours } = workerData as AnswersData;

if (parentPort !== null)
  answerThrough(parentPort, () => openEmbedded(dataFolder, 'read'), { staleAfterHours });
