// Whatever frames come and whatever is asked, an engine answers as the oracle does.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseAddress } from '../../../indexer/terms/addresses.ts';
import type { Feature, FileEntry } from '../../../schemas/entries.ts';
import type { EntryLine } from '../../../schemas/frame.ts';
import type { Leaf, PlanNode } from '../../../schemas/plan.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { file, frameLines, installed, instant, os, type FrameSketch } from './frames.ts';
import {
  ALL_FACETS,
  ALL_RELATIONS,
  apply,
  held,
  plan,
  withEngine,
  NO_SIGNAL,
  type OpenEngine,
} from './setting.ts';
import { Oracle } from './oracle.ts';

const SYSTEMS = ['s1', 's2', 's3', 's4'];
const WORDS = ['apple', 'Pear', 'größe', '10', 'etc', 'conf', 'debian', 'nginx'];
const ADDRESSES = [
  '10.1.2.3',
  '10.1.2.0/24',
  '10.1.0.0/16',
  '10.1.2.200-10.1.3.4',
  '2001:db8::1',
  '::ffff:10.1.2.3',
  '0.0.0.0/0',
];
const PATHS = [
  '/etc/a.conf',
  '/etc/a.conf/b',
  '/etc/b',
  '/usr/share/doc/a',
  '/opt/Apple',
  '/10.1.2.3',
  '/',
  '/etc',
];

const text = fc
  .array(fc.constantFrom(...WORDS, ...ADDRESSES, '=', '\n', 'apple-pear', 'x'), { maxLength: 6 })
  .map((parts) => parts.join(' '));

const fileLine = fc
  .record({
    path: fc.constantFrom(...PATHS),
    text: fc.option(text, { nil: undefined }),
    inode: fc.nat(2),
    owner: fc.constantFrom('root', 'Postgres'),
    mtime: fc.constantFrom('2025-12-01T00:00:00.000Z', '2025-12-01T00:00:00Z', '2025-12-05T00:00:00.000Z'),
    skipped: fc.option(fc.constantFrom('unreadable' as const, 'binary' as const), {
      nil: undefined,
      freq: 4,
    }),
  })
  .map(({ path, text: content, skipped, ...more }): EntryLine => {
    const all: Partial<FileEntry> = { ...more, size: 7, ...(skipped === undefined ? {} : { skipped }) };
    return file(path, skipped === undefined ? content : undefined, all);
  });

const entry = fc.oneof(
  { weight: 6, arbitrary: fileLine },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('nginx', 'apple', 'Redis'), fc.constantFrom('1', '2'))
      .map(([n, v]) => installed(n, v)),
  },
  { weight: 1, arbitrary: fc.constantFrom('debian', 'alpine').map((platform) => os(platform)) },
);

const problem = fc
  .record({
    code: fc.constant('UNFOLD_UNREADABLE'),
    extractor: fc.constantFrom('file', 'tree', 'dpkg', 'os', 'other'),
    path: fc.option(fc.constantFrom('/etc', '/etc/a.conf', '/', '/var/lib/dpkg/status'), { nil: undefined }),
    message: fc.constant('denied'),
  })
  .map(({ path, ...rest }): Problem => (path === undefined ? rest : { ...rest, path }));

const frame = fc
  .record({
    system: fc.constantFrom(...SYSTEMS),
    at: fc.integer({ min: 1, max: 9 }),
    features: fc.constantFrom<Feature[]>(['os', 'package', 'file'], ['file'], ['package', 'os']),
    entries: fc.uniqueArray(entry, { selector: ({ feature, key }) => `${feature} ${key}`, maxLength: 8 }),
    problems: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Problem[]>([]) },
      { weight: 1, arbitrary: fc.array(problem, { maxLength: 2 }) },
    ),
    failed: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  })
  .map(({ failed, entries, ...rest }): FrameSketch => ({
    ...rest,
    entries: entries.filter(({ feature }) => rest.features.includes(feature)),
    ...(failed ? { status: 'failed' as const } : {}),
  }));

