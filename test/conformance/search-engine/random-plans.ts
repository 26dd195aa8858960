// Plans of every kind: all nodes, leaves, fields, relations, instants, pages and facets.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parseAddress } from '../../../indexer/terms/addresses.ts';
import { Feature } from '../../../schemas/entries.ts';
import { FIELDS } from '../../../schemas/fields.ts';
import {
  FacetField,
  type FactNode,
  type Leaf,
  type PlanNode,
  type SearchPlan,
} from '../../../schemas/plan.ts';
import { ADDRESSES, INSTANTS, PATHS, WORDS } from './random-frames.ts';
import { instant } from './frames.ts';
import { ALL_RELATIONS, plan } from './setting.ts';

/** Noon of a day is that of a frame; the others lie between frames. */
const anInstant = fc
  .tuple(fc.integer({ min: 0, max: INSTANTS }), fc.constantFrom(0, 0, 1, -1, 3_600_000))
  .map(([day, offset]) => new Date(Date.parse(instant(day)) + offset).toISOString());

export const maybeInstant = fc.option(anInstant, { nil: null });

const within = fc.constantFrom('content' as const, 'entry' as const, 'any' as const);

function withFeature<T extends object>(of: fc.Arbitrary<T>): fc.Arbitrary<T & { feature?: Feature }> {
  return fc
    .tuple(of, fc.option(fc.constantFrom(...Feature.options), { nil: undefined, freq: 3 }))
    .map(([one, feature]) => (feature === undefined ? one : { ...one, feature }));
}

const word = fc.record({
  leaf: fc.constant('word' as const),
  word: fc.constantFrom(...WORDS, 'absent', ''),
  within,
});

const PHRASES = [
  'apple pear',
  'apple-pear',
  '= apple',
  '=',
  '#',
  'etc/a.conf',
  'nginx (= 1)',
  ' apple ',
  '',
  '設定 1',
  '\u0000',
];
const phrase = fc.record({
  leaf: fc.constant('phrase' as const),
  text: fc.oneof(
    fc.constantFrom(...PHRASES, ...WORDS, ...ADDRESSES),
    fc
      .array(fc.constantFrom(...WORDS, '=', '\n'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(' ')),
  ),
  within,
});

const hex = (low: string, high: string) => ({ low, high });
const anyRange = fc
  .tuple(
    fc.nat(0xffff),
    fc.nat(0xffff),
    fc.constantFrom('00000000000000000000ffff0a01', '20010db8000000000000000000000000'.slice(0, 28)),
  )
  .map(([a, b, prefix]) => {
    const digits = (value: number) => prefix + value.toString(16).padStart(4, '0');
    return hex(digits(Math.min(a, b)), digits(Math.max(a, b)));
  });
const range = fc.oneof(
  fc.constantFrom(...ADDRESSES).map((text) => parseAddress(text) ?? hex('0'.repeat(32), 'f'.repeat(32))),
  anyRange,
);
const address = fc
  .tuple(range, fc.subarray([...ALL_RELATIONS], { minLength: 1 }))
  .map(([{ low, high }, relations]) => ({ leaf: 'address' as const, low, high, relations }));

const VALUES = [
  ...[
    'nginx',
    'POSTGRES',
    '/etc/*',
    '*a*',
    '/etc/b',
    's1',
    'S?',
    'host',
    'vm',
    'debian',
    'a?ple',
    'apple',
    '1',
    '*:2.0~*',
  ],
  ...[
    '4755',
    'file',
    'symlink',
    'a'.repeat(64),
    'a*',
    '*',
    '?',
    '',
    '*größe',
    '/OPT/apple',
    '/opt/apple',
    'true',
    '/srv/?',
  ],
];
const field = fc
  .tuple(
    fc.constantFrom(...FIELDS.map(({ name }) => name), 'no-such-field'),
    fc.constantFrom('is' as const, 'glob' as const, 'exists' as const),
    fc.constantFrom(...VALUES, ...PATHS),
  )
  .map(([name, op, value]): Leaf => ({
    leaf: 'field',
    field: name,
    op,
    ...(op === 'exists' ? {} : { value }),
  }));

const changed = fc.record({ leaf: fc.constant('changed' as const), after: anInstant, until: maybeInstant });

const PATTERNS = [
  'app[l-z]e',
  'P.AR',
  String.raw`10\.1\.\d+`,
  '^a',
  'conf$',
  'x|nginx',
  '(?:ap+)+le',
  String.raw`\w+ = \w+`,
  'größ',
  '[^a]',
  '',
];
const regex = fc.record({
  leaf: fc.constant('regex' as const),
  pattern: fc.constantFrom(...PATTERNS),
  within,
});

const boundAddress = fc
  .tuple(address, fc.constantFrom('local', 'remote', 'ip', 'no-such-field'))
  .map(([one, name]): Leaf => ({ ...one, field: name }));

const ordered = fc
  .tuple(
    fc.constantFrom('version', 'os.version', 'port', 'pid', 'path', 'package', 'kind', 'no-such-field'),
    fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
    fc.constantFrom('1', '1.2', '1.22.1-9', '2', '443', '5432', 'm', '/etc/b', '', 'host'),
  )
  .map(([name, op, value]): Leaf => ({ leaf: 'field', field: name, op, value }));

const matching = fc
  .tuple(fc.constantFrom(...FIELDS.map(({ name }) => name)), fc.constantFrom(...PATTERNS))
  .map(([name, value]): Leaf => ({ leaf: 'field', field: name, op: 'regex', value }));

const anyOfFeature = fc
  .constantFrom(...Feature.options)
  .map((feature): Leaf => ({ leaf: 'feature', feature }));

const ofContent = fc
  .constantFrom('', 'apple', 'nginx', '10.1.2.3')
  .map((text): Leaf => ({ leaf: 'content', sha256: createHash('sha256').update(text).digest('hex') }));

const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  { weight: 3, arbitrary: withFeature(word) },
  { weight: 3, arbitrary: withFeature(phrase) },
  { weight: 3, arbitrary: withFeature(address) },
  { weight: 3, arbitrary: field },
  { weight: 3, arbitrary: withFeature(changed) },
  withFeature(regex),
  boundAddress,
  ordered,
  matching,
  anyOfFeature,
  ofContent,
);

