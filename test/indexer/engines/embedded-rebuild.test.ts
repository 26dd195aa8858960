// A rebuild leaves the old index or the new one, whatever happens, and nobody who uses it notices.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { INDEX_FILE, openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { rebuildEmbedded } from '../../../indexer/engines/embedded/rebuild.ts';
import type { ConnectionEntry } from '../../../schemas/entries.ts';
import { file, instant } from '../../conformance/search-engine/frames.ts';
import { findings } from '../../conformance/search-engine/keeping-histories.ts';
import {
  apply,
  facts,
  field,
  held,
  names,
  NO_SIGNAL,
  word,
} from '../../conformance/search-engine/setting.ts';
import { everything, everythingIn, fillHistory } from './small-history.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unfold-rebuild-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const rebuild = () => rebuildEmbedded(folder, () => undefined, NO_SIGNAL);

/** Index files, without what SQLite keeps beside them. */
function indexFiles(): string[] {
  return readdirSync(folder).filter((name) => /\.sqlite(\.link)?$/.test(name));
}

test('a rebuilt index knows what the old one knew, is sound, and leaves nothing of the old one', async () => {
  await fillHistory(folder);
  const before = await everythingIn(folder);
  for (let time = 0; time < 3; time++) {
    const { before: old, after } = await rebuild();
    expect(after).toMatchObject({ systems: 3, frames: 9, facts: old.facts, contents: old.contents });
    expect(await everythingIn(folder)).toBe(before);
    expect(indexFiles().length).toBe(2);
  }
  const index = openEmbedded(folder, 'read');
  expect(await findings(index)).toEqual([]);
  await index.close();
});

test('a rebuild gives space back', async () => {
  await fillHistory(folder, 24);
  const index = openEmbedded(folder, 'write');
  await index.retain({ before: null, frames: 1 }, NO_SIGNAL);
  await index.close();
  const { before, after } = await rebuild();
  expect(after.facts.past).toBe(0);
  expect(after.bytes).toBeLessThan(before.bytes);
});

test('who has the index open goes on, before, while and after it is rebuilt', async () => {
  await fillHistory(folder);
  const [reader, writer] = [openEmbedded(folder, 'read'), openEmbedded(folder, 'write')];
  const text = await everything(reader);
  const streaming = reader.facts('rootfs:host1/srv/s0', { span: { at: null }, texts: true }, NO_SIGNAL);
  const facts = streaming[Symbol.asyncIterator]();
  await facts.next();
  const rebuilding = rebuild();
  const applying = apply(writer, { system: 'late', at: 20, entries: [file('/late', 'mango')] });
  await rebuilding;
  expect(await applying).toMatchObject({ outcome: 'applied', opened: 1 });
  let streamed = 1;
  while ((await facts.next()).done !== true) streamed += 1;
  expect(streamed).toBe((await held(reader, 's0')).length);
  expect(await names(reader, word('mango'))).toEqual(['late']);
  expect(await writer.forget('rootfs:host1/srv/late', NO_SIGNAL)).toMatchObject({ systems: 1 });
  expect(await everything(reader)).toBe(text);
  await Promise.all([reader.close(), writer.close()]);
});

test('an index with damage is not replaced', async () => {
  await fillHistory(folder);
  const db = new DatabaseSync(join(folder, INDEX_FILE));
  db.exec('DELETE FROM entry WHERE id IN (SELECT entry FROM fact WHERE ended IS NULL LIMIT 3)');
  db.close();
  await expect(rebuild()).rejects.toMatchObject({ code: 'UNFOLD_DATA_CORRUPT' });
  expect(indexFiles()).toEqual([INDEX_FILE]);
});

test('an aborted rebuild leaves the old index alone', async () => {
  await fillHistory(folder);
  const before = await everythingIn(folder);
  const abort = new AbortController();
  const aborted = rebuildEmbedded(
    folder,
    (done) => done === 1 && abort.abort(new Error('enough')),
    abort.signal,
  );
  await expect(aborted).rejects.toThrow('enough');
  expect(indexFiles()).toEqual([INDEX_FILE]);
  expect(await everythingIn(folder)).toBe(before);
});

