// Answers a plan from the tables: leaves → entries → systems → judgement → one page.
import type { DatabaseSync } from 'node:sqlite';
import type { SearchPlan } from '../../../schemas/plan.ts';
import { cursorAfter, inOrder, markOf } from '../cursor.ts';
import { PlanTree } from '../plan-tree.ts';
import type { EngineAnswer, EngineHit } from '../search-engine.ts';
import { EvidenceReader } from './evidence.ts';
import type { FacetCounter } from './facets.ts';
import { judge, placePrefixes, Weights, type Judged } from './judgement.ts';
import { kindsOf, MatchedEntries, matchedFacts } from './matches.ts';
import type { StateMemory } from './state-memory.ts';
import { answeringSystems, instantOf, type AnsweringSystem } from './systems.ts';

/** Answers the plan; the caller holds a transaction, so that every step reads the same state. */
export function answerPlan(
  db: DatabaseSync,
  { memory, facets }: { memory: StateMemory; facets: FacetCounter },
  plan: SearchPlan,
): EngineAnswer {
  const at = instantOf(plan.at);
  const read = () => answeringSystems(db, at);
  const systems = at === null ? memory.of('answering', read) : read();
  const tree = new PlanTree(plan.where);
  const { leaves } = tree;
  const after = markOf(plan.cursor, leaves.length);
  const matched = new MatchedEntries(db, leaves);
  const facts = matchedFacts(db, matched, { leaves, systems: systems.map(({ number }) => number), at });
  const prefixes = placePrefixes(db, matched);
  const kinds = kindsOf(matched, facts);
  const found = { matched, facts, kinds, prefixes, weights: new Weights(matched, prefixes) };

  const { judged, rarities } = judge(tree, systems, found, after?.rarities ?? null);
  judged.sort(inOrder);
  const rest = after === null ? judged : judged.filter((one) => inOrder(one, after) > 0);
  const page = rest.slice(0, plan.limit ?? rest.length);
  const last = page.at(-1);
  const evidence = new EvidenceReader(db, found, at, (index) => systems[index]?.number ?? 0);
  return {
    total: judged.length,
    systems: page.flatMap((one) => hit(one, systems[one.index], evidence, plan.evidence)),
    facets: facets.count(plan.facets, { systems, judged, found, at }),
    cursor: last !== undefined && page.length < rest.length ? cursorAfter(last, rarities) : null,
  };
}

function hit(
  judged: Judged,
  system: AnsweringSystem | undefined,
  evidence: EvidenceReader,
  limit: number | null,
): EngineHit[] {
  if (system === undefined) return [];
  const { ref, asOf, frame } = system;
  return [{ system: ref, score: judged.score, asOf, frame, ...evidence.show(judged, limit) }];
}