const { inFact } = fc.letrec<{ inFact: FactNode }>((tie) => ({
  inFact: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: leaf.map((one): FactNode => ({ leaf: one })) },
    { weight: 2, arbitrary: fc.array(tie('inFact'), { maxLength: 3 }).map((and): FactNode => ({ and })) },
    { weight: 1, arbitrary: fc.array(tie('inFact'), { maxLength: 3 }).map((or): FactNode => ({ or })) },
    { weight: 1, arbitrary: tie('inFact').map((not): FactNode => ({ not })) },
  ),
}));

const group = fc
  .tuple(fc.option(fc.constantFrom('file' as const, ...Feature.options), { nil: null }), inFact)
  .map(([feature, where]): PlanNode => ({ fact: { feature, where } }));

const { node } = fc.letrec<{ node: PlanNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: leaf.map((one): PlanNode => ({ leaf: one })) },
    { weight: 2, arbitrary: fc.array(tie('node'), { maxLength: 3 }).map((and): PlanNode => ({ and })) },
    { weight: 2, arbitrary: fc.array(tie('node'), { maxLength: 3 }).map((or): PlanNode => ({ or })) },
    { weight: 1, arbitrary: tie('node').map((not): PlanNode => ({ not })) },
    { weight: 2, arbitrary: group },
    { weight: 1, arbitrary: fc.constant<PlanNode>({ all: true }) },
  ),
}));

const facets = fc.shuffledSubarray(FacetField.options).chain((fields) =>
  fc.tuple(
    ...fields.map((name) =>
      fc.record(
        {
          field: fc.constant(name),
          size: fc.integer({ min: 1, max: 4 }),
          containing: fc.constantFrom('a', 'E', '', '0'),
          ...(name === 'directory' ? { under: fc.constantFrom('/', '/etc', '/opt') } : {}),
          ...(name === 'port' ? { interval: fc.constantFrom(1, 100, 1000) } : {}),
        },
        { requiredKeys: ['field', 'size'] },
      ),
    ),
  ),
);

const FACET_VALUES = [
  'host',
  'debian',
  'nginx',
  '443',
  '/etc',
  '/',
  'file',
  'tier=web',
  instant(2).slice(0, 10) + 'T00:00:00.000Z',
];
const someValues = fc.subarray(FACET_VALUES, { maxLength: 2 });
const narrowed = fc
  .subarray(FacetField.options, { maxLength: 2 })
  .chain((fields) =>
    fc.tuple(
      ...fields.map((name) => fc.record({ field: fc.constant(name), any: someValues, none: someValues })),
    ),
  );

/** A plan for the first page of an answer. */
export const searchPlan: fc.Arbitrary<SearchPlan> = fc
  .record({
    where: node,
    at: maybeInstant,
    limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
    evidence: fc.option(fc.nat(4), { nil: null }),
    facets,
    narrowed: fc.option(narrowed, { nil: undefined, freq: 1 }),
  })
  .map(({ where, ...more }) => plan(where, more));
