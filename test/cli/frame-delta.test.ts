// A delta is shown as what it is: what it mentions, what it removes, and what it leaves as it was.
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deltaLines, idOf } from '../conformance/search-engine/delta-frames.ts';
import { file, instant, ndjson, os, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { frameText, Place } from './process.ts';

const BASE: FrameSketch = { system: 'web1', at: 1, entries: [os('debian'), file('/a', 'apple'), file('/b')] };
const NEXT: FrameSketch = { system: 'web1', at: 2, entries: [os('debian'), file('/a', 'pear')] };

let place: Place;

beforeAll(() => {
  place = new Place();
  writeFileSync(place.path('base.ndjson'), frameText(BASE));
  writeFileSync(place.path('delta.ndjson'), ndjson(deltaLines(NEXT, BASE)));
});

afterAll(() => {
  place.remove();
});

test('unfold frame show shows a delta', async () => {
  const { status, stdout } = await place.unfold(['frame', 'show', 'delta.ndjson']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    _frame: { base: idOf(BASE), at: instant(2), counts: { file: 1 }, kept: { os: 1 } },
    os: {},
    file: { '/a': { content: { text: 'pear' } } },
    removed: [{ feature: 'file', key: '/b' }],
    problem: [],
  });
});

test('unfold index takes a delta after its base alone', async () => {
  const early = await place.unfold(['index', 'delta.ndjson']);
  expect(early).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/UNFOLD_FRAME_BASE_MISSING: delta\.ndjson: .*\n.*--full/),
  });
  const { status, stdout } = await place.unfold(['index', 'base.ndjson', 'delta.ndjson']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/applied: 1 opened, 2 closed, 1 kept\n$/);
  const shown = await place.unfold(['frame', 'show', 'web1']);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    _frame: { counts: { os: 1, file: 1 } },
    file: { '/a': { content: { text: 'pear' } } },
  });
  expect(shown.stdout).not.toContain(idOf(BASE));
});
