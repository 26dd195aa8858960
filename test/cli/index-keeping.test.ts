// Looking after an index from the command line: status, verify, rebuild, export and import, retention, forgetting.
import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { file, installed, os, type FrameSketch } from '../conformance/search-engine/frames.ts';
import { frameText, Place, type Ended } from './process.ts';

let place: Place;
let moved: Place;

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

const FRAMES: FrameSketch[] = [40, 20, 1].flatMap((days) =>
  ['web1', 'db1'].map((system) => ({
    system,
    at: daysAgo(days),
    entries: [os('debian'), installed('nginx', `1.${days}`), file('/etc/motd', `${system} ${days} days`)],
  })),
);

beforeAll(async () => {
  place = new Place();
  moved = new Place();
  await place.index(FRAMES);
});

afterAll(() => {
  place.remove();
  moved.remove();
});

function json(ended: Ended): Record<string, unknown> {
  expect(ended.stderr).toBe('');
  return JSON.parse(ended.stdout) as Record<string, unknown>;
}

test('status says what is in the index, and that there is none', async () => {
  const { status, stdout } = await place.unfold(['index', 'status']);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^engine +embedded, format 3\nsystems +2\nframes +6, .* to .*\nfacts +6 hold, 8 ended\n/,
  );
  expect(json(await place.unfold(['index', 'status', '--json']))).toMatchObject({
    schema: 'unfold.index-status/1',
    engine: 'embedded',
    systems: 2,
    facts: { current: 6, past: 8 },
  });
  const none = await moved.unfold(['index', 'status']);
  expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining('UNFOLD_DATA_MISSING') });
});

test.each(['history.ndjson', 'history.ndjson.gz', 'history.ndjson.zst'])(
  'what is exported to %s is imported, again too, and exported again to the same',
  async (name) => {
    const out = await place.unfold(['index', 'export', name]);
    expect(out).toMatchObject({ status: 0, stdout: 'exported: 2 systems, 6 frames\n', stderr: '' });
    expect(existsSync(place.path(`${name}.unfinished`))).toBe(false);
    const other = new Place();
    try {
      const done = await other.unfold(['index', 'import', '--json', place.path(name)]);
      expect(json(done)).toEqual({
        schema: 'unfold.index-import/1',
        applied: 6,
        known: 0,
        older: 0,
        refused: [],
      });
      const again = await other.unfold(['index', 'import', place.path(name)]);
      expect(again).toMatchObject({ status: 0, stdout: 'imported: 0 frames; 6 known, 0 older\n' });
      const [first, second] = [place, other].map((one) => one.unfold(['index', 'export', '-']));
      expect((await second!).stdout).toBe((await first!).stdout);
      const asked = ['search', '"20 days"', '--at', daysAgo(10), '--json'];
      const answer = json(await other.unfold(asked));
      expect(answer).toMatchObject({ total: { systems: 2 } });
      // An exported history is a stream of frames as any.
      expect(json(await other.unfold(['index', 'verify', '--json']))).toMatchObject({ sound: true });
    } finally {
      other.remove();
    }
  },
);

test('an import through a pipe; one that is cut off; one of another history', async () => {
  const { stdout } = await place.unfold(['index', 'export', '-']);
  expect(await moved.unfold(['index', 'import', '-'], { input: stdout })).toMatchObject({
    status: 0,
    stdout: 'imported: 6 frames; 0 known, 0 older\n',
  });
  writeFileSync(moved.path('cut.ndjson'), stdout.slice(0, -20));
  expect(await moved.unfold(['index', 'import', 'cut.ndjson'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/UNFOLD_FRAME_CUT: cut\.ndjson: /),
  });
  await place.unfold(['index', 'export', 'history.ndjson.gz']);
  copyFileSync(place.path('history.ndjson.gz'), moved.path('cut.ndjson.gz'));
  truncateSync(moved.path('cut.ndjson.gz'), 300);
  expect(await moved.unfold(['index', 'import', 'cut.ndjson.gz'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/UNFOLD_FRAME_CUT/),
  });
  const other = new Place();
  try {
    await other.index([{ system: 'web1', at: daysAgo(30), entries: [file('/other')] }]);
    const done = await other.unfold(['index', 'import', '-'], { input: stdout });
    expect(done).toMatchObject({ status: 2, stdout: 'imported: 3 frames; 0 known, 1 older\n' });
    expect(done.stderr).toMatch(/UNFOLD_FRAME_BASE_MISSING: rootfs:host1\/srv\/web1: .*\n.*systems forget/);
  } finally {
    other.remove();
  }
});

