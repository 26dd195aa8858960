// Frames that do not come one after the other from one crawler with a right clock.
import { expect, test } from '@jest/globals';
import type { FrameLine, SearchEngine } from '../../../indexer/engines/search-engine.ts';
import { applyLines, deltaLines } from './delta-frames.ts';
import { file, frameLines, installed, instant, os, type FrameSketch } from './frames.ts';
import { apply, held, NO_SIGNAL, withEngine, type OpenEngine } from './setting.ts';

const keys = async (engine: SearchEngine, at: string | null = null) =>
  (await held(engine, 's', at)).map(({ key }) => key);

const at = (day: number, ...paths: string[]): FrameSketch => ({
  system: 's',
  at: day,
  entries: paths.map((path) => file(path)),
});

export function arrivalConformance(open: OpenEngine): void {
  test('frames out of order: one that time has overtaken changes nothing, past or present', async () => {
    await withEngine(open, async (engine) => {
      const outcomes: string[] = [];
      for (const sketch of [at(2, '/b'), at(4, '/d'), at(3, '/c'), at(1, '/a'), at(5, '/e')])
        outcomes.push((await apply(engine, sketch)).outcome);
      expect(outcomes).toEqual(['applied', 'applied', 'older', 'older', 'applied']);
      expect([await keys(engine, instant(2)), await keys(engine, instant(3))]).toEqual([['/b'], ['/b']]);
      expect([await keys(engine, instant(4)), await keys(engine)]).toEqual([['/d'], ['/e']]);
      const late = { system: 's', at: 4, status: 'failed' as const };
      expect(await apply(engine, late)).toMatchObject({ outcome: 'older' });
      expect((await engine.systems(null, NO_SIGNAL))[0]!.failure).toBeNull();
    });
  });

  test('a clock that goes backwards: frames count again once it has passed where it was', async () => {
    await withEngine(open, async (engine) => {
      await apply(engine, at(9, '/before'));
      expect(await apply(engine, at(7, '/set-back'))).toMatchObject({ outcome: 'older' });
      expect(await apply(engine, at(8, '/set-back'))).toMatchObject({ outcome: 'older' });
      expect(await keys(engine)).toEqual(['/before']);
      expect(await apply(engine, at(10, '/after'))).toMatchObject({
        outcome: 'applied',
        opened: 1,
        closed: 1,
      });
    });
  });

  test('the same frame twice, also at once, is applied once', async () => {
    await withEngine(open, async (engine, folder) => {
      const other = await open(folder);
      const sketch = at(1, '/a', '/b');
      const both = await Promise.all([apply(engine, sketch), apply(engine, sketch)]);
      expect(both.map(({ outcome }) => outcome).sort()).toEqual(['applied', 'known']);
      expect(await apply(other, sketch)).toMatchObject({ outcome: 'known' });
      expect((await engine.systems(null, NO_SIGNAL)).length).toBe(1);
      await other.close();
    });
  });

  test('two crawlers of one system: each speaks for its features, by turns', async () => {
    await withEngine(open, async (engine) => {
      const packages = (day: number, version: string): FrameSketch => ({
        system: 's',
        at: day,
        features: ['os', 'package'],
        entries: [os('debian'), installed('x', version)],
      });
      const files = (day: number, path: string): FrameSketch => ({ ...at(day, path), features: ['file'] });
      await apply(engine, packages(1, '1'));
      await apply(engine, files(2, '/a'));
      await apply(engine, packages(3, '2'));
      await apply(engine, files(4, '/b'));
      expect(await keys(engine)).toEqual(['os', '/b', 'deb:x:amd64']);
      expect(await keys(engine, instant(3))).toEqual(['os', '/a', 'deb:x:amd64']);
      // Each remembers its own frame as the base; the other's came in between.
      const lines: FrameLine[] = deltaLines(packages(5, '3'), packages(3, '2'));
      await expect(applyLines(engine, lines)).rejects.toMatchObject({ code: 'UNFOLD_FRAME_BASE_MISSING' });
      expect(await applyLines(engine, frameLines(packages(5, '3')))).toMatchObject({
        opened: 1,
        closed: 1,
        kept: 1,
      });
    });
  });

  test('two crawlers of one system and the same features: the later frame counts', async () => {
    await withEngine(open, async (engine) => {
      await apply(engine, at(1, '/a', '/seen-by-both'));
      await apply(engine, at(2, '/b', '/seen-by-both'));
      expect(
        await apply(engine, { ...at(2, '/c'), id: '0b54a1f6-9c1c-4ad6-8a43-0a5cb0a0d7aa' }),
      ).toMatchObject({
        outcome: 'older',
      });
      expect((await held(engine, 's')).map(({ key, validFrom }) => [key, validFrom])).toEqual([
        ['/b', instant(2)],
        ['/seen-by-both', instant(1)],
      ]);
    });
  });
}
