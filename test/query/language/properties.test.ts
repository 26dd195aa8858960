// What holds of every query: parsing never throws, printing is its inverse, simplifying keeps the meaning.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SearchPlan, type FactNode, type PlanNode } from '../../../schemas/plan.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import type { Feature } from '../../../schemas/entries.ts';
import { FIELDS } from '../../../schemas/fields.ts';
import { factOf } from '../../../query/language/fact-group.ts';
import { parse } from '../../../query/language/parse.ts';
import { print } from '../../../query/language/print.ts';
import { resolve } from '../../../query/language/resolve.ts';
import { leavesOf, simplify } from '../../../query/language/simplify.ts';
import type { Query } from '../../../query/language/tree.ts';

const NOW = new Date('2026-11-22T10:00:00Z');

const PIECES = [
  ...[
    '(',
    ')',
    '"',
    '\\',
    '\\"',
    '\\/',
    '-',
    ' - ',
    ' ',
    '\t',
    '\n',
    ':',
    '*',
    '?',
    '/',
    '..',
    '>',
    '<=',
    '=',
    '[',
    ']',
  ],
  ...['{9}', '|', '^', '$', '+', '.', '\u0000', '\u001b', '\ud800', '🦊', '\u202e', '\u00a0', 'ﬁ', 'İ'],
  ...[
    'AND',
    ' OR ',
    'or',
    ' NOT ',
    'not ',
    'at:',
    'changed:',
    'changed.file:',
    '2026-11-01',
    'now-1d',
    'yesterday',
  ],
  ...[
    'foo:',
    'f(x)',
    'word',
    '/re+x/',
    '/a b/',
    '/etc/',
    '/etc/x',
    'version:<1',
    'package:a',
    'ngin*',
    '1..2',
    '..9',
  ],
  ...[
    '10.1.2.3',
    '10.1.2.*',
    '10.0.0.0/8',
    '10.0.0.1 - 10.0.0.9',
    'fe80::1%eth0',
    '[::1]:443',
    '1.2.3.4.5',
    'C:\\x',
  ],
  ...['file:(', 'connection:(', 'package:(', 'os:(', 'process:(', 'interface:('],
  ...FIELDS.map(({ name }) => `${name}:`),
];

/** Pieces of the language, glued together in any way, and plain garbage. */
const anyQuery = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('(', ')', '"', 'a', ' ', '-', '/', '*', '[', '\\'), maxLength: 200 }),
);

/** The tree without its spans, which printing does not keep. */
function withoutSpans(query: Query): unknown {
  return JSON.parse(JSON.stringify(query, (key, value: unknown) => (key === 'span' ? undefined : value)));
}

test('any input parses to a valid plan, with notices that point into it', () => {
  fc.assert(
    fc.property(anyQuery, (text) => {
      const { where, at, notices } = resolve(parse(text), NOW);
      SearchPlan.parse({
        schema: 'unfold.plan/1',
        where,
        at,
        limit: null,
        cursor: null,
        evidence: null,
        facets: [],
      });
      for (const { span } of notices) {
        const [start, end] = span ?? [0, 0];
        expect(0 <= start && start < end && end <= text.length).toBe(true);
      }
    }),
    { numRuns: 10_000 },
  );
});

test('a printed query parses to the same tree', () => {
  fc.assert(
    fc.property(anyQuery, (text) => {
      const { tree } = parse(text);
      expect(withoutSpans(parse(print(tree)).tree)).toEqual(withoutSpans(tree));
    }),
    { numRuns: 10_000 },
  );
});

test('long hostile input is answered in linear time', () => {
  for (const unit of [
    '(',
    ')',
    '"',
    '-',
    'a(',
    'a:',
    '\\',
    'NOT ',
    'a OR ',
    '"a" (',
    'path:(',
    '10.0.0.1 - ',
    '/[ ',
    '/(',
    '/a ',
    '/\\/ ',
    'a*',
    '?',
    'a..',
    'file:(',
    'package:a version:1 ',
  ]) {
    const text = unit.repeat(4096 / unit.length);
    try {
      resolve(parse(text), NOW);
    } catch (error) {
      expect(error).toBeInstanceOf(UnfoldError);
    }
  }
});

