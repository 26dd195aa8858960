// A leaf of a plan as queries: which contents and which entries can satisfy it, and whether they have to be read to be sure.
import type { estypes } from '@elastic/elasticsearch';
import type { Feature } from '../../../schemas/entries.ts';
import { FIELDS } from '../../../schemas/fields.ts';
import type { Leaf } from '../../../schemas/plan.ts';
import type { Relation } from '../../../schemas/answer.ts';
import { isIpv4, relationOf } from '../../terms/addresses.ts';
import { namingOf } from '../../terms/names.ts';
import { foldCase, termNeedsVerification, words, wordTerm } from '../../terms/words.ts';
import { addressText } from './address-text.ts';
import { isCut, isOdd, valueTerm } from './documents.ts';
import { fieldProperty } from './indices.ts';
import { regexQuery } from './regex-queries.ts';

type Query = estypes.QueryDslQueryContainer;
type AddressLeaf = Extract<Leaf, { leaf: 'address' }>;
type FieldLeaf = Extract<Leaf, { leaf: 'field' }>;
type TextLeaf = Extract<Leaf, { leaf: 'word' | 'phrase' }>;

/** Candidates of a leaf. */
export interface LeafQuery {
  readonly query: Query;
  /** How to be sure of a candidate: not at all, by its text, or by the networks that stand in it. */
  readonly verify: 'nothing' | 'text' | 'networks';
}

/** The queries of a leaf, in contents and in entries: what any of them finds. */
export interface LeafQueries {
  readonly contents: readonly LeafQuery[];
  readonly entries: readonly LeafQuery[];
}

/** A phrase of more words is found by these, and then read. */
const WORDS = 200;
const NONE: LeafQueries = { contents: [], entries: [] };

/**
 * The queries of a leaf; without `patterns` none that a cluster may refuse as expensive, but more has to be read. A
 * change is none of contents or entries, nor is a field of the system.
 */
export function leafQueries(leaf: Leaf, patterns = true): LeafQueries {
  switch (leaf.leaf) {
    case 'word':
    case 'phrase':
      return textQueries(leaf);
    case 'regex':
      return regexQueries(leaf, patterns);
    case 'address':
      return addressesIn(leaf);
    case 'content':
      return { contents: [{ query: { ids: { values: [leaf.sha256] } }, verify: 'nothing' }], entries: [] };
    case 'feature':
      return { contents: [], entries: [{ query: { term: { feature: leaf.feature } }, verify: 'nothing' }] };
    case 'field':
      return fieldQueries(leaf, patterns);
    case 'changed':
      return NONE;
  }
}

function regexQueries(leaf: Extract<Leaf, { leaf: 'regex' }>, patterns: boolean): LeafQueries {
  const query = (patterns ? regexQuery(leaf.pattern) : null) ?? { match_all: {} };
  return inParts([{ query, verify: 'text' }], leaf.within, leaf.feature);
}

/** Which of the entries that satisfy a leaf are called as it asks (names.ts). */
export function namedQueries(leaf: Leaf): LeafQuery[] {
  const naming = namingOf(leaf);
  if (naming === null) return [];
  const terms = naming.fields.map((name) => ({ term: { [`field.${fieldProperty(name)}`]: naming.value } }));
  return [{ query: either(terms), verify: 'nothing' }];
}

function inParts(
  queries: readonly LeafQuery[],
  within: TextLeaf['within'],
  feature: Feature | undefined,
): LeafQueries {
  const ofFeature = ({ query, verify }: LeafQuery): LeafQuery => ({
    query: feature === undefined ? query : { bool: { filter: [{ term: { feature } }, query] } },
    verify,
  });
  return {
    contents: within === 'entry' || (feature ?? 'file') !== 'file' ? [] : queries,
    entries: within === 'content' ? [] : queries.map(ofFeature),
  };
}

/** One whole word is found by its term alone; a phrase by all of its words, then by reading. */
function textQueries(leaf: TextLeaf): LeafQueries {
  const text = leaf.leaf === 'word' ? leaf.word : leaf.text;
  const found = words(text);
  const [first = ''] = found;
  const certain = found.length === 1 && first === foldCase(text) && !termNeedsVerification(first);
  const terms = [...new Set(found.map(wordTerm))].slice(0, WORDS);
  const query: Query =
    terms.length === 0
      ? { match_all: {} }
      : { bool: { filter: terms.map((term) => ({ term: { words: term } })) } };
  return inParts([{ query, verify: certain ? 'nothing' : 'text' }], leaf.within, leaf.feature);
}

function either(should: readonly Query[]): Query {
  return { bool: { should: [...should], minimum_should_match: 1 } };
}

/** Where a range stands that relates to the asked one in a wanted way. */
function addressQueries(leaf: AddressLeaf): LeafQuery[] {
  const asked = { low: BigInt(`0x${leaf.low}`), high: BigInt(`0x${leaf.high}`) };
  const found = (relation: Relation) => relationQueries(relation, asked, leaf, isIpv4(leaf) ? 4 : 6);
  const certain = leaf.relations.filter((relation) => relation !== 'overlapping').flatMap(found);
  const queries: LeafQuery[] = certain.length === 0 ? [] : [{ query: either(certain), verify: 'nothing' }];
  const partial = leaf.relations.includes('overlapping') ? found('overlapping') : [];
  // What holds an end of the asked range and what is beside it covers the range, or shares a part with it.
  const covers = leaf.relations.includes('containing');
  if (partial.length > 0) queries.push({ query: either(partial), verify: covers ? 'nothing' : 'networks' });
  return queries;
}

