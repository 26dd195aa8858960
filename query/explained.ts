// What a score is the sum of, with the terms as people write them.
import type { Explanation } from '../schemas/answer.ts';
import type { Leaf } from '../schemas/plan.ts';
import type { ExplainedFact, ExplainedLeaf } from '../indexer/engines/explanation.ts';
import { product } from '../indexer/engines/ranking.ts';
import { isIpv4 } from '../indexer/terms/addresses.ts';

/** The explanation of a score; `leaves` are those of the plan. */
export function explained(parts: readonly ExplainedLeaf[], leaves: readonly Leaf[]): Explanation {
  return {
    terms: parts.map(({ leaf, rarity, closeness, facts }) => {
      const told = facts.map(factOf);
      const sum = told.reduce((total, { worth, others }) => total + worth + others, 0);
      const asked = leaves[leaf];
      const term = asked === undefined ? '' : termOf(asked);
      return { term, score: rarity * closeness * sum, rarity, closeness, facts: told };
    }),
  };
}

function factOf({
  feature,
  place,
  match,
  factors,
  others,
}: ExplainedFact): Explanation['terms'][0]['facts'][0] {
  const folder = place === '' ? {} : { folder: place };
  return { feature, ...folder, match, worth: product(factors) * factors.together, factors, others };
}

function termOf(leaf: Leaf): string {
  switch (leaf.leaf) {
    case 'word':
      return leaf.word;
    case 'phrase':
      return `"${leaf.text}"`;
    case 'regex':
      return `/${leaf.pattern}/`;
    case 'address':
      return `${rangeText(leaf)} (${leaf.relations.join(', ')})`;
    case 'field':
      return fieldText(leaf);
    case 'content':
      return `text ${leaf.sha256}`;
    case 'feature':
      return `any ${leaf.feature}`;
    case 'changed':
      return `changed.${leaf.feature ?? 'any'}`;
  }
}

function rangeText(range: { low: string; high: string }): string {
  const ends = [range.low, range.high].map((hex) => {
    if (isIpv4(range))
      return hex
        .slice(-8)
        .replace(/../g, (octet) => `.${Number.parseInt(octet, 16)}`)
        .slice(1);
    return hex.replace(/..../g, (group) => `:${group.replace(/^0{1,3}/, '')}`).slice(1);
  });
  return [...new Set(ends)].join('-');
}

function fieldText({ field, op, value = '*' }: Extract<Leaf, { leaf: 'field' }>): string {
  if (op === 'regex') return `${field}:/${value}/`;
  return `${field}:${/^[<>]/.test(op) ? op : ''}${value}`;
}
