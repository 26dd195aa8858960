// A thread of `unfold serve` that answers questions; the index is opened when the first one comes.
import { parentPort, workerData } from 'node:worker_threads';
import { answerThrough } from '../../query/api/answering-thread.ts';
import type { IndexChoice } from '../index-choice.ts';
import { openIndex } from '../index-opening.ts';

/** What the thread is told when it starts. */
export interface AnswersData {
  readonly index: IndexChoice;
  readonly staleAfterHours: number;
}

const { index, staleAfterHours } = workerData as AnswersData;

if (parentPort !== null) answerThrough(parentPort, () => openIndex(index, 'read'), { staleAfterHours });
