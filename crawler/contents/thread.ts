// A thread that makes lines of batches; the batches as messages, their end as null, answered by the totals.
import { parentPort, workerData } from 'node:worker_threads';
import type { Batch } from './batch.ts';
import { LineMaker } from './line-maker.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly fd: number;
  /** Memory of the batches, by slot. */
  readonly memories: readonly SharedArrayBuffer[];
  /** By slot, 1 while a batch lies in it; the last element counts the batches that are done. */
  readonly state: Int32Array<SharedArrayBuffer>;
  /** Counts the threads that have started. */
  readonly ready: Int32Array<SharedArrayBuffer>;
}

const { fd, memories, state, ready } = workerData as ThreadData;
const maker = new LineMaker(fd);
Atomics.add(ready, 0, 1);
Atomics.notify(ready, 0);

parentPort?.on('message', (batch: Batch | null) => {
  if (batch === null) {
    parentPort?.postMessage(maker.totals());
    parentPort?.close();
    return;
  }
  const memory = memories[batch.slot];
  if (memory !== undefined) maker.take(batch, memory);
  Atomics.store(state, batch.slot, 0);
  Atomics.add(state, state.length - 1, 1);
  Atomics.notify(state, state.length - 1);
});
