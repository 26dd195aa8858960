// Which containers are crawled as they begin and end: nothing that does not last, and no more than is allowed.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Following, type Due } from '../../../crawler/following/following.ts';
import type { FoundSystem } from '../../../crawler/sources/source.ts';

const LIFETIME = 10_000;
const PER_MINUTE = 6;

function container(name: string, run: number | null, image = name): FoundSystem {
  const root = '/containers';
  return {
    ref: {
      id: `podman:h/${name}`,
      kind: 'container',
      name,
      labels: {},
      container: {
        id: name,
        engine: { name: 'podman', root },
        state: run === null ? 'stopped' : 'running',
        image: { id: image },
        ip: [],
        mounts: [],
      },
    },
    scheme: 'podman',
    place: root,
    target: { target: 'podman:', labels: {} },
    features: [],
    ...(run === null ? {} : { run }),
  };
}

/** Follows as the command does: what is due is crawled, and remembered as it was then. */
class Follower {
  readonly following = new Following({ lifetimeMs: LIFETIME, perMinute: PER_MINUTE });
  readonly running = new Set<string>();

  look(now: number, systems: readonly FoundSystem[]): Due {
    const due = this.following.look(systems, (id) => this.running.has(id), now);
    for (const system of due.systems) {
      this.following.crawls(system);
      if (system.run === undefined) this.running.delete(system.ref.id);
      else this.running.add(system.ref.id);
    }
    return due;
  }

  names(now: number, ...systems: readonly FoundSystem[]): string[] {
    return this.look(now, systems).systems.map(({ ref }) => ref.name);
  }
}

describe('containers that are followed', () => {
  test('are crawled once, when they have lived long enough, and once when they ended', () => {
    const follower = new Follower();
    expect(follower.names(0)).toEqual([]);
    expect(follower.look(5000, [container('web', 2000)])).toEqual({ systems: [], nextMs: 12_000 });
    expect(follower.names(12_000, container('web', 2000))).toEqual(['web']);
    expect(follower.look(90_000, [container('web', 2000)])).toEqual({ systems: [], nextMs: null });
    expect(follower.look(100_000, [container('web', null)])).toEqual({ systems: [], nextMs: 110_000 });
    expect(follower.names(110_000, container('web', null))).toEqual(['web']);
    expect(follower.names(200_000, container('web', null))).toEqual([]);
    // It runs again.
    expect(follower.names(300_000, container('web', 250_000))).toEqual(['web']);
    expect(follower.following.missed).toBe(0);
  });

  test('are all crawled at the first look, but those that have just begun', () => {
    const follower = new Follower();
    const there = Array.from({ length: 20 }, (_, n) => container(`c${n}`, n % 2 === 0 ? 1000 : null));
    expect(follower.names(60_000, ...there, container('young', 55_000))).toEqual(
      there.map(({ ref }) => ref.name),
    );
  });

  test('leave no trace where they end too soon, or restart all the time', () => {
    const follower = new Follower();
    follower.names(0);
    for (let round = 1; round <= 100; round += 1) {
      const now = 1000 * round;
      expect(follower.names(now, container('loop', now - 900), container(`new${round}`, now - 900))).toEqual(
        [],
      );
      expect(follower.names(now + 500, container('loop', null), container(`new${round}`, null))).toEqual([]);
    }
    expect(follower.following.missed).toBe(200);
    expect(follower.names(900_000, container('loop', null), container('new100', null))).toEqual([]);
  });

  test('take turns by image: a flood of one does not keep others from being crawled', () => {
    const follower = new Follower();
    follower.names(0);
    const order: string[] = [];
    for (let now = 60_000; now <= 120_000; now += 5000) {
      const flood = Array.from({ length: 50 }, (_, n) => container(`${now}-${n}`, now - LIFETIME, 'flood'));
      const others = now < 80_000 ? [] : [container('other', 65_000), container('third', 65_000)];
      order.push(...follower.names(now, ...flood, ...others));
    }
    expect(order).toContain('other');
    expect(order).toContain('third');
    expect(order.length).toBeLessThanOrEqual(2 * PER_MINUTE);
    expect(follower.following.missed).toBeGreaterThan(500);
  });

  test('are never crawled too young, too often, or twice in one state, and in the end all are', () => {
    const step = fc.record({
      after: fc.integer({ min: 1, max: 30_000 }),
      states: fc.array(fc.constantFrom('keep', 'start', 'stop', 'remove'), { minLength: 5, maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const follower = new Follower();
        const runs = new Map<string, number | null>();
        const crawls: { now: number; what: string }[] = [];
        let now = 100_000;
        const look = (): void => {
          const systems = [...runs].map(([name, run]) => container(name, run));
          for (const { ref, run } of follower.look(now, systems).systems) {
            if (run !== undefined) expect(now - run).toBeGreaterThanOrEqual(LIFETIME);
            crawls.push({ now, what: `${ref.name} ${run ?? `stopped after ${follower.following.missed}`}` });
          }
        };
        look();
        for (const { after, states } of steps) {
          now += after;
          for (const [index, state] of states.entries()) {
            if (state === 'start') runs.set(`c${index}`, now - 1);
            else if (state === 'stop' && runs.has(`c${index}`)) runs.set(`c${index}`, null);
            else if (state === 'remove') runs.delete(`c${index}`);
          }
          look();
        }
        const begun = crawls.filter(({ what }) => !what.includes('stopped')).map(({ what }) => what);
        expect(new Set(begun).size).toBe(begun.length);
        for (const { now: from } of crawls) {
          const within = crawls.filter((each) => each.now >= from && each.now < from + 60_000);
          expect(within.length).toBeLessThanOrEqual(2 * PER_MINUTE);
        }
        for (let rest = 0; rest < 5; rest += 1) {
          now += 60_000;
          look();
        }
        for (const [name, run] of runs)
          if (run !== null) expect(crawls.map(({ what }) => what)).toContain(`${name} ${run}`);
        for (const [name, run] of runs) expect(follower.running.has(`podman:h/${name}`)).toBe(run !== null);
      }),
      { numRuns: 200 },
    );
  });
});