const node = fc.letrec<{ node: PlanNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<PlanNode>({ all: true }),
    fc.constantFrom('a', 'b', 'c').map((word): PlanNode => ({ leaf: { leaf: 'word', word, within: 'any' } })),
    fc.array(tie('node'), { maxLength: 3 }).map((and): PlanNode => ({ and })),
    fc.array(tie('node'), { maxLength: 3 }).map((or): PlanNode => ({ or })),
    tie('node').map((not): PlanNode => ({ not })),
  ),
})).node;

function holds(plan: PlanNode, words: string): boolean {
  if ('and' in plan) return plan.and.every((item) => holds(item, words));
  if ('or' in plan) return plan.or.some((item) => holds(item, words));
  if ('not' in plan) return !holds(plan.not, words);
  return 'all' in plan || ('leaf' in plan && plan.leaf.leaf === 'word' && words.includes(plan.leaf.word));
}

test('a simplified plan holds for the same systems, and cannot be simplified further', () => {
  fc.assert(
    fc.property(node, (plan) => {
      const simple = simplify(plan);
      for (const words of ['', 'a', 'b', 'c', 'ab', 'ac', 'bc', 'abc'])
        expect(holds(simple, words)).toBe(holds(plan, words));
      expect(simplify(simple)).toEqual(simple);
      expect(leavesOf(simple).length).toBeLessThanOrEqual(leavesOf(plan).length);
    }),
    { numRuns: 2000 },
  );
});

/** What a fact of a feature satisfies: words, by a leaf each. */
interface Fact {
  readonly feature: Feature;
  readonly words: string;
}

function isSatisfied(node: FactNode, fact: Fact): boolean {
  if ('and' in node) return node.and.every((item) => isSatisfied(item, fact));
  if ('or' in node) return node.or.some((item) => isSatisfied(item, fact));
  if ('not' in node) return !isSatisfied(node.not, fact);
  if ('all' in node) return true;
  const { leaf } = node;
  return (
    'feature' in leaf &&
    leaf.feature === fact.feature &&
    (leaf.leaf !== 'word' || fact.words.includes(leaf.word))
  );
}

/** As engines see it: facts that satisfy a leaf which is not under a `not` are found, no others. */
function isFound(plan: PlanNode, facts: readonly Fact[]): boolean {
  if ('not' in plan) return !isFound(plan.not, facts);
  if ('leaf' in plan) return facts.some((fact) => isSatisfied(plan, fact));
  if (!('fact' in plan)) return 'all' in plan;
  const { feature, where } = plan.fact;
  const asserted = (node: FactNode, negated: boolean): FactNode[] => {
    if ('leaf' in node) return negated ? [] : [node];
    if ('not' in node) return asserted(node.not, !negated);
    const items = 'and' in node ? node.and : 'or' in node ? node.or : [];
    return items.flatMap((item) => asserted(item, negated));
  };
  return facts.some(
    (fact) =>
      fact.feature === feature &&
      isSatisfied(where, fact) &&
      asserted(where, false).some((leaf) => isSatisfied(leaf, fact)),
  );
}

const factNode = fc.letrec<{ node: FactNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<FactNode>({ all: true }),
    fc
      .constantFrom('a', 'b', 'c')
      .map((word): FactNode => ({ leaf: { leaf: 'word', word, within: 'any', feature: 'file' } })),
    fc.array(tie('node'), { maxLength: 3 }).map((and): FactNode => ({ and })),
    fc.array(tie('node'), { maxLength: 3 }).map((or): FactNode => ({ or })),
    tie('node').map((not): FactNode => ({ not })),
  ),
})).node;

test('a group finds the facts that satisfy it, those too that do so with none of its leaves', () => {
  const facts = ['', 'a', 'b', 'c', 'ab', 'ac', 'bc', 'abc'].map((words): Fact => ({
    feature: 'file',
    words,
  }));
  const other: Fact = { feature: 'package', words: 'abc' };
  fc.assert(
    fc.property(factNode, (where) => {
      const plan = simplify(factOf('file', where));
      for (const fact of facts) expect(isFound(plan, [fact, other])).toBe(isSatisfied(where, fact));
      expect(isFound(plan, [other])).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
