// A frame is applied whole or not at all; systems are known by their frames.
import { expect, test } from '@jest/globals';
import type { Feature } from '../../../schemas/entries.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { file, frameLines, installed, instant, os, stream, type FrameSketch } from './frames.ts';
import {
  apply,
  facts,
  field,
  held,
  names,
  NO_SIGNAL,
  search,
  withEngine,
  word,
  type OpenEngine,
} from './setting.ts';

export function applyingConformance(open: OpenEngine): void {
  applyConformance(open);
  systemConformance(open);
}

function applyConformance(open: OpenEngine): void {
  test('a frame applied twice, or older than the newest, changes nothing', async () => {
    await withEngine(open, async (engine) => {
      const second = { system: 's', at: 2, entries: [file('/b', 'pear')] };
      await apply(engine, { system: 's', at: 1, entries: [file('/a', 'apple')] });
      await apply(engine, second);
      const before = [
        await held(engine, 's'),
        await held(engine, 's', instant(1)),
        await engine.systems(null, NO_SIGNAL),
      ];
      const nothing = { opened: 0, closed: 0, kept: 0 };
      expect(await apply(engine, second)).toEqual({ outcome: 'known', ...nothing });
      expect(await apply(engine, { system: 's', at: 1, entries: [file('/c')] })).toEqual({
        outcome: 'older',
        ...nothing,
      });
      expect(await apply(engine, { system: 's', at: 2, entries: [file('/c')] })).toEqual({
        outcome: 'older',
        ...nothing,
      });
      expect([
        await held(engine, 's'),
        await held(engine, 's', instant(1)),
        await engine.systems(null, NO_SIGNAL),
      ]).toEqual(before);
    });
  });

  test('a frame that is cut off is refused, known or older though it be', async () => {
    await withEngine(open, async (engine) => {
      const frame = { system: 's', at: 2, entries: [file('/a', 'apple')] };
      await apply(engine, frame);
      for (const cut of [frame, { ...frame, at: 1 }]) {
        const lines = stream(frameLines(cut).slice(0, -1));
        await expect(engine.apply(lines, NO_SIGNAL)).rejects.toMatchObject({ code: 'UNFOLD_FRAME_CUT' });
      }
      await expect(engine.systems(null, NO_SIGNAL)).resolves.toHaveLength(1);
    });
  });

  test.each([
    [
      'is cut off',
      'UNFOLD_FRAME_CUT',
      async function* (sketch: FrameSketch) {
        yield* stream(frameLines(sketch).slice(0, -1));
      },
    ],
    [
      'breaks',
      undefined,
      async function* (sketch: FrameSketch) {
        yield* stream(frameLines(sketch).slice(0, -1));
        throw new Error('broken');
      },
    ],
  ])('a frame that %s leaves no trace', async (_, code, lines) => {
    await withEngine(open, async (engine) => {
      await apply(engine, { system: 's', at: 1, entries: [file('/a', 'apple')] });
      for (const system of ['s', 'new']) {
        const cut = engine.apply(
          lines({ system, at: 2, entries: [file('/b', 'pear'), installed('x')] }),
          NO_SIGNAL,
        );
        await expect(cut).rejects.toMatchObject(code === undefined ? { message: 'broken' } : { code });
      }
      expect(await facts(engine, { or: [word('pear'), field('package', 'x')] })).toEqual([]);
      expect((await engine.systems(null, NO_SIGNAL)).map(({ system }) => system.name)).toEqual(['s']);
      expect(await apply(engine, { system: 's', at: 2, entries: [file('/b', 'pear')] })).toMatchObject({
        opened: 1,
        closed: 1,
      });
    });
  });

  test('an abort rolls the frame back', async () => {
    await withEngine(open, async (engine) => {
      const abort = new AbortController();
      const lines = async function* () {
        for await (const line of stream(
          frameLines({ system: 's', at: 1, entries: [file('/a', 'apple'), file('/b')] }),
        )) {
          yield line;
          if ('line' in line) abort.abort(new Error('enough'));
        }
      };
      await expect(engine.apply(lines(), abort.signal)).rejects.toThrow('enough');
      expect(await engine.systems(null, NO_SIGNAL)).toEqual([]);
    });
  });

  test('readers see the state before or after a frame, in the same process and through another opening', async () => {
    await withEngine(open, async (engine, folder) => {
      const other = await open(folder);
      await apply(engine, { system: 's', at: 1, entries: [file('/a', 'apple')] });
      const seen = async () => [
        await facts(engine, word('apple')),
        await facts(other, word('apple')),
        (await held(other, 's')).length,
      ];
      const during: unknown[] = [];
      const lines = async function* () {
        for (const line of frameLines({
          system: 's',
          at: 2,
          entries: [file('/b', 'apple'), file('/c', 'apple')],
        })) {
          yield line;
          during.push(await seen());
        }
      };
      await engine.apply(lines(), NO_SIGNAL);
      expect(during).toEqual(during.map(() => [['s /a'], ['s /a'], 1]));
      expect(await seen()).toEqual([['s /b', 's /c'], ['s /b', 's /c'], 2]);
      await other.close();
    });
  });

  test('frames applied at once take their turn', async () => {
    await withEngine(open, async (engine) => {
      const sketches = [1, 2, 3, 4].map((number) => ({
        system: `s${number}`,
        at: 1,
        entries: [file('/a', `n${number}`), file('/b', 'same')],
      }));
      const applied = await Promise.all(sketches.map((sketch) => apply(engine, sketch)));
      expect(applied.map(({ opened }) => opened)).toEqual([2, 2, 2, 2]);
      expect((await names(engine, word('same'))).length).toBe(4);
    });
  });

  test('of two different entries with one key the first stands, and the frame says so', async () => {
    await withEngine(open, async (engine) => {
      const twice = [file('/a', 'first'), file('/a', 'first'), file('/a', 'second')];
      const own = { code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/srv/private', message: 'denied' };
      const problems = [own];
      expect(await apply(engine, { system: 's', at: 1, entries: twice, problems })).toMatchObject({
        opened: 1,
      });
      expect(await facts(engine, { or: [word('first'), word('second')] })).toEqual(['s /a']);
      const [state] = await engine.systems(null, NO_SIGNAL);
      expect(state!.frame).toMatchObject({
        end: { status: 'partial', problems: 2 },
        problems: [own, { code: 'UNFOLD_MALFORMED', path: '/a' }],
      });
    });
  });

  test('keeps what is there when it is opened again', async () => {
    await withEngine(open, async (engine, folder) => {
      await apply(engine, { system: 's', at: 1, entries: [file('/a', 'apple')] });
      await engine.close();
      const again = await open(folder);
      expect(await facts(again, word('apple'))).toEqual(['s /a']);
      await again.close();
    });
  });
}

function systemConformance(open: OpenEngine): void {
  test('knows each system by its newest frame at the instant, and a crawl that failed since', async () => {
    await withEngine(open, async (engine) => {
      const problems: Problem[] = [
        { code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/x', message: 'denied' },
        { code: 'UNFOLD_DISK_UNREADABLE', extractor: 'disk', message: 'no image' },
      ];
      const renamed = {
        id: 'rootfs:host1/srv/s',
        kind: 'vm' as const,
        name: 'new name',
        labels: { tier: 'db' },
      };
      await apply(engine, { system: 's', at: 1, entries: [os('debian')] });
      await apply(engine, {
        system: 's',
        at: 2,
        status: 'failed',
        problems,
        entries: [file('/never', 'never')],
      });
      await apply(engine, { system: renamed, at: 3, entries: [os('alpine')] });
      await apply(engine, { system: 'only-failed', at: 3, status: 'failed', problems });
      const states = async (at: string | null) =>
        (await engine.systems(at, NO_SIGNAL)).map(({ system, frame, failure }) => [
          system.name,
          frame?.header.at ?? null,
          failure,
        ]);
      const failure = (at: number) => ({
        at: instant(at),
        code: 'UNFOLD_DISK_UNREADABLE',
        reason: 'no image',
      });
      expect(await states('2026-01-01T00:00:00.000Z')).toEqual([]);
      expect(await states(instant(1))).toEqual([['s', instant(1), null]]);
      expect(await states(instant(2))).toEqual([['s', instant(1), failure(2)]]);
      expect(await states(null)).toEqual([
        ['only-failed', null, failure(3)],
        ['new name', instant(3), null],
      ]);
      expect(await names(engine, { all: true })).toEqual(['new name']);
      expect(await names(engine, { all: true }, { at: instant(2) })).toEqual(['s']);
      expect(await names(engine, word('never'))).toEqual([]);
      expect((await search(engine, { all: true })).systems[0]!.system).toEqual(renamed);
    });
  });

  test('gives the problems of a frame in their order', async () => {
    await withEngine(open, async (engine) => {
      const problems = ['/z', '/a', '/m'].map((path) => ({
        code: 'X',
        extractor: 'file',
        path,
        message: path,
      }));
      const features: Feature[] = ['file'];
      await apply(engine, { system: 's', at: 1, features, problems });
      const [state] = await engine.systems(null, NO_SIGNAL);
      expect(state!.frame!.problems).toEqual(problems);
    });
  });

  test('says that it does not know a system', async () => {
    await withEngine(open, async (engine) => {
      await expect(held(engine, 'nobody')).rejects.toMatchObject({ code: 'UNFOLD_SYSTEM_UNKNOWN' });
    });
  });
}
