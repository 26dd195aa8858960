// Answers a plan: leaves → entries → systems → judgement → one page.
import type { SearchPlan } from '../../../schemas/plan.ts';
import { cursorAfter, inOrder, markOf } from '../cursor.ts';
import { judge, Weights } from '../judgement.ts';
import { PlanTree } from '../plan-tree.ts';
import type { EngineAnswer } from '../search-engine.ts';
import { evidenceOf, type FoundMatches } from './evidence.ts';
import { countFacets, type Labels } from './facets.ts';
import { findMatches } from './matches.ts';
import type { Scope } from './scope.ts';

/** Answers the plan from the systems as they are in the scope: all of it is of one state. */
export async function answerPlan(scope: Scope, labels: Labels, plan: SearchPlan): Promise<EngineAnswer> {
  const { systems } = scope;
  const tree = new PlanTree(plan.where);
  const after = markOf(plan.cursor, tree.leaves.length);
  const matches = await findMatches(scope, tree.leaves);
  const found: FoundMatches = { ...matches, weights: new Weights(matches.matched) };
  const facts = (system: number) => found.facts[system] ?? [];
  const { judged, rarities } = judge(tree, systems, { ...found, facts }, after?.rarities ?? null);
  judged.sort(inOrder);
  const rest = after === null ? judged : judged.filter((one) => inOrder(one, after) > 0);
  const page = rest.slice(0, plan.limit ?? rest.length);
  const last = page.at(-1);
  const evidence = await evidenceOf(scope, found, page, plan.evidence);
  return {
    total: judged.length,
    systems: page.flatMap(({ index, score }, place) => {
      const system = systems[index];
      if (system === undefined) return [];
      const { ref, asOf, frame } = system;
      const { facts: shown = [], moreFacts = 0 } = evidence[place] ?? {};
      return [{ system: ref, score, asOf, frame, facts: shown, moreFacts }];
    }),
    facets: await countFacets(scope, labels, found, judged, plan.facets),
    cursor: last !== undefined && page.length < rest.length ? cursorAfter(last, rarities) : null,
  };
}
