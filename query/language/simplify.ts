// A plan's tree without what says nothing: nested and repeated conjunctions, double negations, tautologies.
import type { FactNode, Group, Leaf, PlanNode } from '../../schemas/plan.ts';
import { leafFeature } from '../../indexer/terms/leaf-feature.ts';

const ALL: PlanNode = { all: true };
const NONE: PlanNode = { not: ALL };

/** An equivalent tree: `and` and `or` have two or more distinct children, none of their own kind; `all` stands alone or under `not`. */
export function simplify(node: PlanNode): PlanNode {
  if ('and' in node) return simplifyItems(node.and, 'and');
  if ('or' in node) return simplifyItems(node.or, 'or');
  if ('fact' in node) return simplifyGroup(node.fact);
  if ('not' in node) {
    const inner = simplify(node.not);
    return 'not' in inner ? inner.not : { not: inner };
  }
  return node;
}

function simplifyGroup({ feature, where }: Group): PlanNode {
  const inner = simplify(where) as FactNode;
  // What every fact satisfies, or none, has no leaf that one could satisfy.
  if ('all' in inner || JSON.stringify(inner) === JSON.stringify(NONE)) return NONE;
  return isOf(inner, feature) ? inner : { fact: { feature, where: inner } };
}

/** Whether a condition says for itself which feature it is on. */
function isOf(node: FactNode, feature: Group['feature']): boolean {
  if (!('leaf' in node)) return false;
  const { leaf } = node;
  const isOwn =
    leaf.leaf === 'field' || (leaf.leaf === 'address' && leaf.field !== undefined) || 'feature' in leaf;
  return isOwn && leafFeature(leaf) === feature;
}

function simplifyItems(items: readonly PlanNode[], kind: 'and' | 'or'): PlanNode {
  const [neutral, absorbing] = kind === 'and' ? [ALL, NONE] : [NONE, ALL];
  const distinct = new Map<string, PlanNode>();
  for (const item of items.map(simplify)) {
    for (const child of sameKind(item, kind)) distinct.set(JSON.stringify(child), child);
  }
  if (distinct.has(JSON.stringify(absorbing))) return absorbing;
  distinct.delete(JSON.stringify(neutral));
  const children = [...distinct.values()];
  const [first = neutral] = children;
  if (children.length < 2) return first;
  return kind === 'and' ? { and: children } : { or: children };
}

function sameKind(node: PlanNode, kind: 'and' | 'or'): PlanNode[] {
  if (kind === 'and') return 'and' in node ? node.and : [node];
  return 'or' in node ? node.or : [node];
}

/** The leaves of a tree in its order, those under a `not` included: an engine counts them so. */
export function leavesOf(node: PlanNode): Leaf[] {
  if ('leaf' in node) return [node.leaf];
  if ('not' in node) return leavesOf(node.not);
  if ('fact' in node) return leavesOf(node.fact.where);
  if ('and' in node) return node.and.flatMap(leavesOf);
  return 'or' in node ? node.or.flatMap(leavesOf) : [];
}
