// Answers a plan: leaves → entries → systems → judgement → one page.
import type { SearchPlan } from '../../../schemas/plan.ts';
import { markOf } from '../cursor.ts';
import { countFacets, narrow } from '../facet-counter.ts';
import { foundOf } from '../found.ts';
import { judge } from '../judgement.ts';
import { pageOf } from '../page.ts';
import { PlanTree } from '../plan-tree.ts';
import type { EngineAnswer } from '../search-engine.ts';
import { evidenceOf } from './evidence.ts';
import { facetSources, type Labels } from './facets.ts';
import { findMatches } from './matches.ts';
import type { Scope } from './scope.ts';

/** Answers the plan from the systems as they are in the scope: all of it is of one state. */
export async function answerPlan(scope: Scope, labels: Labels, plan: SearchPlan): Promise<EngineAnswer> {
  const { systems } = scope;
  const tree = new PlanTree(plan.where);
  const after = markOf(plan.cursor, tree.leaves.length);
  const { matched, facts, endedSince } = await findMatches(scope, tree.leaves);
  const found = { ...foundOf(tree, matched, facts), endedSince };
  const judgement = judge(tree, systems, found, after?.rarities ?? null);
  const { judged: all, unknown, rarities } = judgement;
  const sources = await facetSources(scope, labels, found, all, plan);
  const judged = narrow(all, plan.narrowed ?? [], sources);
  const { shown, cursor } = pageOf(judged, rarities, after, plan.limit);
  const evidence = await evidenceOf(scope, found, shown, plan.evidence);
  return {
    total: judged.length,
    unknown,
    systems: shown.flatMap((one, place) => {
      const system = systems[one.index];
      if (system === undefined) return [];
      const { ref, asOf, frame } = system;
      const { facts = [], moreFacts = 0 } = evidence[place] ?? {};
      const explanation = plan.explain === true ? { explanation: judgement.explain(one) } : {};
      return [{ system: ref, score: one.score, asOf, frame, facts, moreFacts, ...explanation }];
    }),
    facets: countFacets(plan, all, sources),
    cursor,
  };
}
