// A query's text → its answer.
import type { Answer, SystemHit } from '../schemas/answer.ts';
import type { Narrowing, SearchPlan } from '../schemas/plan.ts';
import type { EngineHit } from '../indexer/engines/search-engine.ts';
import { changeNeeds } from './change-coverage.ts';
import { coverageOf, neededFeatures } from './coverage.ts';
import { bestEvidence, type Asked } from './evidence.ts';
import { explained } from './explained.ts';
import { parse } from './language/parse.ts';
import { resolve } from './language/resolve.ts';
import { leavesOf } from './language/simplify.ts';
import type { AskableIndex } from './restricted.ts';

/** How to answer; an `at:` in the query comes before `at`. */
export interface SearchOptions {
  /** The instant to answer for; null means now. */
  at: Date | null;
  /** Systems in the answer; null means all. */
  limit: number | null;
  /** Pieces of evidence per system; null means all. */
  evidence: number | null;
  /** From the answer before, for the systems after its last. */
  cursor: string | null;
  facets: SearchPlan['facets'];
  /** What the answer is narrowed to; by default nothing. */
  narrowed?: readonly Narrowing[];
  /** Whether systems come with what their scores are the sum of. */
  explain?: boolean;
  staleAfterHours: number;
  /** What relative times count from; by default the moment of asking. */
  now?: Date;
  signal: AbortSignal;
}

/** Answers a query. Throws UNFOLD_QUERY_TOO_LONG, and what the engine throws. */
export async function search(engine: AskableIndex, text: string, options: SearchOptions): Promise<Answer> {
  const started = performance.now();
  const now = options.now ?? new Date();
  const { where, at, notices } = resolve(parse(text), now);
  const instant = at ?? options.at?.toISOString() ?? null;
  const { limit, cursor, evidence, facets } = options;
  const leaves = leavesOf(where);
  const found = await engine.search(
    {
      schema: 'unfold.plan/1',
      where,
      at: instant,
      limit,
      cursor,
      evidence,
      facets,
      narrowed: [...(options.narrowed ?? [])],
      ...(options.explain === true ? { explain: true } : {}),
    },
    options.signal,
  );
  const states = await engine.systems(instant, options.signal);
  const answeredFor = instant ?? now.toISOString();
  const coverage = coverageOf(states, {
    at: new Date(answeredFor),
    staleAfterHours: options.staleAfterHours,
    features: neededFeatures(leaves),
    changes: await changeNeeds(leaves, instant, (then) => engine.systems(then, options.signal)),
  });
  const systems = found.systems.map((hit) => systemHit(hit, { leaves, at: instant }, evidence));
  return {
    schema: 'unfold.answer/1',
    query: text,
    at: answeredFor,
    tookMs: Math.round((performance.now() - started) * 10) / 10,
    notices,
    total: { systems: found.total, relation: 'exact' },
    systems,
    facets: [...found.facets],
    coverage: found.unknown === 0 ? coverage : { ...coverage, unknown: found.unknown },
    cursor: found.cursor,
  };
}

function systemHit(hit: EngineHit, asked: Asked, limit: number | null): SystemHit {
  const evidence = hit.facts.flatMap((fact) => bestEvidence(fact, asked));
  const listed = limit === null ? evidence : evidence.slice(0, limit);
  return {
    system: hit.system,
    score: hit.score,
    ...(hit.explanation === undefined ? {} : { explanation: explained(hit.explanation, asked.leaves) }),
    asOf: hit.asOf,
    frame: hit.frame,
    evidence: listed,
    moreEvidence: hit.moreFacts + evidence.length - listed.length,
  };
}
