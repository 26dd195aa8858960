// A delta leaves the index as the whole frame would have, or changes nothing.
import { expect, test } from '@jest/globals';
import type { FrameLine, SearchEngine } from '../../../indexer/engines/search-engine.ts';
import type { FrameEnd } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { applyLines, deltaLines, idOf } from './delta-frames.ts';
import { file, frameLines, installed, instant, os, type FrameSketch } from './frames.ts';
import { apply, held, names, NO_SIGNAL, withEngine, word, type OpenEngine } from './setting.ts';

export function deltaConformance(open: OpenEngine): void {
  const base: FrameSketch = {
    system: 's',
    at: 1,
    entries: [os('debian'), installed('x'), file('/etc/a', 'apple'), file('/etc/b', 'pear'), file('/srv/c')],
  };
  const first = base;
  const second = { ...base, at: 2 };
  const keys = async (engine: SearchEngine) => (await held(engine, 's')).map(({ key }) => key);

  test('what a delta mentions opens and replaces, what it removes ends, the rest holds on', async () => {
    await withEngine(open, async (engine) => {
      await apply(engine, first);
      const entries = [
        os('debian'),
        installed('x', '2'),
        file('/etc/a', 'apple', { inode: 7 }),
        file('/srv/c'),
        file('/srv/d', 'plum'),
      ];
      const lines = deltaLines({ ...second, entries }, first);
      expect(lines.length).toBe(6);
      expect(await applyLines(engine, lines)).toEqual({ outcome: 'applied', opened: 2, closed: 2, kept: 3 });
      expect(await keys(engine)).toEqual(['os', '/etc/a', '/srv/c', '/srv/d', 'deb:x:amd64']);
      expect(await names(engine, word('pear'))).toEqual([]);
      expect(await names(engine, word('pear'), { at: instant(1) })).toEqual(['s']);
      expect((await held(engine, 's')).map(({ validFrom }) => validFrom)).toEqual(
        [1, 1, 1, 2, 2].map(instant),
      );
      expect((await held(engine, 's'))[1]).toMatchObject({ entry: { inode: 7 } });
      const [state] = await engine.systems(null, NO_SIGNAL);
      expect(state!.frame!.end.counts).toEqual({ os: 1, package: 1, file: 3 });
      for (const name of ['kept', 'removed', 'held']) expect(state!.frame!.end).not.toHaveProperty(name);
      expect(state!.frame!.header).not.toHaveProperty('base');
    });
  });

  test('an empty delta keeps everything as of a later instant', async () => {
    await withEngine(open, async (engine) => {
      await apply(engine, first);
      const empty = deltaLines(second, first);
      expect(empty.length).toBe(2);
      expect(await applyLines(engine, empty)).toEqual({ outcome: 'applied', opened: 0, closed: 0, kept: 5 });
      expect(await applyLines(engine, empty)).toMatchObject({ outcome: 'known' });
      const [state] = await engine.systems(null, NO_SIGNAL);
      expect(state!.frame!.header.at).toBe(instant(2));
      expect((await keys(engine)).length).toBe(5);
    });
  });

  test('a delta on another base than the newest frame with entries changes nothing', async () => {
    await withEngine(open, async (engine) => {
      const refused = { code: 'UNFOLD_FRAME_BASE_MISSING' };
      const third = { ...base, at: 3, entries: [file('/new', 'new')] };
      await expect(applyLines(engine, deltaLines(second, first))).rejects.toMatchObject(refused);
      expect(await engine.systems(null, NO_SIGNAL)).toEqual([]);
      await apply(engine, first);
      await apply(engine, second);
      const before = [await held(engine, 's'), await engine.systems(null, NO_SIGNAL)];
      await expect(applyLines(engine, deltaLines(third, first))).rejects.toMatchObject(refused);
      await apply(engine, { ...base, system: 'other' });
      const ofOther = deltaLines(third, { ...base, system: 'other' });
      await expect(applyLines(engine, ofOther)).rejects.toMatchObject(refused);
      expect([await held(engine, 's'), (await engine.systems(null, NO_SIGNAL)).slice(1)]).toEqual(before);
      expect(await applyLines(engine, deltaLines(first, second))).toMatchObject({ outcome: 'known' });
      const old = { ...third, at: 1 };
      expect(await applyLines(engine, deltaLines(old, first))).toMatchObject({ outcome: 'older' });
      expect(await applyLines(engine, deltaLines(third, second))).toMatchObject({ opened: 1, closed: 5 });
    });
  });

  test('a failed frame in between is no base and does not hinder', async () => {
    await withEngine(open, async (engine) => {
      const failed: FrameSketch = { system: 's', at: 2, status: 'failed' };
      const third = { ...base, at: 3, entries: base.entries!.slice(1) };
      await apply(engine, first);
      await apply(engine, failed);
      await expect(applyLines(engine, deltaLines(third, failed))).rejects.toMatchObject({
        code: 'UNFOLD_FRAME_BASE_MISSING',
      });
      expect(await applyLines(engine, deltaLines(third, first))).toEqual({
        outcome: 'applied',
        opened: 0,
        closed: 1,
        kept: 4,
      });
    });
  });

  test('a removed entry below a path that could not be read holds on', async () => {
    await withEngine(open, async (engine) => {
      const problems: Problem[] = [
        { code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/etc', message: 'denied' },
      ];
      const partial = { ...base, at: 2, problems, entries: [os('debian'), installed('x')] };
      await apply(engine, first);
      expect(await applyLines(engine, deltaLines(partial, first))).toEqual({
        outcome: 'applied',
        opened: 0,
        closed: 0,
        kept: 2,
      });
      // No file was seen at all, so that none is known to be gone.
      expect((await keys(engine)).length).toBe(5);
      const third = { ...partial, at: 3, entries: [...partial.entries, file('/srv/d')] };
      // The index has more than the base showed: only a whole frame can say what is left of it.
      await expect(applyLines(engine, deltaLines(third, partial))).rejects.toMatchObject({
        code: 'UNFOLD_FRAME_BASE_MISSING',
      });
      // A crawler that remembers what it could not read says again that it did not see it.
      const remembered = { ...partial, entries: base.entries!, id: idOf(partial) };
      expect(await applyLines(engine, deltaLines(third, remembered))).toMatchObject({ opened: 1, closed: 1 });
      expect(await keys(engine)).toEqual(['os', '/etc/a', '/etc/b', '/srv/d', 'deb:x:amd64']);
    });
  });

  test('a delta that miscounts its base changes nothing', async () => {
    await withEngine(open, async (engine) => {
      await apply(engine, first);
      for (const kept of [{ os: 1, package: 1, file: 2 }, { os: 1, package: 1, file: 4 }, {}]) {
        const lines = deltaLines(second, first).map((line) =>
          'end' in line ? { end: { ...line.end, kept } } : line,
        );
        await expect(applyLines(engine, lines)).rejects.toMatchObject({ code: 'UNFOLD_FRAME_BASE_MISSING' });
      }
      expect((await engine.systems(null, NO_SIGNAL))[0]!.frame!.header.at).toBe(instant(1));
      expect(await applyLines(engine, deltaLines(second, first))).toMatchObject({ kept: 5 });
    });
  });

  test('of an entry both mentioned and removed the mention counts; removing what is unknown is no news', async () => {
    await withEngine(open, async (engine) => {
      await apply(engine, first);
      const entries = [
        ...base.entries!.slice(0, 3),
        file('/etc/b', 'plum'),
        file('/srv/c', undefined, { inode: 9 }),
      ];
      const [header, ...rest] = deltaLines({ ...second, entries }, first);
      const gone = ['/etc/b', '/srv/c', '/unknown', '/etc'].map((key): FrameLine => ({
        removed: { feature: 'file', key },
      }));
      const [b, c, end] = rest as [FrameLine, FrameLine, { end: FrameEnd }];
      const ended = { end: { ...end.end, removed: gone.length } };
      const lines = [header!, gone[0]!, b, c, ...gone.slice(1), ended];
      expect(await applyLines(engine, lines)).toEqual({ outcome: 'applied', opened: 1, closed: 1, kept: 4 });
      expect(await names(engine, word('plum'))).toEqual(['s']);
      expect((await keys(engine)).length).toBe(5);
    });
  });

  test('the first frame of a history says since when its entries hold', async () => {
    await withEngine(open, async (engine) => {
      const since = (day: number, line = file('/etc/a', 'apple')) => ({ ...line, since: instant(day) });
      await apply(engine, {
        system: 's',
        at: 5,
        features: ['file'],
        entries: [since(2), file('/etc/b'), since(3, os('debian'))],
      });
      const validities = async () => (await held(engine, 's')).map(({ key, validFrom }) => [key, validFrom]);
      expect(await validities()).toEqual([
        ['os', instant(3)],
        ['/etc/a', instant(2)],
        ['/etc/b', instant(5)],
      ]);
      expect((await held(engine, 's', instant(2))).map(({ key }) => key)).toEqual(['/etc/a']);
      expect(await names(engine, word('apple'), { at: instant(4) })).toEqual([]);
      expect(await names(engine, word('apple'), { at: instant(5) })).toEqual(['s']);
      // Later frames know only what they saw.
      await apply(engine, { system: 's', at: 6, features: ['file'], entries: [since(2, file('/etc/c'))] });
      expect(await validities()).toEqual([
        ['os', instant(3)],
        ['/etc/c', instant(6)],
      ]);
    });
  });

  test('what a history held on to is not counted as seen', async () => {
    await withEngine(open, async (engine) => {
      const entries = [
        file('/a'),
        { ...file('/b'), since: instant(2) },
        { ...os('debian'), since: instant(1) },
      ];
      const sketch: FrameSketch = { system: 's', at: 5, features: ['file'], entries };
      const lines = frameLines(sketch).map((line) =>
        'end' in line ? { end: { ...line.end, held: { file: 1, os: 1 } } } : line,
      );
      await applyLines(engine, lines);
      const [state] = await engine.systems(null, NO_SIGNAL);
      expect(state!.frame!.end.counts).toEqual({ file: 1 });
      const next: FrameLine[] = frameLines({ system: 's', at: 6, features: ['file'] }).map((line) => {
        if ('header' in line) return { header: { ...line.header, base: idOf(sketch) } };
        return 'end' in line ? { end: { ...line.end, kept: { file: 1 }, held: { file: 1 } } } : line;
      });
      expect(await applyLines(engine, next)).toMatchObject({ kept: 1 });
      expect((await keys(engine)).length).toBe(3);
    });
  });

  test('what an exported history removes ended, whatever its problems say; and it may come from the future', async () => {
    await withEngine(open, async (engine) => {
      const problems: Problem[] = [
        { code: 'UNFOLD_UNREADABLE', extractor: 'tree', path: '/', message: 'denied' },
      ];
      const at = new Date(Date.now() + 86_400_000).toISOString();
      await apply(engine, first);
      const lines = deltaLines({ ...base, at, problems, entries: base.entries!.slice(0, 3) }, first).map(
        (line) => ('header' in line ? { header: { ...line.header, history: true as const } } : line),
      );
      expect(await applyLines(engine, lines)).toEqual({ outcome: 'applied', opened: 0, closed: 2, kept: 3 });
      expect((await keys(engine)).length).toBe(3);
      expect((await engine.systems(null, NO_SIGNAL))[0]!.frame!.header).not.toHaveProperty('history');
    });
  });

  test('a frame from more than an hour ahead is refused', async () => {
    await withEngine(open, async (engine) => {
      const ahead = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
      await apply(engine, first);
      const far = { ...base, at: ahead(61) };
      for (const lines of [frameLines(far), deltaLines(far, first), frameLines({ ...far, status: 'failed' })])
        await expect(applyLines(engine, lines)).rejects.toMatchObject({ code: 'UNFOLD_FRAME_FUTURE' });
      expect((await engine.systems(null, NO_SIGNAL))[0]).toMatchObject({
        frame: { header: { at: instant(1) } },
        failure: null,
      });
      expect(await apply(engine, { ...base, at: ahead(59) })).toMatchObject({ outcome: 'applied', kept: 5 });
    });
  });
}
