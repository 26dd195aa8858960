// Groups of a plan, as the oracle evaluates them: the tree itself, asked about one fact.
import type { Feature } from '../../../schemas/entries.ts';
import type { FactNode, PlanNode } from '../../../schemas/plan.ts';

/** A group with the numbers of its leaves, and of those under an even number of `not`s. */
export interface OracleGroup {
  readonly feature: Feature | null;
  readonly where: FactNode;
  readonly leaves: readonly number[];
  readonly asserted: readonly number[];
}

/** The groups of a plan. Leaves are counted through the whole of it. */
export function groupsOf(where: PlanNode): OracleGroup[] {
  const groups: OracleGroup[] = [];
  let next = 0;
  const walk = (node: PlanNode): void => {
    if ('fact' in node) {
      const { feature } = node.fact;
      const leaves: number[] = [];
      const asserted: number[] = [];
      number(node.fact.where, false, leaves, asserted);
      groups.push({ feature, where: node.fact.where, leaves, asserted });
    } else for (const child of childrenOf(node)) walk(child);
    if ('leaf' in node) next++;
  };
  const number = (node: FactNode, negated: boolean, leaves: number[], asserted: number[]): void => {
    if ('leaf' in node) {
      leaves.push(next);
      if (!negated) asserted.push(next);
      next++;
    }
    for (const child of childrenOf(node)) number(child, 'not' in node ? !negated : negated, leaves, asserted);
  };
  walk(where);
  return groups;
}

function childrenOf<T>(node: { and: T[] } | { or: T[] } | { not: T } | object): T[] {
  if ('and' in node) return node.and;
  if ('or' in node) return node.or;
  return 'not' in node ? [node.not] : [];
}

/** Whether a fact satisfies the group. */
export function holdsFor(
  { feature, where, leaves }: OracleGroup,
  of: Feature,
  has: (leaf: number) => boolean,
): boolean {
  let next = leaves[0] ?? 0;
  const holds = (node: FactNode): boolean => {
    if ('leaf' in node) return has(next++);
    const children = childrenOf<FactNode>(node).map(holds);
    if ('and' in node) return children.every(Boolean);
    if ('or' in node) return children.some(Boolean);
    return 'not' in node ? children[0] === false : true;
  };
  return (feature === null || feature === of) && holds(where);
}