interface Numbers {
  readonly low: bigint;
  readonly high: bigint;
}

const ALL = (1n << 128n) - 1n;

function text(value: bigint): string {
  return addressText(value.toString(16).padStart(32, '0'));
}

function related(field: string, { low, high }: Numbers, relation: 'contains' | 'within'): Query[] {
  if (low < 0n || high > ALL || low > high) return [];
  return [{ range: { [field]: { gte: text(low), lte: text(high), relation } } }];
}

/** Ranges are compared within their family: IPv4 and IPv6 stand in fields of their own. */
function relationQueries(
  relation: Relation,
  { low, high }: Numbers,
  leaf: AddressLeaf,
  family: 4 | 6,
): Query[] {
  const single = low === high;
  const [address, network] = [`address${family}`, `network${family}`];
  const below = { low: low - 1n, high: low };
  const above = { low: high, high: high + 1n };
  switch (relation) {
    case 'exact':
      return [
        single ? { term: { [address]: text(low) } } : { term: { networks: `${leaf.low}-${leaf.high}` } },
      ];
    case 'contained':
      // A network within the asked one, other than it, lacks its first or its last address.
      return single
        ? []
        : [
            { range: { [address]: { gte: text(low), lte: text(high) } } },
            ...related(network, { low: low + 1n, high }, 'within'),
            ...related(network, { low, high: high - 1n }, 'within'),
          ];
    case 'containing':
      // One that covers the asked one, other than it, has an address before or after it.
      return [
        ...related(network, { low: low - 1n, high }, 'contains'),
        ...related(network, { low, high: high + 1n }, 'contains'),
      ];
    case 'overlapping':
      return single ? [] : [...related(network, below, 'contains'), ...related(network, above, 'contains')];
  }
}

/** Whether networks (`LOW-HIGH`) written in a document relate to the asked range as the leaf wants. */
export function networksHold(leaf: Leaf, networks: readonly string[]): boolean {
  if (leaf.leaf !== 'address') return false;
  return networks.some((network) => {
    const [low = '', high = ''] = network.split('-');
    const relation = relationOf(leaf, { low, high });
    return relation !== null && leaf.relations.includes(relation);
  });
}

/** Where the address has to stand in one field, the entry is read. */
function addressesIn(leaf: AddressLeaf): LeafQueries {
  const queries = addressQueries(leaf);
  if (leaf.field === undefined) return inParts(queries, 'any', leaf.feature);
  const read = queries.map(({ query }) => ({ query, verify: 'text' as const }));
  return inParts(read, 'entry', leaf.feature);
}

function contentQueries({ op, value = '' }: FieldLeaf, patterns: boolean): LeafQueries {
  if (op === 'is') return leafQueries({ leaf: 'phrase', text: value, within: 'content' });
  return op === 'regex' ? leafQueries({ leaf: 'regex', pattern: value, within: 'content' }, patterns) : NONE;
}

function fieldQueries(leaf: FieldLeaf, patterns: boolean): LeafQueries {
  if (leaf.field === 'content') return contentQueries(leaf, patterns);
  const field = FIELDS.find(({ name }) => name === leaf.field);
  if (field === undefined || field.feature === 'system') return NONE;
  if (leaf.op === 'glob' && !patterns)
    return {
      contents: [],
      entries: [{ query: { exists: { field: `field.${fieldProperty(leaf.field)}` } }, verify: 'text' }],
    };
  return { contents: [], entries: fieldQuery(leaf, field.type === 'path') };
}

/** Values are kept folded; where case counts, as they are too. */
function fieldQuery(leaf: FieldLeaf, caseCounts: boolean): LeafQuery[] {
  const folded = `field.${fieldProperty(leaf.field)}`;
  const asked = leaf.value ?? '';
  switch (leaf.op) {
    case 'exists':
      return [{ query: { exists: { field: folded } }, verify: 'nothing' }];
    case 'is': {
      const [name, value] = caseCounts
        ? [`exact.${fieldProperty(leaf.field)}`, asked]
        : [folded, foldCase(asked)];
      const term = valueTerm(value);
      return [{ query: { term: { [name]: term } }, verify: isCut(term) ? 'text' : 'nothing' }];
    }
    case 'glob':
      return globQueries(folded, leaf.field, foldCase(asked));
    case 'regex':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return [{ query: { exists: { field: folded } }, verify: 'text' }];
  }
}

/** Elasticsearch's own patterns, but for what folding case does not settle: that is read. */
function globQueries(property: string, field: string, glob: string): LeafQuery[] {
  const all: Query = { exists: { field: property } };
  if (isOdd(glob.replaceAll(/[*?]/g, ''))) return [{ query: all, verify: 'text' }];
  const pattern: Query = { wildcard: { [property]: { value: glob.replaceAll('\\', '\\\\') } } };
  const odd: Query = { term: { odd: field } };
  return [
    { query: { bool: { filter: [pattern], must_not: [odd] } }, verify: 'nothing' },
    { query: odd, verify: 'text' },
  ];
}
