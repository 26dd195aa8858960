// What is in the index, and what it remembers of a system's frames.
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { UnfoldError } from '../../../schemas/error.ts';
import type { FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { FrameRecord, IndexStatus } from '../index-keeping.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { problemReader } from './systems.ts';

/** What is in the index at `file`; the caller holds a transaction. */
export function indexStatus(db: DatabaseSync, file: string): IndexStatus {
  const row = (sql: string) => db.prepare(sql).get() as Record<string, number | null>;
  const number = (sql: string) => row(sql)['n'] ?? 0;
  const frames = row('SELECT count(*) AS n, min(at) AS oldest, max(at) AS newest FROM frame');
  const past = number('SELECT count(*) AS n FROM fact WHERE ended IS NOT NULL');
  return {
    engine: 'embedded',
    format: SCHEMA_VERSION,
    systems: number('SELECT count(*) AS n FROM system'),
    frames: frames['n'] ?? 0,
    facts: { current: number('SELECT count(*) AS n FROM fact') - past, past },
    contents: {
      count: number('SELECT count(*) AS n FROM content'),
      bytes: number('SELECT sum(bytes) AS n FROM content'),
    },
    bytes: sizeOf(file) + sizeOf(`${file}-wal`),
    oldest: instantOrNull(frames['oldest']),
    newest: instantOrNull(frames['newest']),
  };
}

function instantOrNull(ms: number | null | undefined): string | null {
  return typeof ms === 'number' ? new Date(ms).toISOString() : null;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

interface FrameRow {
  readonly id: number;
  readonly header: string;
  readonly closing: string;
  readonly opened: number;
  readonly closed: number;
  readonly kept: number;
}

/** Frames of a system, the newest first. Throws UNFOLD_SYSTEM_UNKNOWN. */
export function* framesOf(db: DatabaseSync, ref: string): Generator<FrameRecord> {
  const system = db.prepare('SELECT id FROM system WHERE ref = ?').get(ref) as { id: number } | undefined;
  if (system === undefined)
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no system of the index has the id ${ref}`);
  const select = db.prepare(
    'SELECT id, header, closing, opened, closed, kept FROM frame WHERE system = ? ORDER BY at DESC, id DESC',
  );
  const problemsOf = problemReader(db);
  for (const row of select.iterate(system.id)) {
    const { id, header, closing, ...changes } = row as unknown as FrameRow;
    const end = JSON.parse(closing) as FrameEnd;
    yield { header: JSON.parse(header) as FrameHeader, end, problems: problemsOf(id), ...changes };
  }
}
