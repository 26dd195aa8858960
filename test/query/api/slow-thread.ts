// A thread of the server whose engine is slow where a test asks it to be.
import { parentPort } from 'node:worker_threads';
import type { Index } from '../../../indexer/engines/index-keeping.ts';
import { answerThrough } from '../../../query/api/answering-thread.ts';

/** Answers `systems` after as many milliseconds as the instant has seconds since 1970, and does nothing else meanwhile. */
const engine: Pick<Index, 'systems'> = {
  systems(at) {
    const until = performance.now() + Date.parse(at ?? '1970-01-01') / 1000;
    while (performance.now() < until) continue;
    return Promise.resolve([]);
  },
};

if (parentPort !== null) answerThrough(parentPort, () => engine as Index, { staleAfterHours: 1 });
