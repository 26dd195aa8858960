// Coverage: for which systems an answer speaks, and why not for the others.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coverageOf, neededFeatures } from '../../query/coverage.ts';
import type { SystemState } from '../../indexer/engines/search-engine.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { Problem } from '../../schemas/problem.ts';

const NOON = '2026-01-10T12:00:00.000Z';

interface Sketch {
  at?: string;
  features?: Feature[];
  problems?: Problem[];
  status?: 'complete' | 'partial';
  failure?: SystemState['failure'];
}

function state(
  name: string,
  { at = NOON, features = ['os', 'package', 'file'], problems = [], ...rest }: Sketch,
): SystemState {
  const system = { id: `rootfs:host1/srv/${name}`, kind: 'host' as const, name, labels: {} };
  return {
    system,
    failure: rest.failure ?? null,
    frame: {
      header: {
        schema: 'unfold.frame/1',
        id: '00000000-0000-4000-8000-000000000000',
        system,
        at,
        features,
        crawler: { version: '0', host: 'host1' },
      },
      end: {
        status: rest.status ?? (problems.length > 0 ? 'partial' : 'complete'),
        finishedAt: at,
        counts: {},
        problems: problems.length,
        leftOut: [],
        masked: {},
        skipped: {},
      },
      problems,
    },
  };
}

const NEEDS = { at: new Date(NOON), staleAfterHours: 168, features: new Set<Feature>(['file']) };
const unreadable = (path: string): Problem => ({
  code: 'UNFOLD_UNREADABLE',
  extractor: 'file',
  path,
  message: 'denied',
});

test('all complete and fresh', () => {
  expect(coverageOf([state('a', {}), state('b', {})], NEEDS)).toEqual({
    complete: true,
    inScope: 2,
    answered: 2,
    partial: 0,
    stale: 0,
    failed: 0,
    unknown: 0,
    gaps: [],
  });
});

test('a partial frame says what it could not read', () => {
  const torn: Problem = { code: 'UNFOLD_TORN', extractor: 'file', path: '/log', message: 'changed' };
  const problems = [unreadable('/x'), torn, unreadable('/y'), unreadable('/z')];
  const coverage = coverageOf([state('a', { problems })], NEEDS);
  expect(coverage).toMatchObject({ complete: false, inScope: 1, answered: 1, partial: 1 });
  expect(coverage.gaps).toEqual([
    {
      system: 'rootfs:host1/srv/a',
      status: 'partial',
      code: 'UNFOLD_UNREADABLE',
      reason: 'UNFOLD_UNREADABLE: 3 problems, first /x; UNFOLD_TORN: /log',
      lastFrame: NOON,
    },
  ]);
});

test('a failed system answers from its last frame; without one it does not answer', () => {
  const failure = { at: NOON, code: 'UNFOLD_DISK_UNREADABLE', reason: 'truncated' };
  const never = { ...state('b', { failure }), frame: null };
  const coverage = coverageOf([state('a', { failure }), never], NEEDS);
  expect(coverage).toMatchObject({ complete: false, inScope: 2, answered: 1, failed: 2 });
  expect(coverage.gaps.map(({ code, lastFrame }) => [code, lastFrame])).toEqual([
    ['UNFOLD_DISK_UNREADABLE', NOON],
    ['UNFOLD_DISK_UNREADABLE', null],
  ]);
});

test('a system without any crawl', () => {
  const coverage = coverageOf([{ ...state('a', {}), frame: null }], NEEDS);
  expect(coverage).toMatchObject({ complete: false, answered: 0 });
  expect(coverage.gaps[0]?.status).toBe('never-crawled');
});

test('a frame is stale after the limit, as of the instant of the answer', () => {
  const old = state('a', { at: '2026-01-03T11:59:00.000Z' });
  expect(coverageOf([old], NEEDS)).toMatchObject({ complete: false, answered: 1, stale: 1 });
  expect(coverageOf([old], { ...NEEDS, at: new Date('2026-01-04T00:00:00Z') })).toMatchObject({
    complete: true,
  });
  expect(coverageOf([old], { ...NEEDS, staleAfterHours: 200 })).toMatchObject({ complete: true });
});

test('a frame that lacks what the query looks into is a gap', () => {
  const thin = state('a', { features: ['os', 'package'] });
  expect(coverageOf([thin], NEEDS).gaps).toEqual([
    expect.objectContaining({ status: 'partial', reason: 'the last crawl read os, package, not file' }),
  ]);
  expect(coverageOf([thin], { ...NEEDS, features: new Set<Feature>(['package']) })).toMatchObject({
    complete: true,
  });
});

test('what a query looks into', () => {
  expect([...neededFeatures([])]).toEqual([]);
  expect([
    ...neededFeatures([
      { leaf: 'word', word: 'x', within: 'any' },
      { leaf: 'field', field: 'package', op: 'exists' },
      { leaf: 'field', field: 'kind', op: 'is', value: 'vm' },
    ]),
  ]).toEqual(['file', 'package']);
});

test('what is remembered of states says at every instant what a new look says', () => {
  const hour = fc.integer({ min: 0, max: 400 }).map((quarters) => quarters * 900_000);
  const failure = { at: NOON, code: 'UNFOLD_DISK_UNREADABLE', reason: 'truncated' };
  const sketch = fc.record({ age: hour, fails: fc.boolean(), thin: fc.boolean() });
  const question = fc.record({
    later: hour,
    staleAfterHours: fc.constantFrom(1, 24.5, 48),
    features: fc.constantFrom<Feature[]>([], ['file'], ['package', 'file']),
  });
  fc.assert(
    fc.property(
      fc.array(sketch, { maxLength: 6 }),
      fc.array(question, { maxLength: 12 }),
      (sketches, asked) => {
        const states = sketches.map(({ age, fails, thin }, index) =>
          state(`s${index}`, {
            at: new Date(Date.parse(NOON) - age).toISOString(),
            ...(fails ? { failure } : {}),
            ...(thin ? { features: ['os'] } : {}),
          }),
        );
        for (const { later, staleAfterHours, features } of asked) {
          const needs = {
            at: new Date(Date.parse(NOON) + later),
            staleAfterHours,
            features: new Set(features),
          };
          expect(coverageOf(states, needs)).toEqual(coverageOf([...states], needs));
        }
      },
    ),
  );
});

test('states that are the same are looked through once, until one of them is older by what counts', () => {
  const states = [state('a', {})];
  const at = (hours: number) =>
    coverageOf(states, { ...NEEDS, at: new Date(Date.parse(NOON) + hours * 3_600_000) });
  const fresh = at(1);
  expect(at(167)).toBe(fresh);
  const stale = at(169);
  expect(stale).toMatchObject({ stale: 1 });
  expect(at(169.5)).toBe(stale);
  expect(at(170).gaps[0]?.reason).toContain('170 hours old');
});
