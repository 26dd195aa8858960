// Wrong input: a code, a message that names the mistake, a remedy, exit status 2, and nothing lost.
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hasTool } from '../../crawler/process.ts';
import { requirement } from '../requirements.ts';
import { completeFrame, frameText, Place, UNFOLD } from './process.ts';

const place = new Place();

beforeAll(async () => {
  await place.index([completeFrame('a1', 'alpha\n')]);
  const frame = frameText(completeFrame('b1', 'beta\n'));
  const lines = frame.split('\n');
  writeFileSync(place.path('cut.ndjson'), lines.slice(0, 2).join('\n'));
  writeFileSync(place.path('mid.ndjson'), frame.slice(0, -40));
  writeFileSync(place.path('newer.ndjson'), frame.replace('unfold.frame/1', 'unfold.frame/9'));
  writeFileSync(place.path('other.ndjson'), '{"hello":"world"}\n');
  writeFileSync(place.path('good.ndjson'), frame);
  writeFileSync(place.path('nothing.ndjson'), '');
  writeFileSync(place.path('text.qcow2'), 'no image\n');
  writeFileSync(place.path('bad.yaml'), 'crawl:\n  concurency: 3\n');
  writeFileSync(place.path('stale.yaml'), 'coverage: { staleAfterHours: soon }\n');
  writeFileSync(place.path('file'), '');
  mkdirSync(place.path('empty'));
});

afterAll(() => place.remove());

describe('is refused', () => {
  test.each<[string[], string, string]>([
    [['crawl', 'rootfs:/no/such/folder'], 'UNFOLD_PATH_MISSING', '/no/such/folder'],
    [['crawl', 'rootfs'], 'UNFOLD_TARGET_UNKNOWN', 'rootfs'],
    [['crawl', 'floppy:/dev/fd0'], 'UNFOLD_TARGET_UNKNOWN', 'floppy'],
    [['crawl', 'rootfs:file'], 'UNFOLD_NOT_A_DIRECTORY', 'file'],
    [['crawl'], 'UNFOLD_USAGE', 'no target'],
    [['crawl', 'rootfs:/', '--features', 'os,packages'], 'UNFOLD_USAGE', 'packages'],
    [['crawl', 'rootfs:empty', '--frames', 'no/such/folder/x'], 'UNFOLD_USAGE', 'no/such/folder/x'],
    [['crawl', 'rootfs:empty', '--concurrency', '0'], 'UNFOLD_USAGE', 'concurrency'],
    [['crawl', 'rootfs:a', 'rootfs:b', '--name', 'x'], 'UNFOLD_USAGE', '--name'],
    [['index', 'missing.ndjson'], 'UNFOLD_PATH_MISSING', 'missing.ndjson'],
    [['index', 'empty'], 'UNFOLD_PATH_MISSING', 'empty'],
    [['index', 'cut.ndjson'], 'UNFOLD_FRAME_CUT', 'cut.ndjson'],
    [['index', 'mid.ndjson'], 'UNFOLD_FRAME_CUT', 'mid.ndjson'],
    [['index', 'nothing.ndjson'], 'UNFOLD_FRAME_CUT', 'nothing.ndjson'],
    [['index', '-'], 'UNFOLD_FRAME_CUT', 'stdin'],
    [['index', 'newer.ndjson'], 'UNFOLD_FRAME_NEWER', 'unfold.frame/9'],
    [['index', 'other.ndjson'], 'UNFOLD_FRAME_INVALID', 'line 1'],
    [['frame', 'show', 'cut.ndjson'], 'UNFOLD_FRAME_CUT', ''],
    [['frame', 'show', 'nobody'], 'UNFOLD_SYSTEM_UNKNOWN', 'nobody'],
    [['crawl', 'rootfs:empty', '--config', 'bad.yaml'], 'UNFOLD_CONFIG_INVALID', 'bad.yaml:2:3'],
    [['search', 'x', '--config', 'stale.yaml'], 'UNFOLD_CONFIG_INVALID', 'stale.yaml:1:30'],
    [['search', 'x', '--config', 'none.yaml'], 'UNFOLD_PATH_MISSING', 'none.yaml'],
    [['config', 'check', 'bad.yaml'], 'UNFOLD_CONFIG_INVALID', 'did you mean concurrency?'],
    [['config', 'check'], 'UNFOLD_PATH_MISSING', 'unfold.yaml'],
    [['lookup', '10.1.2.3', 'example..com'], 'UNFOLD_QUERY_INVALID', 'example..com'],
    [['lookup'], 'UNFOLD_USAGE', 'address'],
    [['search', 'x'.repeat(5000)], 'UNFOLD_QUERY_TOO_LONG', '4096'],
    [['search', 'x', '--at', 'teatime'], 'UNFOLD_USAGE', 'teatime'],
    [['search', 'x', '--limit', 'ten'], 'UNFOLD_USAGE', 'limit'],
    [['search', 'x', '--jsno'], 'UNFOLD_USAGE', '--jsno'],
    [['sreach', 'x'], 'UNFOLD_USAGE', 'search'],
    [['search', 'x', '--data', 'empty'], 'UNFOLD_DATA_MISSING', ''],
    [['search', 'x', '--data', 'file'], 'UNFOLD_DATA', ''],
    [['index', 'good.ndjson', '--data', 'file'], 'UNFOLD_DATA_UNWRITABLE', 'file'],
    [['crawl', 'rootfs:empty', '--data', 'file'], 'UNFOLD_DATA_UNWRITABLE', 'file'],
  ])('%j: %s', async (args, code, named) => {
    const text = await place.unfold(args);
    expect(text).toMatchObject({ status: 2, stdout: '' });
    expect(text.stderr).toMatch(new RegExp(`^error ${code}[A-Z_]*: .*\n {2}\\S`, 's'));
    expect(text.stderr).toContain(named);
    expect(text.stderr).not.toContain('    at ');
  });
});

