// Applies one frame to the index, inside a transaction that the caller holds.
import type { DatabaseSync } from 'node:sqlite';
import { UnfoldError } from '../../../schemas/error.ts';
import type { FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import { admission, type IndexedFrame } from '../../admission.ts';
import { wholeEnd, wholeHeader } from '../../whole-frame.ts';
import type { Applied, FrameLine } from '../search-engine.ts';
import { Application } from './application.ts';

/**
 * Applies the frame; the caller commits, or rolls back where this throws. A frame known by its id and one that is not
 * newer than the newest of its system change nothing, but are read to their end: a cut one is refused all the same. A
 * failed frame is recorded without its entries.
 */
export async function applyFrame(
  db: DatabaseSync,
  lines: AsyncIterable<FrameLine>,
  signal: AbortSignal,
): Promise<Applied> {
  let frame: Begun | Applied | null = null;
  for await (const line of lines) {
    signal.throwIfAborted();
    if ('header' in line) frame = begin(db, line.header);
    else if (frame === null) break;
    else if ('end' in line) return 'outcome' in frame ? frame : finish(db, frame, line.end);
    else if (!('outcome' in frame)) take(frame.application, line);
  }
  throw new UnfoldError('UNFOLD_FRAME_CUT', 'the frame ends without its closing line');
}

function take(application: Application, line: Exclude<FrameLine, { header: unknown } | { end: unknown }>) {
  if ('line' in line) application.entry(line.line);
  else if ('removed' in line) application.removed(line.removed);
  else application.problem(line.problem);
}

/** A frame whose entries are being applied. */
interface Begun {
  readonly header: FrameHeader;
  readonly system: number;
  readonly id: number;
  readonly application: Application;
}

/** Begins a frame, or says why it changes nothing. */
function begin(db: DatabaseSync, header: FrameHeader): Begun | Applied {
  const isKnown = db.prepare('SELECT 1 FROM frame WHERE uuid = ?').get(header.id) !== undefined;
  const known = knownSystem(db, header.system.id);
  const outcome = admission(header, isKnown, known?.newest ?? null);
  if (outcome !== 'new') return { outcome, opened: 0, closed: 0, kept: 0 };
  const system = known?.id ?? addSystem(db, header.system.id);
  const id = addFrame(db, header, system);
  db.exec('SAVEPOINT entries');
  const place = { system, frame: id, isFirst: (known?.newest ?? null) === null };
  return { header, system, id, application: new Application(db, header, place) };
}

function knownSystem(db: DatabaseSync, ref: string): { id: number; newest: IndexedFrame | null } | null {
  const row = db
    .prepare('SELECT system.id, uuid, at FROM system LEFT JOIN frame ON frame.id = newest WHERE ref = ?')
    .get(ref) as { id: number; uuid: string | null; at: number } | undefined;
  if (row === undefined) return null;
  return { id: row.id, newest: row.uuid === null ? null : { id: row.uuid, at: row.at } };
}

function addSystem(db: DatabaseSync, ref: string): number {
  return Number(db.prepare('INSERT INTO system(ref) VALUES (?)').run(ref).lastInsertRowid);
}

function addFrame(db: DatabaseSync, header: FrameHeader, system: number): number {
  const insert = db.prepare(
    "INSERT INTO frame(uuid, system, at, status, header, closing) VALUES (?, ?, ?, '', ?, '')",
  );
  const json = JSON.stringify(wholeHeader(header));
  return Number(insert.run(header.id, system, Date.parse(header.at), json).lastInsertRowid);
}

function finish(db: DatabaseSync, { application, header, id, system }: Begun, end: FrameEnd): Applied {
  const set = db.prepare(
    'UPDATE frame SET status = ?, closing = ?, opened = ?, closed = ?, kept = ? WHERE id = ?',
  );
  if (end.status === 'failed') {
    db.exec('ROLLBACK TO entries');
    const problems = [...application.firstProblems];
    for (const problem of problems) application.record(problem);
    const empty = wholeEnd(header, { ...end, counts: {}, kept: {}, held: {}, problems: problems.length });
    set.run('failed', JSON.stringify(empty), 0, 0, 0, id);
    return { outcome: 'applied', opened: 0, closed: 0, kept: 0 };
  }
  const whole = application.end(end);
  const { opened, closed, kept } = application;
  set.run(whole.status, JSON.stringify(whole), opened, closed, kept, id);
  db.prepare('UPDATE system SET newest = ? WHERE id = ?').run(id, system);
  return { outcome: 'applied', opened, closed, kept };
}
