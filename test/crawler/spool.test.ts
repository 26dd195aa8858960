// The spool: swept of what dead crawls left, shared with those that live.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { manifestOf, openSpool, publishFrame, type SpoolPlace } from '../../crawler/spool.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-spool-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SPOOL = join(import.meta.dirname, '../../crawler/spool.ts');
const script = `
  import { writeFileSync } from 'node:fs';
  const { openSpool, publishFrame } = await import(process.argv[1]);
  const spool = openSpool(process.argv[2]);
  const done = spool.place(new Date('2026-01-01T00:00:00.001Z'), crypto.randomUUID());
  await publishFrame(done, (fd) => writeFileSync(fd, 'whole'));
  const open = spool.place(new Date('2026-01-01T00:00:00.002Z'), crypto.randomUUID());
  writeFileSync(open.temporary, 'half');
  writeFileSync(open.scratch + '/left', 'over');
  console.log(JSON.stringify([done, open]));
  setInterval(() => 0, 1000);
`;

/** Another crawl at work: one frame finished, one begun. */
async function otherCrawl(data: string): Promise<{ child: ChildProcess; places: [SpoolPlace, SpoolPlace] }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, SPOOL, data], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data))),
  );
  return { child, places: JSON.parse(line) as [SpoolPlace, SpoolPlace] };
}

test('leaves the work of a living crawl alone, and takes over that of a dead one', async () => {
  const data = join(folder, 'shared');
  const { child, places } = await otherCrawl(data);
  const [done, open] = places;
  const during = openSpool(data);
  expect(during.waiting()).toEqual([]);
  expect([done.finished, open.temporary, open.scratch].every((path) => existsSync(path))).toBe(true);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const after = openSpool(data);
  expect(after.waiting()).toEqual([done.finished]);
  expect(existsSync(open.temporary)).toBe(false);
  expect(readdirSync(join(data, 'scratch'))).toEqual([]);
  after.discard(done.finished);
  after.discard(done.finished);
  expect(after.waiting()).toEqual([]);
});

test('keeps a manifest as long as its frame', async () => {
  const data = join(folder, 'manifests');
  const spool = openSpool(data);
  const [done, failed] = [new Date(1), new Date(2)].map((at) => spool.place(at, crypto.randomUUID()));
  if (done === undefined || failed === undefined) throw new Error('no place');
  for (const { manifest } of [done, failed]) writeFileSync(manifest, 'manifest');
  await publishFrame(done, (fd) => writeFileSync(fd, 'whole'));
  for (const place of [done, failed]) spool.clear(place);
  expect(readdirSync(join(data, 'spool')).sort()).toEqual(
    [basename(done.finished), basename(done.manifest)].sort(),
  );
  expect(manifestOf(done.finished)).toBe(done.manifest);
  spool.discard(done.finished);
  expect(readdirSync(join(data, 'spool'))).toEqual([]);
});

test('sweeps the manifest of a dead crawl without its frame', async () => {
  const data = join(folder, 'swept');
  const { child, places } = await otherCrawl(data);
  for (const { manifest } of places) writeFileSync(manifest, 'manifest');
  openSpool(data);
  expect(places.every(({ manifest }) => existsSync(manifest))).toBe(true);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  openSpool(data);
  expect(places.map(({ manifest }) => existsSync(manifest))).toEqual([true, false]);
});

test('keeps others from reading frames', async () => {
  const data = join(folder, 'private');
  const spool = openSpool(data);
  const place = spool.place(new Date(), crypto.randomUUID());
  await publishFrame(place, (fd) => writeFileSync(fd, 'frame'));
  expect(statSync(join(data, 'spool')).mode & 0o777).toBe(0o700);
  expect(statSync(place.finished).mode & 0o777).toBe(0o600);
  expect(place.scratch.length - data.length).toBeLessThan(50);
  spool.clear(place);
  spool.clear(place);
  expect(existsSync(place.scratch)).toBe(false);
  expect(spool.waiting()).toEqual([place.finished]);
});

test('offers frames in the order of time', async () => {
  const data = join(folder, 'order');
  const spool = openSpool(data);
  const made: string[] = [];
  for (const at of ['2026-03-01T00:00:00.000Z', '2025-12-31T23:59:59.999Z', '2026-02-01T10:00:00.000Z']) {
    const place = spool.place(new Date(at), crypto.randomUUID());
    await publishFrame(place, (fd) => writeFileSync(fd, at));
    made.push(basename(place.finished));
  }
  expect(spool.waiting().map((file) => basename(file))).toEqual([made[1], made[2], made[0]]);
});

test('sweeps neither what is not its own nor, before long, the work of crawls it cannot see', () => {
  const data = join(folder, 'foreign');
  mkdirSync(join(data, 'spool'), { recursive: true });
  const unseen = `20260101T000000000Z_zzz.1.1_${crypto.randomUUID()}.ndjson`;
  for (const name of ['notes.txt', `${unseen}.tmp`, unseen]) writeFileSync(join(data, 'spool', name), 'x');
  expect(openSpool(data).waiting()).toEqual([]);
  expect(readdirSync(join(data, 'spool'))).toHaveLength(3);
  const longAgo = Date.now() / 1000 - 72 * 3600;
  for (const name of [`${unseen}.tmp`, unseen]) utimesSync(join(data, 'spool', name), longAgo, longAgo);
  expect(openSpool(data).waiting()).toEqual([join(data, 'spool', unseen)]);
  expect(readdirSync(join(data, 'spool')).sort()).toEqual([unseen, 'notes.txt'].sort());
});

test('says that a data folder cannot be written', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => openSpool(join(file, 'data'))).toThrow(
    expect.objectContaining({ code: 'UNFOLD_DATA_UNWRITABLE' }),
  );
});
