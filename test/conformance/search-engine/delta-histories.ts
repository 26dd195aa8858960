// Whatever a crawler sends as deltas, the index is as if all had been whole frames.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Applied, SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { applyLines, deltaLines } from './delta-frames.ts';
import { instant, type FrameSketch } from './frames.ts';
import { history } from './random-frames.ts';
import { searchPlan } from './random-plans.ts';
import { apply, factsAt, NO_SIGNAL, withEngine, type OpenEngine } from './setting.ts';

/** Sends deltas wherever it can, and a whole frame where the index asks for it. */
class DeltaCrawler {
  readonly #bases = new Map<string, FrameSketch>();
  accepted = 0;

  async crawl(engine: SearchEngine, sketch: FrameSketch): Promise<Applied> {
    const applied = await this.#send(engine, sketch);
    if (applied.outcome === 'applied' && sketch.status !== 'failed')
      this.#bases.set(systemOf(sketch), sketch);
    return applied;
  }

  async #send(engine: SearchEngine, sketch: FrameSketch): Promise<Applied> {
    const base = this.#bases.get(systemOf(sketch));
    if (base === undefined) return apply(engine, sketch);
    try {
      const applied = await applyLines(engine, deltaLines(sketch, base));
      this.accepted += 1;
      return applied;
    } catch (error) {
      expect(error).toMatchObject({ code: 'UNFOLD_FRAME_BASE_MISSING' });
      return apply(engine, sketch);
    }
  }
}

function systemOf({ system }: FrameSketch): string {
  return typeof system === 'string' ? system : system.id;
}

/** With the first entry of each key alone: what a crawler remembers of others is its own affair. */
function distinct(sketch: FrameSketch): FrameSketch {
  const entries = new Map(
    [...(sketch.entries ?? [])].reverse().map((line) => [`${line.feature} ${line.key}`, line]),
  );
  return { ...sketch, entries: [...entries.values()] };
}

export function deltaHistoryConformance(open: OpenEngine, histories: number): void {
  test('a history of deltas is the history of whole frames', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(searchPlan, { minLength: 3, maxLength: 6 }),
        async (steps, plans) => {
          await withEngine(open, async (whole) => {
            await withEngine(open, async (engine) => {
              const crawler = new DeltaCrawler();
              for (const sketch of steps.map((step) => distinct(step.sketch)))
                expect(await crawler.crawl(engine, sketch)).toEqual(await apply(whole, sketch));
              accepted += crawler.accepted;
              for (const at of [null, instant(3), instant(6)]) {
                const systems = await whole.systems(at, NO_SIGNAL);
                expect(await engine.systems(at, NO_SIGNAL)).toEqual(systems);
                for (const { system } of systems)
                  expect(await factsAt(engine, system.id, at)).toEqual(await factsAt(whole, system.id, at));
              }
              for (const asked of plans)
                expect(await engine.search(asked, NO_SIGNAL)).toEqual(await whole.search(asked, NO_SIGNAL));
            });
          });
        },
      ),
      { numRuns: histories },
    );
    // Of a few histories none may do.
    if (histories >= 20) expect(accepted).toBeGreaterThanOrEqual(histories / 10);
  });
}
