// What the index knows of systems: all of them, one of them, and for which of them it can speak.
import type { SystemAnswer, SystemsAnswer, SystemSummary } from '../schemas/api.ts';
import type { Coverage } from '../schemas/coverage.ts';
import type { SystemState } from '../indexer/engines/search-engine.ts';
import { coverageOf } from './coverage.ts';
import { markedPosition, pageMark } from './page-mark.ts';
import { systemNamed } from './system-named.ts';
import type { AskableIndex } from './restricted.ts';

/** How to answer. */
export interface SystemsOptions {
  /** The instant to answer for; null means now. */
  at: Date | null;
  staleAfterHours: number;
  signal: AbortSignal;
}

/** Which part of a list. */
export interface PageOptions {
  /** Null means all. */
  limit: number | null;
  /** From the answer before. */
  cursor: string | null;
}

/** What every answer about systems begins with. */
interface Known {
  readonly at: Date;
  readonly states: readonly SystemState[];
  readonly started: number;
}

/** Lists systems by id. */
export async function listSystems(
  engine: AskableIndex,
  options: SystemsOptions & PageOptions,
): Promise<SystemsAnswer> {
  const known = await knownSystems(engine, options);
  const { states } = known;
  const after = markedPosition(options.cursor, 1)?.[0];
  const rest = after === undefined ? states : states.filter(({ system }) => system.id > after);
  const page = rest.slice(0, options.limit ?? rest.length);
  const last = page.at(-1);
  return {
    schema: 'unfold.systems/1',
    ...stamp(known),
    total: states.length,
    systems: page.map(summary),
    coverage: coverage(known, states, options),
    cursor: last !== undefined && page.length < rest.length ? pageMark([last.system.id]) : null,
  };
}

/** One system, by any of its names (system-named.ts). Throws UNFOLD_SYSTEM_UNKNOWN. */
export async function showSystem(
  engine: AskableIndex,
  named: string,
  options: SystemsOptions,
): Promise<SystemAnswer> {
  const known = await knownSystems(engine, options);
  const state = systemNamed(known.states, named);
  const { system, frame, failure } = state;
  return {
    schema: 'unfold.system/1',
    ...stamp(known),
    system,
    frame: frame && { ...frame, problems: [...frame.problems] },
    failure,
    coverage: coverage(known, [state], options),
  };
}

/** For which systems the index can speak. */
export async function coverageOfAll(
  engine: AskableIndex,
  options: SystemsOptions,
): Promise<{ at: string; tookMs: number; coverage: Coverage }> {
  const known = await knownSystems(engine, options);
  return { ...stamp(known), coverage: coverage(known, known.states, options) };
}

/** A system as lists have it. */
export function summary({ system, frame, failure }: SystemState): SystemSummary {
  if (frame === null) return { system, frame, failure };
  const { header, end } = frame;
  const { status, counts, problems } = end;
  return { system, frame: { at: header.at, status, features: header.features, counts, problems }, failure };
}

async function knownSystems(engine: AskableIndex, { at, signal }: SystemsOptions): Promise<Known> {
  const started = performance.now();
  const states = await engine.systems(at?.toISOString() ?? null, signal);
  return { at: at ?? new Date(), states, started };
}

function stamp({ at, started }: Known): { at: string; tookMs: number } {
  return { at: at.toISOString(), tookMs: Math.round((performance.now() - started) * 10) / 10 };
}

function coverage(
  { at }: Known,
  states: readonly SystemState[],
  { staleAfterHours }: SystemsOptions,
): Coverage {
  return coverageOf(states, { at, staleAfterHours, features: new Set() });
}
