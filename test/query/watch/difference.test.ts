// What changed between answers: nobody leaves silently, nobody enters twice, and what is told adds up.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { difference, type Difference, type Told } from '../../../query/watch/difference.ts';
import { eventOf } from '../../../query/watch/event.ts';
import type { SystemHit } from '../../../schemas/answer.ts';
import type { Coverage, CoverageGap } from '../../../schemas/coverage.ts';
import { WatchEvent } from '../../../schemas/saved-search.ts';

type Status = CoverageGap['status'];

/** A system at one look: in the answer or not, with a gap or not; `gone`: not in the index. */
type Seen = { readonly inAnswer: boolean; readonly gap: Status | null } | 'gone';

function hit(id: string): SystemHit {
  return {
    system: { id, kind: 'host', name: id, labels: {} },
    score: 1,
    asOf: '2026-01-01T00:00:00.000Z',
    frame: 'complete',
    evidence: [],
    moreEvidence: 0,
  };
}

function answerOf(seen: ReadonlyMap<string, Seen>): { systems: SystemHit[]; coverage: Coverage } {
  const there = [...seen].flatMap(([id, one]) => (one === 'gone' ? [] : [{ id, ...one }]));
  const gaps = there.flatMap(({ id, gap }) =>
    gap === null ? [] : [{ system: id, status: gap, code: null, reason: 'why', lastFrame: null }],
  );
  const counts = {
    inScope: there.length,
    answered: there.length,
    partial: 0,
    stale: 0,
    failed: 0,
    unknown: 0,
  };
  return {
    systems: there.filter(({ inAnswer }) => inAnswer).map(({ id }) => hit(id)),
    coverage: { complete: gaps.length === 0, ...counts, gaps },
  };
}

function changesOf(before: ReadonlyMap<string, Told>, seen: ReadonlyMap<string, Seen>): Difference {
  return difference(before, answerOf(seen), (id) => (seen.get(id) ?? 'gone') !== 'gone');
}

/** `in`, `in failed`, `out`, `out partial` …, `gone`. */
function seenAs(text: string): Seen {
  const [where, gap = null] = text.split(' ');
  return where === 'gone' ? 'gone' : { inAnswer: where === 'in', gap: gap as Status | null };
}

const KINDS = ['entered', 'left', 'unknown', 'known'] as const;

describe('one system', () => {
  test.each<[string, string[], string[]]>([
    ['enters once', ['out', 'in', 'in'], ['', 'entered', '']],
    ['enters with a partial frame', ['in partial', 'in'], ['entered', '']],
    ['leaves', ['in', 'out', 'out'], ['entered', 'left', '']],
    [
      'has not left while its crawls fail',
      ['in', 'in failed', 'in failed', 'in'],
      ['entered', 'unknown', '', 'known'],
    ],
    ['has not left by a partial frame', ['in', 'out partial', 'out'], ['entered', 'unknown', 'left']],
    ['has not left by growing old', ['in', 'in stale', 'in'], ['entered', 'unknown', 'known']],
    ['comes back from unknown', ['in', 'out partial', 'in'], ['entered', 'unknown', 'known']],
    ['enters outdated', ['in failed', 'in'], ['entered', 'known']],
    ['is gone', ['in', 'gone', 'in'], ['entered', 'left', 'entered']],
    ['is gone from unknown', ['in failed', 'gone'], ['entered', 'left']],
    ['never was there', ['out partial', 'out', 'gone'], ['', '', '']],
  ])('%s', (_, looks, expected) => {
    let told: ReadonlyMap<string, Told> = new Map();
    const kinds = looks.map((look) => {
      const changes = changesOf(told, new Map([['s', seenAs(look)]]));
      ({ told } = changes);
      return KINDS.filter((kind) => changes[kind].length > 0).join(' ');
    });
    expect(kinds).toEqual(expected);
  });

  test('is told with what was known of it, and why it cannot be told', () => {
    const { told } = changesOf(new Map(), new Map([['s', seenAs('in')]]));
    expect(changesOf(told, new Map([['s', seenAs('out partial')]])).unknown).toMatchObject([
      {
        system: { id: 's' },
        last: { asOf: '2026-01-01T00:00:00.000Z' },
        gaps: [{ status: 'partial', reason: 'why' }],
      },
    ]);
    expect(changesOf(told, new Map([['s', 'gone']])).left).toMatchObject([{ gone: true, gaps: [] }]);
  });
});

/** Nobody leaves of whom it cannot be told. */
function canLeave(now: Seen): boolean {
  return now === 'gone' || (!now.inAnswer && now.gap === null);
}

test('who adds up what is told knows what there is', () => {
  const gap = fc.constantFrom<(Status | null)[]>(null, null, 'failed', 'partial', 'stale', 'never-crawled');
  const seen = fc.oneof(fc.record({ inAnswer: fc.boolean(), gap }), fc.constant<Seen>('gone'));
  const look = fc.tuple(seen, seen, seen).map((all) => new Map(all.map((one, index) => [`s${index}`, one])));
  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 12 }), (looks) => {
      let told: ReadonlyMap<string, Told> = new Map();
      const sum = new Map<string, 'in' | 'unknown'>();
      for (const one of looks) {
        const changes = changesOf(told, one);
        ({ told } = changes);
        for (const { system, gaps } of changes.entered) {
          expect(sum.has(system.id)).toBe(false);
          sum.set(system.id, gaps.some(({ status }) => status !== 'partial') ? 'unknown' : 'in');
        }
        for (const { system } of changes.unknown) {
          expect(sum.get(system.id)).toBe('in');
          sum.set(system.id, 'unknown');
        }
        for (const { system } of changes.known) {
          expect(sum.get(system.id)).toBe('unknown');
          sum.set(system.id, 'in');
        }
        for (const { system } of changes.left) {
          expect(sum.delete(system.id)).toBe(true);
          expect(canLeave(one.get(system.id) ?? 'gone')).toBe(true);
        }
        for (const [id, now] of one) {
          if (now === 'gone' || now.inAnswer) expect(sum.has(id)).toBe(now !== 'gone');
        }
        expect(new Map([...told].map(([id, { state }]) => [id, state]))).toEqual(sum);
      }
    }),
  );
});

test('an event has a bound and says what is beyond it', () => {
  const seen = new Map(
    Array.from({ length: 1200 }, (_, index): [string, Seen] => [`s${index}`, seenAs('in')]),
  );
  const changes = changesOf(new Map(), seen);
  const search = { name: 'x', query: 'y', webhook: null, changed: '2026-01-01T00:00:00.000Z' };
  const { coverage } = answerOf(seen);
  const answer = {
    at: '2026-01-01T00:00:00.000Z',
    coverage,
    total: { systems: 1200, relation: 'exact' as const },
  };
  const event = WatchEvent.parse(eventOf(search, answer, changes, false));
  expect([event.entered.length, event.more.entered, event.total]).toEqual([1000, 200, 1200]);
  const same = changesOf(changes.told, seen);
  expect(eventOf(search, answer, same, false)).toBeNull();
  expect(eventOf(search, answer, same, true)).not.toBeNull();
});
