// What every engine must answer: run by each engine's own test, unchanged.
import { describe } from '@jest/globals';
import { indexKeepingConformance } from './index-keeping.ts';
import { answerConformance } from './search-engine/answers.ts';
import { applyingConformance } from './search-engine/applying.ts';
import { arrivalConformance } from './search-engine/arrivals.ts';
import { changeConformance } from './search-engine/changes.ts';
import { expressionConformance } from './search-engine/expressions.ts';
import { groupConformance } from './search-engine/groups.ts';
import { deltaHistoryConformance } from './search-engine/delta-histories.ts';
import { deltaConformance } from './search-engine/deltas.ts';
import { leafConformance } from './search-engine/leaves.ts';
import { partialConformance } from './search-engine/partial.ts';
import { oracleConformance, RUNS } from './search-engine/properties.ts';
import { readerConformance } from './search-engine/readers.ts';
import type { OpenEngine } from './search-engine/setting.ts';
import { timeConformance } from './search-engine/time.ts';

/**
 * `open` opens the engine over a folder, makes it where the folder is empty, and may be called twice for one folder.
 * `histories` are the random ones of each property: fewer where each costs a cluster hundreds of requests.
 */
export function searchEngineConformance(name: string, open: OpenEngine, histories = RUNS): void {
  describe(`${name} keeps to the port of a search engine`, () => {
    leafConformance(open);
    expressionConformance(open);
    answerConformance(open);
    timeConformance(open);
    changeConformance(open);
    partialConformance(open);
    applyingConformance(open);
    arrivalConformance(open);
    deltaConformance(open);
    groupConformance(open);
    deltaHistoryConformance(open, histories);
    readerConformance(open);
    indexKeepingConformance(open, histories);
    oracleConformance(open, histories);
  });
}
