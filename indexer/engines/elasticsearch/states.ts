// The systems of the index as of an instant: their newest frame then, and a crawl that failed since.
import type { SystemRef } from '../../../schemas/system.ts';
import type { SystemState } from '../search-engine.ts';
import { readProblems, reasonOf } from './frame-documents.ts';
import { framesUntil } from './past.ts';
import type { Store } from './store.ts';
import { systemDocumentId, type StoredFrame, type SystemRecord } from './system-record.ts';
import { answeringFrom, type AnsweringSystem } from './systems.ts';

/** A system at an instant. */
interface StateAt {
  readonly system: SystemRef;
  readonly newest: StoredFrame | null;
  readonly failed: StoredFrame | null;
}

function msOf({ header }: StoredFrame): number {
  return Date.parse(header.at);
}

/** The newest frame with entries of each system at an instant (null: now). */
async function newestFrames(
  store: Store,
  records: readonly SystemRecord[],
  at: number | null,
  failed: boolean,
): Promise<Map<string, StoredFrame>> {
  const newest = ({ newest: frame, failed: failure }: SystemRecord) => (failed ? failure : frame);
  const frames = new Map<string, StoredFrame>();
  const earlier: SystemRecord[] = [];
  for (const record of records) {
    const frame = newest(record);
    if (frame !== null && (at === null || msOf(frame) <= at)) frames.set(record.id, frame);
    else if (at !== null) earlier.push(record);
  }
  if (at === null || earlier.length === 0) return frames;
  const found = await framesUntil(store, earlier, at, failed);
  for (const { id } of earlier) {
    const frame = found.get(systemDocumentId(id));
    if (frame !== undefined) frames.set(id, frame);
  }
  return frames;
}

/** Systems with a frame at the instant (null: the newest), by id. */
export async function answeringSystems(
  store: Store,
  records: readonly SystemRecord[],
  at: number | null,
): Promise<AnsweringSystem[]> {
  const frames = await newestFrames(store, records, at, false);
  return records.flatMap((record) => {
    const frame = frames.get(record.id);
    return frame === undefined ? [] : [answeringFrom(record, frame)];
  });
}

/** Every system known at the instant, by id. */
export async function systemStates(
  store: Store,
  records: readonly SystemRecord[],
  at: number | null,
): Promise<SystemState[]> {
  const [frames, failures] = await Promise.all([
    newestFrames(store, records, at, false),
    newestFrames(store, records, at, true),
  ]);
  const states = records.flatMap((record): StateAt[] => {
    const newest = frames.get(record.id) ?? null;
    const found = failures.get(record.id) ?? null;
    const failed = found !== null && (newest === null || msOf(found) > msOf(newest)) ? found : null;
    const system = (newest ?? failed)?.header.system;
    return system === undefined ? [] : [{ system, newest, failed }];
  });
  const shown = states.flatMap(({ newest, failed }) => [newest, failed].filter((frame) => frame !== null));
  const problems = await readProblems(store, shown);
  return states.map(({ system, newest, failed }) => ({
    system,
    frame:
      newest === null
        ? null
        : { header: newest.header, end: newest.end, problems: problems.get(newest.attempt) ?? [] },
    failure: failed === null ? null : failureOf(failed, problems.get(failed.attempt) ?? []),
  }));
}

function failureOf(
  frame: StoredFrame,
  problems: Parameters<typeof reasonOf>[0],
): NonNullable<SystemState['failure']> {
  return { at: new Date(msOf(frame)).toISOString(), ...reasonOf(problems) };
}
