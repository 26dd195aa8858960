// What comes in as a frame is a whole, valid frame, or refused with its line.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFrame } from '../../indexer/frame-reader.ts';
import type { FrameLine } from '../../indexer/engines/search-engine.ts';
import {
  file,
  frameLines,
  installed,
  ndjson,
  os,
  type FrameSketch,
} from '../conformance/search-engine/frames.ts';

const SKETCH: FrameSketch = {
  system: 's',
  at: 1,
  entries: [os('debian'), installed('nginx'), file('/etc/größe', 'zwei\nZeilen 😀'), file('/b', '\u2028')],
  problems: [{ code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/srv/private', message: 'denied' }],
};

// eslint-disable-next-line @typescript-eslint/require-await -- frames are streams
async function* chunks(parts: Iterable<Buffer | string>): AsyncGenerator<Buffer | string> {
  yield* parts;
}

async function read(...parts: (Buffer | string)[]): Promise<FrameLine[]> {
  const lines: FrameLine[] = [];
  for await (const line of readFrame(chunks(parts))) lines.push(line);
  return lines;
}

/** The frame's lines with one replaced, by what `change` makes of its value. */
function changed(number: number, change: (value: Record<string, unknown>) => unknown): string {
  const lines = ndjson(frameLines(SKETCH)).trimEnd().split('\n');
  lines[number - 1] = JSON.stringify(change(JSON.parse(lines[number - 1]!) as Record<string, unknown>));
  return `${lines.join('\n')}\n`;
}

test('yields header, entries, problems and end, as they were written', async () => {
  expect(await read(ndjson(frameLines(SKETCH)))).toEqual(frameLines(SKETCH));
});

const DELTA: FrameLine[] = frameLines({ ...SKETCH, entries: [file('/b')] }).flatMap((line): FrameLine[] => {
  if ('header' in line) return [{ header: { ...line.header, base: 'ab54a1f6-9c1c-4ad6-8a43-0a5cb0a0d7aa' } }];
  if (!('end' in line)) return [line];
  return [
    { removed: { feature: 'file', key: '/gone' } },
    { end: { ...line.end, kept: { os: 1, file: 7 }, removed: 1 } },
  ];
});

test('yields what a delta removes, where it stands', async () => {
  expect(await read(ndjson(DELTA))).toEqual(DELTA);
});

test('lets a history begin with what holds since before, of any feature', async () => {
  const since = '2025-12-01T00:00:00.000Z';
  const history = frameLines({
    ...SKETCH,
    features: ['file'],
    problems: [],
    entries: [{ ...os('debian'), since }],
  }).map((line) => ('end' in line ? { end: { ...line.end, held: { os: 1 } } } : line));
  expect(await read(ndjson(history))).toEqual(history);
});

test('does not mind how the stream is cut, nor a missing last newline', async () => {
  const bytes = Buffer.from(ndjson(frameLines(SKETCH)));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(bytes.length), { maxLength: 8 }),
      fc.boolean(),
      async (cuts, newline) => {
        const whole = newline ? bytes : bytes.subarray(0, -1);
        const ends = [...cuts.sort((a, b) => a - b), whole.length];
        const parts = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
        expect(await read(...parts)).toEqual(frameLines(SKETCH));
      },
    ),
  );
});

test('refuses a frame cut anywhere as cut', async () => {
  const bytes = Buffer.from(ndjson(frameLines(SKETCH)));
  for (let end = 0; end < bytes.length - 1; end++) {
    await expect(read(bytes.subarray(0, end))).rejects.toMatchObject({ code: 'UNFOLD_FRAME_CUT' });
  }
});

test('keeps what a newer crawler adds to an entry', async () => {
  const lines = await read(
    changed(2, (line) => ({ ...line, entry: { platform: 'debian', later: { a: [1] } } })),
  );
  expect(lines[1]).toEqual({
    line: { feature: 'os', key: 'os', entry: { platform: 'debian', later: { a: [1] } } },
  });
});

