// Whatever is removed, no answer changes that the retained history can give.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finding, Index, Retention } from '../../../indexer/engines/index-keeping.ts';
import type { FactQuery } from '../../../indexer/engines/search-engine.ts';
import type { PlanNode } from '../../../schemas/plan.ts';
import { instant } from './frames.ts';
import { Oracle } from './oracle.ts';
import { applyStep, askAll, situation, type Questions } from './properties.ts';
import { INSTANTS } from './random-frames.ts';
import { NO_SIGNAL, withEngine, type OpenEngine } from './setting.ts';

const day = fc.integer({ min: 1, max: INSTANTS + 1 });

const retention: fc.Arbitrary<Retention> = fc.record({
  before: fc.option(day.map(instant), { nil: null }),
  frames: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
});

/** The instant from which on every system answers as before. */
async function answersSince(index: Index): Promise<number> {
  let since = 0;
  for (const { system } of await index.systems(null, NO_SIGNAL)) {
    let oldest = Infinity;
    for await (const { header } of index.frames(system.id, NO_SIGNAL)) oldest = Date.parse(header.at);
    since = Math.max(since, oldest);
  }
  return since;
}

/** When the earliest of the changes began that a plan asks for. */
function changesAfter(node: PlanNode): number {
  if ('leaf' in node) return node.leaf.leaf === 'changed' ? Date.parse(node.leaf.after) : Infinity;
  if ('not' in node) return changesAfter(node.not);
  if ('all' in node) return Infinity;
  if ('fact' in node) return changesAfter(node.fact.where);
  return Math.min(Infinity, ...('and' in node ? node.and : node.or).map(changesAfter));
}

function isSince(since: number): (at: string | null) => boolean {
  return (at) => at === null || Date.parse(at) >= since;
}

function spanIsSince(since: number): (query: FactQuery) => boolean {
  return ({ span }) => isSince(since)('at' in span ? span.at : span.after);
}

/** Of the questions those that are about what stays. */
function about(since: number, { plans, at, facts }: Questions): Questions {
  return {
    plans: plans.filter((plan) => isSince(since)(plan.at) && changesAfter(plan.where) >= since),
    at: at.filter(isSince(since)),
    facts: facts.filter(spanIsSince(since)),
  };
}

/** What the index finds wrong with itself. */
export async function findings(index: Index): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of index.verify(() => undefined, NO_SIGNAL)) found.push(finding);
  return found;
}

export function keepingHistoryConformance(open: OpenEngine, histories: number): void {
  test('what retention removes is missed by no answer about what stays', async () => {
    let removed = 0;
    const property = fc.asyncProperty(
      situation,
      retention,
      fc.nat(9),
      async ([steps, questions], limits, when) => {
        await withEngine(open, async (index) => {
          const oracle = new Oracle();
          for (const [number, step] of steps.entries()) {
            await applyStep(step, [index], oracle);
            if (number === when) removed += (await index.retain(limits, NO_SIGNAL)).frames;
          }
          removed += (await index.retain(limits, NO_SIGNAL)).frames;
          await askAll(about(await answersSince(index), questions), [index], oracle);
          expect(await findings(index)).toEqual([]);
        });
      },
    );
    await fc.assert(property, { numRuns: histories });
    // Of a few histories none may do.
    if (histories >= 20) expect(removed).toBeGreaterThanOrEqual(histories / 10);
  });
}
