// Whatever frames come and whatever is asked, an engine answers as the oracle does.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fact, FactQuery, SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { Feature } from '../../../schemas/entries.ts';
import type { SearchPlan } from '../../../schemas/plan.ts';
import { frameLines, stream } from './frames.ts';
import { Oracle } from './oracle.ts';
import { deltaOf } from './random-delta.ts';
import { history, PATHS, type Step } from './random-frames.ts';
import { maybeInstant, searchPlan } from './random-plans.ts';
import { withEngine, NO_SIGNAL, type OpenEngine } from './setting.ts';

/** More of them find more: UNFOLD_RUNS=1000. */
export const RUNS = Number(process.env['UNFOLD_RUNS'] ?? 60);

/** What is asked of an index after each history. */
export interface Questions {
  readonly plans: readonly SearchPlan[];
  readonly at: readonly (string | null)[];
  readonly facts: readonly FactQuery[];
}

const factQuery: fc.Arbitrary<FactQuery> = fc.record(
  {
    span: fc.oneof(
      maybeInstant.map((at) => ({ at })),
      fc
        .tuple(maybeInstant, maybeInstant)
        .map(([after, until]) => ({ after: after ?? '2026-01-01T00:00:00.000Z', until })),
    ),
    texts: fc.boolean(),
    feature: fc.constantFrom(...Feature.options),
    key: fc.constantFrom(...PATHS, 'os', 'deb:nginx:amd64'),
  },
  { requiredKeys: ['span', 'texts'] },
);

/** Histories, and what is asked of them. */
export const situation: fc.Arbitrary<[Step[], Questions]> = fc.tuple(
  history,
  fc.record({
    plans: fc.array(searchPlan, { minLength: 8, maxLength: 20 }),
    at: fc.array(maybeInstant, { minLength: 1, maxLength: 4 }),
    facts: fc.array(factQuery, { minLength: 1, maxLength: 4 }),
  }),
);

/** Tells engines and oracle of a step; each has to say the same of it. */
export async function applyStep(
  { sketch, form, twice }: Step,
  engines: readonly SearchEngine[],
  oracle: Oracle,
): Promise<void> {
  const whole = frameLines(sketch);
  const { id } = whole.flatMap((line) => ('header' in line ? [line.header.system] : []))[0]!;
  const base = form === 'delta' && sketch.status !== 'failed' ? oracle.newest(id) : null;
  const facts = oracle.facts(id, { span: { at: null }, texts: true });
  const lines = base === null ? whole : deltaOf(whole, { frame: base, facts });
  for (let time = 0; time < (twice ? 2 : 1); time++) {
    const expected = oracle.apply(whole);
    for (const engine of engines) expect(await engine.apply(stream(lines), NO_SIGNAL)).toEqual(expected);
  }
}

/** Asks engines and oracle; all have to answer the same. */
export async function askAll(
  { plans, at, facts }: Questions,
  engines: readonly SearchEngine[],
  oracle: Oracle,
): Promise<void> {
  for (const engine of engines) {
    for (const plan of plans) await askPages(plan, engine, oracle);
    for (const instant of at)
      expect(await engine.systems(instant, NO_SIGNAL)).toEqual(oracle.systems(instant));
    for (const { system } of oracle.systems(null)) {
      for (const query of facts) {
        const found: Fact[] = [];
        for await (const fact of engine.facts(system.id, query, NO_SIGNAL)) found.push(fact);
        expect(found).toEqual(oracle.facts(system.id, query));
      }
    }
  }
}

async function askPages(plan: SearchPlan, engine: SearchEngine, oracle: Oracle): Promise<void> {
  let cursor: string | null = null;
  do {
    const answer = await engine.search({ ...plan, cursor }, NO_SIGNAL);
    expect(answer).toEqual(oracle.search({ ...plan, cursor }));
    ({ cursor } = answer);
  } while (cursor !== null);
}

export function oracleConformance(open: OpenEngine, histories: number): void {
  test('answers as a brute-force scan of everything it was told', async () => {
    const property = fc.asyncProperty(situation, async ([steps, questions]) => {
      await withEngine(open, async (engine) => {
        const oracle = new Oracle();
        for (const step of steps) await applyStep(step, [engine], oracle);
        await askAll(questions, [engine], oracle);
      });
    });
    await fc.assert(property, { numRuns: histories });
  }, 600_000);
}
