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
  problems: [{ code: 'UNFOLD_UNREADABLE', extractor: 'file', path: '/root', message: 'denied' }],
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