const within = fc.constantFrom('content' as const, 'entry' as const, 'any' as const);
const feature = fc.option(fc.constantFrom('file' as const, 'package' as const), { nil: undefined, freq: 3 });

function optional<T>(name: string, value: T | undefined): Record<string, T> {
  return value === undefined ? {} : { [name]: value };
}

const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...WORDS), within, feature)
    .map(([word, where, of]): Leaf => ({ leaf: 'word', word, within: where, ...optional('feature', of) })),
  fc
    .tuple(
      fc.constantFrom('apple pear', 'apple-pear', '= apple', '=', 'etc/a.conf', 'nginx (= 1)', ''),
      within,
    )
    .map(([phrase, where]): Leaf => ({ leaf: 'phrase', text: phrase, within: where })),
  fc
    .tuple(fc.constantFrom(...ADDRESSES), fc.subarray([...ALL_RELATIONS], { minLength: 1 }))
    .map(([range, relations]): Leaf => ({ leaf: 'address', ...parseAddress(range)!, relations })),
  fc
    .record({
      after: fc.integer({ min: 0, max: 9 }).map(instant),
      until: fc.option(fc.integer({ min: 1, max: 9 }).map(instant), { nil: null }),
      of: feature,
    })
    .map(({ of, ...span }): Leaf => ({ leaf: 'changed', ...span, ...optional('feature', of) })),
  fc
    .tuple(
      fc.constantFrom('package', 'path', 'owner', 'os', 'system', 'kind', 'type', 'content', 'hash'),
      fc.constantFrom('is' as const, 'glob' as const, 'exists' as const),
      fc.constantFrom(
        'nginx',
        'POSTGRES',
        '/etc/*',
        '*a*',
        '/etc/b',
        's1',
        'host',
        'debian',
        'a?ple',
        'apple',
      ),
    )
    .map(([name, op, value]): Leaf => ({
      leaf: 'field',
      field: name,
      op,
      ...(op === 'exists' ? {} : { value }),
    })),
);

const { node } = fc.letrec<{ node: PlanNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf.map((one): PlanNode => ({ leaf: one })),
    fc.array(tie('node'), { maxLength: 3 }).map((and): PlanNode => ({ and })),
    fc.array(tie('node'), { maxLength: 3 }).map((or): PlanNode => ({ or })),
    tie('node').map((not): PlanNode => ({ not })),
  ),
}));

const search = fc
  .record({
    where: node,
    at: fc.option(fc.integer({ min: 1, max: 9 }).map(instant), { nil: null }),
    limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
    evidence: fc.option(fc.nat(3), { nil: null }),
  })
  .map(({ where, ...more }) => plan(where, { ...more, facets: ALL_FACETS }));

export function oracleConformance(open: OpenEngine): void {
  test('answers as a brute-force scan of everything it was told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 7 }),
        fc.array(search, { minLength: 8, maxLength: 20 }),
        async (frames, plans) => {
          await withEngine(open, async (engine) => {
            const oracle = new Oracle();
            for (const sketch of frames) {
              const applied = await apply(engine, sketch);
              expect(applied).toEqual(oracle.apply(frameLines(sketch)));
            }
            for (const asked of plans) {
              let cursor: string | null = null;
              do {
                const answer = await engine.search({ ...asked, cursor }, NO_SIGNAL);
                expect(answer).toEqual(oracle.search({ ...asked, cursor }));
                ({ cursor } = answer);
              } while (cursor !== null);
            }
            for (const { system } of await engine.systems(null, NO_SIGNAL)) {
              for (const at of [null, instant(3)])
                expect(await held(engine, system.name, at)).toEqual(oracle.facts(system.id, at));
            }
          });
        },
      ),
      { numRuns: 60 },
    );
  });
}
