// The simulated fleet is the same each time, and its frames are frames.
import { existsSync } from 'node:fs';
import { expect } from '@jest/globals';
import { Fleet } from '../../bench/fleet/fleet.ts';
import { openEmbedded } from '../../indexer/engines/embedded/engine.ts';
import { readFrame } from '../../indexer/frame-reader.ts';
import type { Index } from '../../indexer/engines/index-keeping.ts';
import { ndjson, stream } from '../conformance/search-engine/frames.ts';
import { factsAt, NO_SIGNAL, withEngine } from '../conformance/search-engine/setting.ts';
import { requirement } from '../requirements.ts';

const SHAPE = { systems: 4, files: 300, unique: 0.02, mutation: 0.2, seed: 1 };
const CRAWLS = 3;

const dpkgTest = requirement(
  'dpkg',
  existsSync('/var/lib/dpkg/status'),
  'fleets are made of Debian packages',
);

const inEmbedded = <T>(run: (index: Index) => Promise<T>) =>
  withEngine((folder) => openEmbedded(folder, 'write'), run);

function bytesOf(fleet: Fleet, system: number, crawl: number, form: 'full' | 'delta'): string {
  return ndjson([...fleet.frame(system, crawl, form)]);
}

async function* chunks(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}

dpkgTest('a seed makes the same fleet again, another one another', () => {
  const [fleet, again, other] = [SHAPE, SHAPE, { ...SHAPE, seed: 2 }].map((shape) => new Fleet(shape));
  // Asked for in another order, too.
  const later = bytesOf(again!, 3, 2, 'delta');
  expect(bytesOf(again!, 0, 0, 'full')).toBe(bytesOf(fleet!, 0, 0, 'full'));
  expect(bytesOf(fleet!, 3, 2, 'delta')).toBe(later);
  expect(bytesOf(other!, 0, 0, 'full')).not.toBe(bytesOf(fleet!, 0, 0, 'full'));
});

dpkgTest('whole frames and deltas are valid and tell the same history', async () => {
  const fleet = new Fleet(SHAPE);
  const told = (form: 'full' | 'delta') =>
    inEmbedded(async (index) => {
      for (let crawl = 0; crawl < CRAWLS; crawl++) {
        for (let system = 0; system < SHAPE.systems; system++) {
          const lines = readFrame(chunks(bytesOf(fleet, system, crawl, form)));
          expect(await index.apply(lines, NO_SIGNAL)).toMatchObject({ outcome: 'applied' });
        }
      }
      const systems = await index.systems(null, NO_SIGNAL);
      const facts = [null, fleet.at(SHAPE.systems, 1)].map((at) =>
        Promise.all(systems.map(({ system }) => factsAt(index, system.id, at))),
      );
      return { systems, facts: await Promise.all(facts) };
    });
  expect(await told('delta')).toEqual(await told('full'));
});

dpkgTest('systems share most and have some of their own', async () => {
  const fleet = new Fleet(SHAPE);
  await inEmbedded(async (index) => {
    const opened: number[] = [];
    for (let system = 0; system < SHAPE.systems; system++) {
      await index.apply(stream([...fleet.frame(system, 0)]), NO_SIGNAL);
      opened.push((await index.status(NO_SIGNAL)).contents.count);
    }
    const more = opened.map((count, system) => count - (opened[system - 1] ?? 0)).slice(1);
    expect(more).toEqual(more.map(() => SHAPE.files * SHAPE.unique));
  });
});
