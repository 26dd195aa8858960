// Addresses, networks and ranges → every system that has to do with them, with every place where they are written.
import type { LookupAnswer, SystemHit } from '../schemas/answer.ts';
import { UnfoldError } from '../schemas/error.ts';
import { parseAddress } from '../indexer/terms/addresses.ts';
import type { EngineHit, SystemState } from '../indexer/engines/search-engine.ts';
import { coverageOf, neededFeatures } from './coverage.ts';
import { everyAddress } from './evidence.ts';
import { addressLeaf, addressNode } from './language/resolve.ts';
import type { AskableIndex } from './restricted.ts';

/** How to answer a lookup. */
export interface LookupOptions {
  /** The instant to answer for; null means now. */
  at: Date | null;
  /** Pieces of evidence per system; null means all. */
  evidence: number | null;
  staleAfterHours: number;
  signal: AbortSignal;
}

type Leaf = ReturnType<typeof addressLeaf>;

/** Answers a batch. Throws UNFOLD_QUERY_INVALID if one of them is no address, network or range. */
export async function lookup(
  engine: AskableIndex,
  asked: readonly string[],
  options: LookupOptions,
): Promise<LookupAnswer> {
  const started = performance.now();
  const now = new Date();
  const leaves = asked.map(leafFor);
  const instant = options.at?.toISOString() ?? null;
  const states = await engine.systems(instant, options.signal);
  const at = options.at ?? now;
  const lookups: LookupAnswer['lookups'] = [];
  for (const [index, leaf] of leaves.entries()) {
    lookups.push({
      asked: asked[index] ?? '',
      systems: await hits(engine, leaf, instant, options),
      coverage: coverage(states, leaf, at, options),
    });
  }
  const tookMs = Math.round((performance.now() - started) * 10) / 10;
  return { schema: 'unfold.lookup/1', at: at.toISOString(), tookMs, notices: [], lookups };
}

function leafFor(asked: string, index: number): Leaf {
  const range = parseAddress(asked);
  if (range !== null) return addressLeaf(range);
  throw new UnfoldError('UNFOLD_QUERY_INVALID', `${JSON.stringify(asked)} is no address, network or range.`, {
    remedy: 'Write it as 10.1.2.3, 10.1.0.0/16, 10.1.2.1-10.1.2.9, fe80::1 or 2001:db8::/32.',
    place: { parameter: 'asked', index, span: [0, asked.length] },
  });
}

async function hits(
  engine: AskableIndex,
  leaf: Leaf,
  at: string | null,
  options: LookupOptions,
): Promise<SystemHit[]> {
  const found = await engine.search(
    // All facts, so that what is not listed is counted by place, as what is listed.
    {
      schema: 'unfold.plan/1',
      where: addressNode(leaf),
      at,
      limit: null,
      cursor: null,
      evidence: null,
      facets: [],
    },
    options.signal,
  );
  return found.systems.map((hit) => systemHit(hit, leaf, options.evidence));
}

function systemHit(hit: EngineHit, leaf: Leaf, limit: number | null): SystemHit {
  const evidence = hit.facts.flatMap((fact) => everyAddress(fact, leaf));
  const listed = limit === null ? evidence : evidence.slice(0, limit);
  const { system, score, asOf, frame } = hit;
  return {
    system,
    score,
    asOf,
    frame,
    evidence: listed,
    moreEvidence: hit.moreFacts + evidence.length - listed.length,
  };
}

function coverage(states: readonly SystemState[], leaf: Leaf, at: Date, { staleAfterHours }: LookupOptions) {
  return coverageOf(states, { at, staleAfterHours, features: neededFeatures([leaf]) });
}
