// Asks an engine for all terms of a lookup at once, and tells by term what was found.
import { UnfoldError } from '../../schemas/error.ts';
import type { Relation } from '../../schemas/answer.ts';
import type { EngineHit, MatchedFact } from '../../indexer/engines/search-engine.ts';
import type { Leaf, PlanNode } from '../../schemas/plan.ts';
import type { AskableIndex } from '../restricted.ts';
import { leavesFor, type Term } from './term.ts';

/** What held at `at` (null: now), or where `since` is given, at any time from then on to that instant. */
export interface Period {
  readonly at: string | null;
  readonly since: string | null;
}

/** A system with the facts in which a term may be written. */
export type TermHit = Pick<EngineHit, 'system' | 'asOf' | 'frame' | 'facts'>;

interface TermLeaf {
  readonly leaf: Leaf;
  /** Of the term. */
  readonly number: number;
}

/** Conditions of one question to the engine. */
const LEAVES_AT_ONCE = 1000;

/** Facts in an answer, for all terms together: more are more than a machine can hold as one answer. */
const MOST_FOUND = 500_000;

/** What was found of each term, in the order of the terms; systems by id. Throws UNFOLD_REQUEST_TOO_LARGE. */
export async function searchTerms(
  engine: AskableIndex,
  terms: readonly Term[],
  options: { period: Period; relations: readonly Relation[]; signal: AbortSignal },
): Promise<TermHit[][]> {
  const found = terms.map((): TermHit[] => []);
  let leaves: TermLeaf[] = [];
  for (const [number, term] of terms.entries()) {
    const own = leavesFor(term, options.relations).map((leaf) => ({ leaf, number }));
    // Those of one term stay together, so that a system stands once among what is found of it.
    if (leaves.length + own.length > LEAVES_AT_ONCE) {
      await searchLeaves(engine, leaves, options, found);
      leaves = [];
    }
    leaves.push(...own);
  }
  if (leaves.length > 0) await searchLeaves(engine, leaves, options, found);
  for (const hits of found) hits.sort((a, b) => (a.system.id < b.system.id ? -1 : 1));
  return found;
}

/** Adds what satisfies leaves to what was found of their terms. */
async function searchLeaves(
  engine: AskableIndex,
  leaves: readonly TermLeaf[],
  { period, signal }: { period: Period; signal: AbortSignal },
  found: readonly TermHit[][],
): Promise<void> {
  const { systems } = await engine.search(
    {
      schema: 'unfold.plan/1',
      where: whereOf(
        leaves.map(({ leaf }) => leaf),
        period.since,
      ),
      at: period.at,
      limit: null,
      cursor: null,
      evidence: null,
      facets: [],
    },
    signal,
  );
  let number = 0;
  for (const { system, asOf, frame, facts } of systems) {
    const byTerm = new Map<number, MatchedFact[]>();
    for (const fact of facts) {
      // Of a window the leaves stand there twice, and what changed comes last.
      const satisfied = fact.leaves.filter((leaf) => leaf < 2 * leaves.length);
      for (const term of new Set(satisfied.map((leaf) => leaves[leaf % leaves.length]?.number ?? 0))) {
        const known = byTerm.get(term);
        if (known === undefined) byTerm.set(term, [fact]);
        else known.push(fact);
      }
    }
    for (const [term, ofTerm] of byTerm) {
      found[term]?.push({ system, asOf, frame, facts: ofTerm });
      number += ofTerm.length;
    }
    if (number > MOST_FOUND) throw tooLarge();
  }
}

function tooLarge(): UnfoldError {
  return new UnfoldError('UNFOLD_REQUEST_TOO_LARGE', `The answer has more than ${MOST_FOUND} places.`, {
    remedy:
      'Ask for fewer items at a time, for one relation by --match (`match`), or for fewer systems by --scope.',
  });
}

/** Any of the leaves, in facts that hold at the instant; of a window also in those that ended in it. */
function whereOf(leaves: readonly Leaf[], since: string | null): PlanNode {
  const any = leaves.map((leaf) => ({ leaf }));
  if (since === null) return { or: any };
  const changed: Leaf = { leaf: 'changed', after: since, until: null };
  return { or: [...any, { fact: { feature: null, where: { and: [{ or: any }, { leaf: changed }] } } }] };
}
