// Answers a plan from the tables: leaves → entries → systems → judgement → one page.
import type { DatabaseSync } from 'node:sqlite';
import type { SearchPlan } from '../../../schemas/plan.ts';
import { markOf } from '../cursor.ts';
import type { Deadline } from '../deadline.ts';
import { countFacets, narrow } from '../facet-counter.ts';
import { foundOf, type Judged } from '../found.ts';
import { judge } from '../judgement.ts';
import { pageOf } from '../page.ts';
import { PlanTree } from '../plan-tree.ts';
import type { EngineAnswer, EngineHit } from '../search-engine.ts';
import { EvidenceReader } from './evidence.ts';
import type { FacetReader } from './facets.ts';
import { MatchedEntries, matchedFacts } from './matches.ts';
import type { StateMemory } from './state-memory.ts';
import { answeringSystems, instantOf, type AnsweringSystem } from './systems.ts';

/** Answers the plan; the caller holds a transaction, so that every step reads the same state. */
export function answerPlan(
  db: DatabaseSync,
  { memory, facets, deadline }: { memory: StateMemory; facets: FacetReader; deadline: Deadline },
  plan: SearchPlan,
): EngineAnswer {
  const at = instantOf(plan.at);
  const read = () => answeringSystems(db, at);
  const systems = at === null ? memory.of('answering', read) : read();
  const tree = new PlanTree(plan.where);
  const { leaves } = tree;
  const after = markOf(plan.cursor, leaves.length);
  const matched = new MatchedEntries(db, leaves, deadline);
  const facts = matchedFacts(db, matched, { leaves, systems: systems.map(({ number }) => number), at });
  const found = foundOf(tree, matched, facts);
  const judgement = judge(tree, systems, found, after?.rarities ?? null);
  const { judged: all, unknown, rarities } = judgement;
  const sources = facets.sources({ systems, found, at });
  const judged = narrow(all, plan.narrowed ?? [], sources);
  const { shown, cursor } = pageOf(judged, rarities, after, plan.limit);
  const evidence = new EvidenceReader(db, found, at, (index) => systems[index]?.number ?? 0);
  return {
    total: judged.length,
    unknown,
    systems: shown.flatMap((one) => {
      const explanation = plan.explain === true ? { explanation: judgement.explain(one) } : {};
      return hit(one, systems[one.index], evidence, plan.evidence).map((found) => ({
        ...found,
        ...explanation,
      }));
    }),
    facets: countFacets(plan, all, sources),
    cursor,
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
