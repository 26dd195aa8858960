// Connections and interfaces of the systems of an answer, read a few at a time.
import type { Answer } from '../../../schemas/answer.ts';
import type { FactsAnswer } from '../../../schemas/api.ts';
import type { ConnectionEntry, InterfaceEntry } from '../../../schemas/entries.ts';
import { fetched, search } from '../api.ts';
import type { Asked } from '../asked.ts';
import { factsPath } from '../system/facts-path.ts';
import type { Talker } from './talks.ts';

/** Systems that are read: a map of more is no map. */
const SYSTEMS = 40;
/** Sockets that are read of a system. */
const SOCKETS = 2000;
/** Systems that are read at once. */
const AT_ONCE = 4;

/** What was read. */
export interface Talkers {
  readonly answer: Answer;
  readonly talkers: readonly Talker[];
}

/** Reads the first systems of an answer. Throws RequestProblem, or what the signal was aborted with. */
export async function readTalkers(asked: Asked, signal: AbortSignal): Promise<Talkers> {
  const answer = await search(
    { query: asked.query ?? '', narrow: asked.narrow, at: asked.at, limit: SYSTEMS, evidence: 0 },
    signal,
  );
  const talkers: Talker[] = [];
  for (let begin = 0; begin < answer.systems.length; begin += AT_ONCE)
    talkers.push(
      ...(await Promise.all(
        answer.systems.slice(begin, begin + AT_ONCE).map(async ({ system }) => {
          const [connections, interfaces] = await Promise.all(
            (['connection', 'interface'] as const).map(async (feature) => {
              const path = factsPath(system.id, { feature, at: asked.at, limit: SOCKETS });
              return (await fetched<FactsAnswer>(path, { signal })).facts.map(({ entry }) => entry);
            }),
          );
          return {
            system,
            connections: (connections ?? []) as unknown as ConnectionEntry[],
            interfaces: (interfaces ?? []) as unknown as InterfaceEntry[],
          };
        }),
      )),
    );
  return { answer, talkers };
}