test('with --json the error is JSON', async () => {
  const { status, stderr } = await place.unfold(['lookup', 'no name', '--json']);
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toEqual({
    error: { code: 'UNFOLD_QUERY_INVALID', message: expect.any(String), remedy: expect.any(String) },
  });
  const usage = await place.unfold(['search', '--limit', '0', '--json']);
  expect(JSON.parse(usage.stderr)).toMatchObject({ error: { code: 'UNFOLD_USAGE' } });
  const two = await place.unfold(['search', 'x', '--csv', '--ndjson']);
  expect(JSON.parse(two.stderr)).toMatchObject({ error: { message: 'Choose one of --ndjson and --csv.' } });
});

test('one wrong target or frame does not stop the others', async () => {
  const crawled = await place.unfold(['crawl', 'rootfs:missing', 'rootfs:empty']);
  expect(crawled).toMatchObject({ status: 2, stdout: expect.stringContaining('complete') });
  const indexed = await place.unfold(['index', 'cut.ndjson', 'good.ndjson']);
  expect(indexed).toMatchObject({ status: 2, stdout: expect.stringContaining('applied') });
});

test('an image that is none fails: an error, exit status 2, and a failure in the index', async () => {
  const data = place.path('images');
  const args = ['crawl', 'rootfs:empty', 'disk:text.qcow2', '--data', data];
  const { status, stdout, stderr } = await place.unfold(args);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^error UNFOLD_DISK_UNREADABLE: disk:\S+text\.qcow2: .*\n {2}\S/),
  });
  expect(stdout).toMatch(/^text .*failed/m);
  expect(stdout).toMatch(/^empty .*complete/m);
  const listed = await place.unfold(['systems', '--data', data]);
  expect(listed.stdout).toContain('failed, ');
});

describe('a data folder', () => {
  test('of a newer version is left alone', async () => {
    const newer = new Place();
    try {
      await newer.index([completeFrame('a1', 'alpha\n')]);
      const db = new DatabaseSync(newer.path('data', 'index.sqlite'));
      db.exec('PRAGMA user_version=999');
      db.close();
      for (const args of [['search', 'alpha'], ['systems'], ['index', place.path('good.ndjson')]]) {
        const { status, stderr } = await newer.unfold(args);
        expect(status).toBe(2);
        expect(stderr).toContain('UNFOLD_DATA_NEWER');
      }
    } finally {
      newer.remove();
    }
  });

  test('that is damaged is said to be', async () => {
    const damaged = new Place();
    try {
      await damaged.index([completeFrame('a1', 'alpha\n')]);
      truncateSync(damaged.path('data', 'index.sqlite'), 5000);
      const { status, stderr } = await damaged.unfold(['search', 'alpha']);
      expect(status).toBe(2);
      expect(stderr).toContain('UNFOLD_DATA_CORRUPT');
    } finally {
      damaged.remove();
    }
  });

  // Root may write anywhere, unless it gives that right away.
  const isRoot = process.getuid?.() === 0;
  const command = isRoot ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', UNFOLD] : [UNFOLD];
  requirement(
    'setpriv',
    !isRoot || hasTool('setpriv'),
    'root may write anywhere without it',
  )('that may not be written', async () => {
    mkdirSync(place.path('locked'));
    chmodSync(place.path('locked'), 0o500);
    const args = [...command, 'index', 'good.ndjson', '--data', place.path('locked', 'data')];
    const { status, stderr } = await place.run(args[0] ?? '', args.slice(1));
    expect(status).toBe(2);
    expect(stderr).toContain('UNFOLD_DATA_UNWRITABLE');
  });

  test('on a file system that nobody may write', async () => {
    const { status, stderr } = await place.unfold(['index', 'good.ndjson', '--data', '/proc/unfold']);
    expect(status).toBe(2);
    expect(stderr).toContain('UNFOLD_DATA_UNWRITABLE');
  });
});