test('killed at any moment, a rebuild leaves the old index or the new one', async () => {
  await fillHistory(folder, 6);
  const before = await everythingIn(folder);
  const script = join(import.meta.dirname, 'rebuild-child.ts');
  const started = performance.now();
  await rebuild();
  const longest = 2.5 * (performance.now() - started);
  let [kills, done] = [0, 0];
  while (kills < 12) {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk: Buffer) => (done += chunk.toString().split('\n').length - 1));
    const exit = once(child, 'exit');
    await once(child.stdout, 'data');
    await setTimeout(Math.random() * longest);
    child.kill('SIGKILL');
    await exit;
    kills += 1;
    expect(existsSync(join(folder, INDEX_FILE))).toBe(true);
    expect(await everythingIn(folder)).toBe(before);
  }
  expect(done).toBeGreaterThan(kills);
  await rebuild();
  expect(await everythingIn(folder)).toBe(before);
  expect(indexFiles().length).toBe(2);
});

test.each([
  ['1', 'write', toVersion1],
  ['1', 'read', toVersion1],
  ['2', 'write', toVersion2],
  ['2', 'read', toVersion2],
] as const)(
  'an index of version %s is brought up to date when it is opened to %s',
  async (_, mode, older) => {
    await fillHistory(folder);
    const entry: ConnectionEntry = {
      transport: 'tcp',
      state: 'listening',
      local: { ip: '127.0.0.1', port: 80 },
    };
    const socket = { feature: 'connection' as const, key: 'tcp 127.0.0.1:80', entry: { ...entry } };
    const current = openEmbedded(folder, 'write');
    await apply(current, { system: 's1', at: 20, entries: [socket] });
    const before = await everything(current);
    const [status, frames] = [await current.status(NO_SIGNAL), await framesOf(current)];
    await current.close();
    older(join(folder, INDEX_FILE));
    const index = openEmbedded(folder, mode);
    expect({ ...(await index.status(NO_SIGNAL)), bytes: 0 }).toEqual({ ...status, bytes: 0 });
    expect(await framesOf(index)).toEqual(frames);
    expect(await everything(index)).toBe(before);
    expect(await findings(index)).toEqual([]);
    expect(await held(index, 's0', instant(1))).toHaveLength(202);
    expect(await facts(index, field('local', '127.0.0.1'))).toEqual(['s1 tcp 127.0.0.1:80']);
    const regex = { leaf: 'regex', pattern: 'ersio. [12]', within: 'content' } as const;
    expect((await facts(index, { leaf: regex })).length).toBeGreaterThan(0);
    await index.close();
  },
);

async function framesOf(index: ReturnType<typeof openEmbedded>): Promise<unknown[]> {
  const frames: unknown[] = [];
  for await (const { header, opened, closed, kept } of index.frames('rootfs:host1/srv/s1', NO_SIGNAL))
    frames.push([header.at, opened, closed, kept]);
  return frames;
}

/** Takes away what version 2 brought. */
function toVersion1(path: string): void {
  toVersion2(path);
  const db = new DatabaseSync(path);
  for (const column of ['opened', 'closed', 'kept']) db.exec(`ALTER TABLE frame DROP COLUMN ${column}`);
  db.exec('ALTER TABLE content DROP COLUMN bytes; DROP TABLE suspect; DROP TABLE last_entry');
  db.exec('PRAGMA user_version=1');
  db.close();
}

/** Takes away what version 3 brought. */
function toVersion2(path: string): void {
  expect(statSync(path).isFile()).toBe(true);
  const db = new DatabaseSync(path);
  db.exec("DROP TABLE vocabulary; DELETE FROM attribute_field WHERE field IN ('local', 'remote', 'ip')");
  db.exec('PRAGMA user_version=2');
  db.close();
}
