// What a bill of materials is about: the state of one system as of its newest frame, and how far that can be relied on.
import { createHash } from 'node:crypto';
import type { OsEntry } from '../../schemas/entries.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { FrameHeader } from '../../schemas/frame.ts';
import type { SystemRef } from '../../schemas/system.ts';
import type { SystemState } from '../../indexer/engines/search-engine.ts';
import { coverageOf } from '../coverage.ts';
import type { AskableIndex } from '../restricted.ts';
import { systemNamed } from '../system-named.ts';

/** The program that writes a document. */
export interface Tool {
  readonly name: string;
  readonly version: string;
}

/** The subject of a document. */
export interface Subject {
  readonly system: SystemRef;
  /** The frame whose state is told; its instant is that of the document. */
  readonly frame: FrameHeader;
  readonly os: OsEntry | null;
  /** Why there may be more than the document lists; empty where nothing speaks against it. */
  readonly gaps: readonly string[];
  /** Why the state may be another by now. */
  readonly age: readonly string[];
  /** The same for the same state and the same kind of document, and never for another. */
  readonly uuid: string;
  readonly tool: Tool;
}

/** Which state. */
export interface SubjectOptions {
  /** Null means now. */
  readonly at: Date | null;
  /** What else decides the document: its format and what is in it. */
  readonly form: readonly string[];
  readonly tool: Tool;
  readonly staleAfterHours: number;
  readonly signal: AbortSignal;
}

/** The subject that a name names. Throws UNFOLD_SYSTEM_UNKNOWN, also where no crawl had succeeded by then. */
export async function subjectNamed(
  engine: AskableIndex,
  named: string,
  { at, form, tool, staleAfterHours, signal }: SubjectOptions,
): Promise<Subject> {
  const known = await engine.systems(null, signal);
  const { id } = systemNamed(known, named).system;
  const states = at === null ? known : await engine.systems(at.toISOString(), signal);
  const state = states.find(({ system }) => system.id === id);
  if (state?.frame == null)
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no crawl of ${id} had succeeded by then`, {
      remedy: '`unfold log` lists its crawls; name a later instant, or crawl it again.',
    });
  const { header } = state.frame;
  const { gaps } = coverageOf([state], {
    at: at ?? new Date(),
    staleAfterHours,
    features: new Set(['package']),
  });
  const reasons = gaps.map(({ status, code, reason }) => ({
    status,
    text: `${status}: ${code === null || reason.startsWith(code) ? '' : `${code}: `}${reason}`,
  }));
  return {
    system: state.system,
    frame: header,
    os: await osOf(engine, header, signal),
    gaps: [
      ...reasons.filter(({ status }) => status !== 'stale').map(({ text }) => text),
      ...packageGaps(state.frame),
    ],
    age: reasons.filter(({ status }) => status === 'stale').map(({ text }) => text),
    uuid: uuidOf([header.system.id, header.id, state.failure?.at ?? '', ...form]),
    tool,
  };
}

/** A crawl that knows no package manager of the system is no sign of a system without packages. */
function packageGaps({ header, end }: NonNullable<SystemState['frame']>): string[] {
  if (!header.features.includes('package')) return ['no-packages: the crawl did not read packages'];
  if ((end.counts.package ?? 0) > 0) return [];
  return ['no-packages: the crawl found no package of a package manager that it knows'];
}

async function osOf(engine: AskableIndex, { system, at }: FrameHeader, signal: AbortSignal) {
  const query = { span: { at }, texts: false, feature: 'os' } as const;
  for await (const { entry } of engine.facts(system.id, query, signal)) return entry as OsEntry;
  return null;
}

/** A UUID of version 8 (RFC 9562): made of a SHA-256 of the parts. */
function uuidOf(parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
