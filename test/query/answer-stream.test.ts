// Streams of answers: all that one page would say, in the memory of a page.
import { describe, expect, test } from '@jest/globals';
import { answerStream } from '../../query/answer-stream.ts';
import type { AskableIndex } from '../../query/restricted.ts';
import type { SearchOptions } from '../../query/search.ts';
import { Answer, SystemHit } from '../../schemas/answer.ts';
import { file, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { apply, NO_SIGNAL } from '../conformance/search-engine/setting.ts';
import { ask, withFleet } from './setting.ts';

/** More than a page. */
const SYSTEMS = 120;
const FLEET: readonly FrameSketch[] = Array.from({ length: SYSTEMS }, (_, index) => ({
  system: `s${index}`,
  at: new Date(Date.now() - 60_000).toISOString(),
  entries: [
    file('/etc/motd', `hello ${'hello '.repeat(index % 7)}\n`),
    file('/etc/other', 'hello 10.0.0.1\n'),
  ],
}));

const OPTIONS: SearchOptions = {
  at: null,
  limit: null,
  evidence: null,
  cursor: null,
  facets: [{ field: 'kind', size: 5 }],
  staleAfterHours: 1_000_000,
  signal: NO_SIGNAL,
};

async function all(stream: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

async function lines(engine: AskableIndex, options: Partial<SearchOptions> = {}): Promise<unknown[]> {
  const form = { format: 'ndjson', toJson: JSON.stringify } as const;
  const stream = answerStream(engine, 'hello', { ...OPTIONS, ...options }, form);
  return (await all(stream))
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** Tells how many systems each page asks for. */
function watching(engine: AskableIndex, limits: (number | null)[]): AskableIndex {
  return {
    search: (plan, signal) => {
      limits.push(plan.limit);
      return engine.search(plan, signal);
    },
    systems: (at, signal) => engine.systems(at, signal),
    facts: (system, query, signal) => engine.facts(system, query, signal),
  };
}

describe('a stream', () => {
  test('has the systems of the whole answer in its order, then the rest with facets and coverage', () =>
    withFleet(FLEET, async (engine) => {
      const whole = await ask(engine, 'hello');
      const streamed = await lines(engine);
      const rest = streamed.pop() as object;
      const systems = streamed.map((line) => SystemHit.parse(line));
      expect(systems).toEqual(whole.systems);
      expect(Answer.parse({ ...rest, systems })).toEqual({
        ...whole,
        at: expect.any(String),
        tookMs: expect.any(Number),
      });
    }));

  test('asks for pages, the larger the less there is of each system', () =>
    withFleet(FLEET, async (engine) => {
      const limits: (number | null)[] = [];
      const watched = watching(engine, limits);
      expect(await lines(watched, { limit: 110 })).toHaveLength(111);
      expect(limits).toEqual([50, 60]);
      limits.length = 0;
      expect(await lines(watched)).toHaveLength(SYSTEMS + 1);
      expect(limits).toEqual([50, 200]);
    }));

  test('asks for few systems at a time where each has much', () => {
    const much = Array.from({ length: 400 }, (_, index) =>
      file(`/etc/${'x'.repeat(200)}${index}`, 'hello\n'),
    );
    const systems = Array.from({ length: 70 }, (_, index) => ({ system: `s${index}`, at: 1, entries: much }));
    return withFleet(systems, async (engine) => {
      const limits: (number | null)[] = [];
      expect(await lines(watching(engine, limits), { evidence: 1000 })).toHaveLength(71);
      expect(limits[0]).toBe(50);
      expect(limits[1]).toBeLessThan(50);
    });
  });

  test('goes on after a cursor, and ends with one where there is more', () =>
    withFleet(FLEET, async (engine) => {
      const whole = (await ask(engine, 'hello')).systems.map(({ system }) => system.id);
      const first = await lines(engine, { limit: 70 });
      const { cursor } = Answer.pick({ cursor: true }).parse(first.pop());
      const second = await lines(engine, { cursor });
      expect(Answer.pick({ cursor: true, notices: true }).parse(second.pop())).toEqual({
        cursor: null,
        notices: [],
      });
      expect([...first, ...second].map((line) => SystemHit.parse(line).system.id)).toEqual(whole);
    }));

  test('says so where systems moved because of a frame that came meanwhile', () =>
    withFleet(FLEET, async (engine) => {
      const form = { format: 'ndjson', toJson: JSON.stringify } as const;
      const stream = answerStream(engine, 'hello', OPTIONS, form);
      const first = (await stream.next()).value as string;
      const listed = SystemHit.parse(JSON.parse(first.split('\n')[0] ?? '')).system;
      const entries = [file('/etc/motd', 'bye\n'), file('/etc/other', 'bye\n')];
      await apply(engine, { system: listed, at: new Date(Date.now() - 30_000).toISOString(), entries });
      const last = (await all(stream)).pop() ?? '';
      const rest = Answer.pick({ notices: true, total: true }).parse(JSON.parse(last));
      expect(rest.total.systems).toBe(SYSTEMS - 1);
      expect(rest.notices.map(({ code }) => code)).toEqual(['moved']);
    }));
});