describe('refuses', () => {
  const delta = (change: (line: FrameLine) => FrameLine) => ndjson(DELTA.map(change));
  const deltaEnd = (more: object) =>
    delta((line) => ('end' in line ? { end: { ...line.end, ...more } } : line));
  const entry = (more: object) => changed(4, (line) => ({ ...line, ...more }));
  const last = frameLines(SKETCH).length;
  const end = (more: object) => changed(last, ({ _end }) => ({ _end: { ...(_end as object), ...more } }));
  const header = (more: object) =>
    changed(1, ({ _frame }) => ({ _frame: { ...(_frame as object), ...more } }));

  test.each([
    [
      'counts that disagree',
      end({ counts: { os: 1, package: 1, file: 1 } }),
      'UNFOLD_FRAME_CUT',
      /line 7: .*1 file/,
    ],
    [
      'counts of what is not there',
      end({ counts: { os: 1, package: 1, file: 2, process: 1 } }),
      'UNFOLD_FRAME_CUT',
      /process/,
    ],
    ['problems that disagree', end({ problems: 0 }), 'UNFOLD_FRAME_CUT', /problems/],
    ['a newer format', header({ schema: 'unfold.frame/2' }), 'UNFOLD_FRAME_NEWER', /unfold\.frame\/2/],
    ['another format', header({ schema: 'frame' }), 'UNFOLD_FRAME_INVALID', /line 1/],
    [
      'a header without system',
      header({ system: undefined }),
      'UNFOLD_FRAME_INVALID',
      /line 1: _frame\.system/,
    ],
    ['an entry before the header', ndjson(frameLines(SKETCH).slice(1)), 'UNFOLD_FRAME_INVALID', /line 1/],
    [
      'what is not JSON',
      `${ndjson(frameLines(SKETCH).slice(0, 1))}nonsense\n`,
      'UNFOLD_FRAME_INVALID',
      /line 2: not JSON/,
    ],
    ['what is no object', `${ndjson(frameLines(SKETCH).slice(0, 1))}17\n`, 'UNFOLD_FRAME_INVALID', /line 2/],
    ['a line after the end', `${ndjson(frameLines(SKETCH))}{}\n`, 'UNFOLD_FRAME_INVALID', /line 8/],
    [
      'an unknown feature',
      changed(2, (line) => ({ ...line, feature: 'soul' })),
      'UNFOLD_FRAME_INVALID',
      /line 2: feature/,
    ],
    [
      'a feature that was not announced',
      header({ features: ['os', 'file'] }),
      'UNFOLD_FRAME_INVALID',
      /line 3: .*package/,
    ],
    [
      'an entry of another form',
      changed(3, (line) => ({ ...line, entry: { name: 7 } })),
      'UNFOLD_FRAME_INVALID',
      /line 3: name/,
    ],
    [
      'a problem of another form',
      changed(6, () => ({ problem: { code: 1 } })),
      'UNFOLD_FRAME_INVALID',
      /line 6/,
    ],
    [
      'half a surrogate pair',
      changed(4, (line) => ({ ...line, key: '\ud800' })),
      'UNFOLD_FRAME_INVALID',
      /line 4/,
    ],
    ['removed entries that disagree', deltaEnd({ removed: 2 }), 'UNFOLD_FRAME_CUT', /2 removed/],
    [
      'removed entries that are not stated',
      deltaEnd({ removed: undefined }),
      'UNFOLD_FRAME_CUT',
      /1 are there/,
    ],
    [
      'what a delta keeps of a feature unknown to it',
      deltaEnd({ kept: { process: 1 } }),
      'UNFOLD_FRAME_INVALID',
      /process/,
    ],
    [
      'a removed entry without base',
      delta((line) => ('header' in line ? { header: { ...line.header, base: undefined } } : line)),
      'UNFOLD_FRAME_INVALID',
      /line 4: .*no base/,
    ],
    [
      'a removed entry of a feature that was not announced',
      delta((line) => ('removed' in line ? { removed: { feature: 'process', key: '1' } } : line)),
      'UNFOLD_FRAME_INVALID',
      /line 4: .*process/,
    ],
    ['a whole frame that keeps', end({ kept: { os: 1 } }), 'UNFOLD_FRAME_INVALID', /kept/],
    ['a whole frame that holds more than is there', end({ held: { os: 2 } }), 'UNFOLD_FRAME_INVALID', /held/],
    ['a base that is no id', header({ base: '1' }), 'UNFOLD_FRAME_INVALID', /line 1: _frame\.base/],
    [
      'an entry since after the frame',
      entry({ since: '2026-02-01T00:00:00Z' }),
      'UNFOLD_FRAME_INVALID',
      /line 4: since/,
    ],
    ['an entry since no instant', entry({ since: 'May' }), 'UNFOLD_FRAME_INVALID', /line 4: since/],
    ['two frames in one', ndjson(frameLines(SKETCH)).repeat(2), 'UNFOLD_FRAME_INVALID', /line 8/],
  ])('%s', async (_, text, code, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('bytes that are not UTF-8', async () => {
    const bytes = Buffer.from(ndjson(frameLines(SKETCH)));
    bytes[bytes.indexOf('größe') + 3] = 0xff;
    await expect(read(bytes)).rejects.toMatchObject({ code: 'UNFOLD_FRAME_INVALID' });
  });

  test('a line without end, before it fills the memory', async () => {
    const endless = async function* () {
      for await (const chunk of chunks([ndjson(frameLines(SKETCH).slice(0, 1))])) yield chunk;
      for (;;) yield Buffer.alloc(1024 * 1024, 'x');
    };
    const lines = readFrame(endless());
    await lines.next();
    await expect(lines.next()).rejects.toMatchObject({
      code: 'UNFOLD_FRAME_INVALID',
      message: expect.stringMatching(/longer/),
    });
  });

  test('arbitrary bytes, and never with another error than its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        await expect(read(Buffer.from(bytes))).rejects.toMatchObject({ name: 'UnfoldError' });
      }),
    );
  });
});
