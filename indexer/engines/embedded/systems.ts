// The systems of the index as of an instant: their newest frame then, and a crawl that failed since.
import type { DatabaseSync } from 'node:sqlite';
import type { FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { toldBy, type Candidate } from '../matched.ts';
import type { SystemState } from '../search-engine.ts';

/** A system that answers at an instant, with the frame it answers from. */
export interface AnsweringSystem extends Candidate {
  readonly number: number;
  readonly asOf: string;
  readonly frame: 'complete' | 'partial';
}

/** Milliseconds of an instant of a plan; null (the newest state) stays null. */
export function instantOf(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

const NEWEST = 'SELECT id FROM frame WHERE system = system.id';

/** Systems with a frame at the instant (null: the newest), by number. */
export function answeringSystems(db: DatabaseSync, at: number | null): AnsweringSystem[] {
  const select =
    at === null
      ? 'SELECT system.id AS number, frame.at, frame.status, frame.header FROM system JOIN frame ON frame.id = newest'
      : `SELECT system.id AS number, frame.at, frame.status, frame.header FROM system JOIN frame ON frame.id =
         (${NEWEST} AND at <= ? AND status <> 'failed' ORDER BY at DESC LIMIT 1)`;
  const rows = db.prepare(`${select} ORDER BY number`).all(...(at === null ? [] : [at]));
  return rows.map((row) => {
    const {
      number,
      at: ms,
      status,
      header: json,
    } = row as unknown as { number: number; at: number; status: FrameEnd['status']; header: string };
    const header = JSON.parse(json) as FrameHeader;
    return {
      number,
      ref: header.system,
      tells: toldBy(header, { status }),
      asOf: new Date(ms).toISOString(),
      frame: status === 'partial' ? 'partial' : 'complete',
    };
  });
}

interface FrameRow {
  readonly id: number;
  readonly at: number;
  readonly header: string;
  readonly closing: string;
}

function newestFrames(db: DatabaseSync, failed: boolean, at: number): Map<number, FrameRow> {
  const rows = db
    .prepare(
      `SELECT system.id AS number, frame.id, frame.at, frame.header, frame.closing FROM system JOIN frame ON frame.id =
       (${NEWEST} AND at <= ? AND (status = 'failed') = ? ORDER BY at DESC, id DESC LIMIT 1)`,
    )
    .all(at, failed ? 1 : 0);
  return new Map(rows.map((row) => [(row as { number: number }).number, row as unknown as FrameRow]));
}

/** Problems of a frame, as it had them. */
export function problemReader(db: DatabaseSync): (frame: number) => Problem[] {
  const select = db.prepare(
    'SELECT code, extractor, path, message FROM problem WHERE frame = ? ORDER BY number',
  );
  return (frame) =>
    select.all(frame).map((row) => {
      const { path, ...problem } = row as unknown as Omit<Problem, 'path'> & { path: string | null };
      return path === null ? problem : { ...problem, path };
    });
}

/** Every system known at the instant, by id. */
export function systemStates(db: DatabaseSync, at: number | null): SystemState[] {
  const until = at ?? Number.MAX_SAFE_INTEGER;
  const frames = newestFrames(db, false, until);
  const failures = newestFrames(db, true, until);
  const problemsOf = problemReader(db);
  const states: SystemState[] = [];
  for (const number of new Set([...frames.keys(), ...failures.keys()])) {
    const frame = frames.get(number);
    const failed = failures.get(number);
    const failure = failed && (!frame || failed.at > frame.at) ? failed : null;
    const header = JSON.parse((frame ?? failed)?.header ?? '') as FrameHeader;
    states.push({
      system: header.system,
      frame: frame
        ? { header, end: JSON.parse(frame.closing) as FrameEnd, problems: problemsOf(frame.id) }
        : null,
      failure: failure
        ? { at: new Date(failure.at).toISOString(), ...reasonOf(problemsOf(failure.id)) }
        : null,
    });
  }
  return states.sort((a, b) => (a.system.id < b.system.id ? -1 : 1));
}

/** A crawl fails for what concerns no single path; a frame that does not say why is told so. */
function reasonOf(problems: readonly Problem[]): { code: string; reason: string } {
  const problem = problems.find(({ path }) => path === undefined) ?? problems[0];
  if (problem === undefined) return { code: 'UNFOLD_CRAWL_CRASHED', reason: 'the frame gives no reason' };
  return { code: problem.code, reason: problem.message };
}
