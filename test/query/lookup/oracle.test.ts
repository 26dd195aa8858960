// Lookups agree with brute force: relations, roles, instants, windows and reconciliations, alone and in batches.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { MATCH_MODES, RECONCILIATIONS, ROLES } from '../../../query/lookup/choices.ts';
import { lookup } from '../../../query/lookup/lookup.ts';
import { frameLines, instant } from '../../conformance/search-engine/frames.ts';
import { Oracle } from '../../conformance/search-engine/oracle.ts';
import { apply, NO_SIGNAL, withEngine } from '../../conformance/search-engine/setting.ts';
import { expected, listed } from './brute-force.ts';
import { ASKED, history } from './frames.ts';

const HOUR = 3_600_000;
/** At noon there are frames. */
const anInstant = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom(0, HOUR, -HOUR))
  .map(([day, offset]) => new Date(Date.parse(instant(day)) + offset).toISOString());

const period = fc
  .tuple(fc.option(anInstant), fc.option(anInstant, { freq: 2 }))
  .map(([at, from]) => (at !== null && from !== null && from > at ? { at: from, from: at } : { at, from }));

const question = fc.record({
  asked: fc.array(fc.constantFrom(...ASKED), { minLength: 1, maxLength: 4 }),
  period,
  match: fc.oneof(fc.constant('any' as const), fc.constantFrom(...MATCH_MODES)),
  roles: fc.oneof(fc.constant([]), fc.subarray([...ROLES])),
  reconcile: fc.option(fc.constantFrom(...RECONCILIATIONS), { freq: 2, nil: null }),
});

test('every piece of evidence, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.array(question, { minLength: 4, maxLength: 8 }),
      async (sketches, questions) => {
        await withEngine(
          (folder) => openEmbedded(folder, 'write'),
          async (engine) => {
            const oracle = new Oracle();
            for (const sketch of sketches) {
              oracle.apply(frameLines(sketch));
              await apply(engine, sketch);
            }
            for (const {
              asked,
              period: { at, from },
              ...wanted
            } of questions) {
              const answer = await lookup(engine, asked, {
                ...wanted,
                at: at === null ? null : new Date(at),
                from: from === null ? null : new Date(from),
                evidence: null,
                staleAfterHours: 1_000_000,
                signal: NO_SIGNAL,
              });
              expect(answer.lookups.map((one) => one.asked)).toEqual(asked);
              for (const [index, one] of asked.entries())
                expect(listed(answer.lookups[index])).toEqual(expected(oracle, one, { at, from, ...wanted }));
            }
          },
        );
      },
    ),
    { numRuns: 60 },
  );
});
