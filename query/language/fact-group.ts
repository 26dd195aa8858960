// Conditions on one fact.
import type { Field } from '../../schemas/fields.ts';
import type { FactNode, PlanNode } from '../../schemas/plan.ts';

/** The condition that one fact satisfies all of a tree; the tree itself for what is the system's own. */
export function factOf(feature: Field['feature'], where: PlanNode): PlanNode {
  if (feature === 'system') return where;
  const inner = inlined(where);
  // A fact that satisfies no leaf is none an engine finds.
  const found: FactNode = holdsWithoutLeaves(inner)
    ? { and: [{ leaf: { leaf: 'feature', feature } }, inner] }
    : inner;
  return { fact: { feature, where: found } };
}

/** A tree whose groups are of the same fact. */
function inlined(node: PlanNode): FactNode {
  if ('fact' in node) return node.fact.where;
  if ('and' in node) return { and: node.and.map(inlined) };
  if ('or' in node) return { or: node.or.map(inlined) };
  return 'not' in node ? { not: inlined(node.not) } : node;
}

/** Whether a fact that satisfies none of the leaves satisfies the tree: leaves under a `not` make it the likelier then. */
function holdsWithoutLeaves(node: FactNode): boolean {
  if ('and' in node) return node.and.every(holdsWithoutLeaves);
  if ('or' in node) return node.or.some(holdsWithoutLeaves);
  return 'not' in node ? !holdsWithoutLeaves(node.not) : 'all' in node;
}