test('an export that cannot be written leaves no file', async () => {
  const { status, stderr } = await place.unfold(['index', 'export', 'no/such/folder.ndjson']);
  expect({ status, stderr }).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('UNFOLD_OUTPUT_UNWRITABLE'),
  });
});

test('a rebuild is told in figures and changes no answer', async () => {
  const before = await place.unfold(['index', 'export', '-']);
  const done = json(await place.unfold(['index', 'rebuild', '--json']));
  expect(done).toMatchObject({ schema: 'unfold.index-rebuild/1', after: { systems: 2, frames: 6 } });
  expect((await place.unfold(['index', 'export', '-'])).stdout).toBe(before.stdout);
  expect(await place.unfold(['index', 'rebuild'])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^rebuilt: 2 systems, 6 frames, .* before, .* now\n$/),
  });
});

test('a frame file of the name of a command is reached by its path', async () => {
  const folder = new Place();
  try {
    writeFileSync(folder.path('status'), frameText(FRAMES[0]!));
    expect(await folder.unfold(['index', './status'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/web1 .* applied/),
    });
    expect(await folder.unfold(['index'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/frame/),
    });
  } finally {
    folder.remove();
  }
});

test('retention by options, by the configuration, and not without limits', async () => {
  const folder = new Place();
  try {
    await folder.index(FRAMES);
    expect(await folder.unfold(['index', 'retain'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('UNFOLD_USAGE'),
    });
    for (const wrong of ['0', '-1', 'x'])
      expect(await folder.unfold(['index', 'retain', '--days', wrong])).toMatchObject({ status: 2 });
    expect(json(await folder.unfold(['index', 'retain', '--days', '30', '--json']))).toEqual({
      schema: 'unfold.removed/1',
      systems: 0,
      frames: 2,
      facts: 4,
      contents: 2,
    });
    writeFileSync(folder.path('unfold.yaml'), 'index:\n  retention:\n    frames: 1\n');
    await folder.index([{ system: 'db1', at: daysAgo(0.5), entries: [os('debian')] }]);
    expect(json(await folder.unfold(['index', 'status', '--json']))).toMatchObject({ frames: 2 });
    expect(await folder.unfold(['index', 'retain'])).toMatchObject({
      status: 0,
      stdout: 'removed: 0 frames, 0 facts, 0 texts\n',
    });
  } finally {
    folder.remove();
  }
});

test('systems are forgotten where that is meant: all that are named, or none', async () => {
  const folder = new Place();
  try {
    await folder.index(FRAMES);
    const unsure = await folder.unfold(['systems', 'forget', 'web1']);
    expect(unsure).toMatchObject({ status: 2, stderr: expect.stringMatching(/UNFOLD_USAGE: .*\n.*--yes/) });
    const unknown = await folder.unfold(['systems', 'forget', 'web1', 'nobody', '--yes']);
    expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('UNFOLD_SYSTEM_UNKNOWN') });
    expect(json(await folder.unfold(['index', 'status', '--json']))).toMatchObject({ systems: 2 });
    expect(
      await folder.unfold(['systems', 'forget', 'web1', 'rootfs:host1/srv/web1', '--yes']),
    ).toMatchObject({
      status: 0,
      stdout: 'removed: 1 system, 3 frames, 7 facts, 3 texts\n',
    });
    const { stdout } = await folder.unfold(['systems']);
    expect(stdout).toContain('db1');
    expect(stdout).not.toContain('web1');
  } finally {
    folder.remove();
  }
});

test('verify lists what is wrong', async () => {
  const folder = new Place();
  try {
    await folder.index(FRAMES);
    expect(await folder.unfold(['index', 'verify'])).toMatchObject({
      status: 0,
      stdout: 'the index is sound\n',
    });
    const db = new DatabaseSync(folder.path('data', 'index.sqlite'));
    db.exec('DELETE FROM word');
    db.close();
    const found = await folder.unfold(['index', 'verify']);
    expect(found).toMatchObject({ status: 2, stdout: expect.stringMatching(/^terms: /) });
    expect(json(await folder.unfold(['index', 'verify', '--json']))).toMatchObject({ sound: false });
    // Terms are made anew of the texts.
    expect(await folder.unfold(['index', 'rebuild'])).toMatchObject({ status: 0 });
    expect(await folder.unfold(['index', 'verify'])).toMatchObject({ status: 0 });
  } finally {
    folder.remove();
  }
});

test('an export is readable by its owner alone', async () => {
  await place.unfold(['index', 'export', 'private.ndjson']);
  const { stdout } = await place.run('stat', ['-c', '%a', 'private.ndjson']);
  expect(stdout.trim()).toBe('600');
  expect(readFileSync(place.path('private.ndjson'), 'utf8').split('\n').length).toBeGreaterThan(10);
});
