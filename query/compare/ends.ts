// What is compared with what: systems and instants as asked → the frames they stand for, and how far these can be relied on.
import type { ComparedEnd } from '../../schemas/comparison.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { SearchEngine, SystemState } from '../../indexer/engines/search-engine.ts';
import { coverageOf } from '../coverage.ts';
import { systemNamed } from '../system-named.ts';

/** What comparing needs of an index. */
export type ComparableIndex = Pick<SearchEngine, 'systems' | 'facts'>;

/** One end as it is asked for. */
export interface AskedEnd {
  /** Id or name of a system, or how its id ends. */
  readonly system: string;
  /** Null means now; `before`: the frame before that of the other end. */
  readonly at: Date | null | 'before';
}

/** How to find the ends. */
export interface EndOptions {
  readonly staleAfterHours: number;
  readonly signal: AbortSignal;
}

/** Finds both ends. Throws UNFOLD_SYSTEM_UNKNOWN, also for a system of which nothing is known at the instant. */
export async function comparedEnds(
  engine: ComparableIndex,
  asked: { readonly from: AskedEnd; readonly to: AskedEnd & { readonly at: Date | null } },
  options: EndOptions,
): Promise<[from: ComparedEnd, to: ComparedEnd]> {
  const to = await endAt(engine, asked.to.system, asked.to.at, options);
  const from =
    asked.from.at === 'before'
      ? await endBefore(engine, to, options)
      : await endAt(engine, asked.from.system, asked.from.at, options);
  return [from, to];
}

async function endAt(
  engine: ComparableIndex,
  named: string,
  at: Date | null,
  { staleAfterHours, signal }: EndOptions,
): Promise<ComparedEnd> {
  const known = await engine.systems(null, signal);
  const now = systemNamed(known, named);
  const states = at === null ? known : await engine.systems(at.toISOString(), signal);
  const instant = at ?? new Date();
  const state = states.find(({ system }) => system.id === now.system.id) ?? { ...now, frame: null };
  const { gaps } = coverageOf([state], { at: instant, staleAfterHours, features: new Set() });
  return { ...endOf(state, instant.toISOString()), gaps };
}

/** The frame before that of an end; how old it was and whether a crawl failed since is no news there. */
async function endBefore(
  engine: ComparableIndex,
  { system, frame }: ComparedEnd,
  { staleAfterHours, signal }: EndOptions,
): Promise<ComparedEnd> {
  const before = new Date(Date.parse(frame.at) - 1);
  const states = await engine.systems(before.toISOString(), signal);
  const state = states.find((one) => one.system.id === system.id);
  if (state?.frame == null)
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no frame of ${system.id} is older than ${frame.at}`, {
      remedy: 'Crawl it again and compare then, or compare it with another system.',
    });
  const at = new Date(state.frame.header.at);
  const alone = { ...state, failure: null };
  const { gaps } = coverageOf([alone], { at, staleAfterHours, features: new Set() });
  return { ...endOf(alone, at.toISOString()), gaps };
}

function endOf({ system, frame }: SystemState, at: string): Omit<ComparedEnd, 'gaps'> {
  if (frame === null)
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no crawl of ${system.id} had succeeded by ${at}`, {
      remedy: '`unfold log` lists its crawls.',
    });
  const { header, end } = frame;
  return {
    system,
    at,
    frame: {
      id: header.id,
      at: header.at,
      status: end.status,
      features: header.features,
      counts: end.counts,
    },
  };
}
