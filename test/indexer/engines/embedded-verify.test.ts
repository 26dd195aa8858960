// Real damage to an index is found, and named.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { INDEX_FILE, openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { findings } from '../../conformance/search-engine/keeping-histories.ts';
import { fillHistory } from './small-history.ts';

let folder: string;
let index: string;
let sound: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unfold-verify-'));
  index = join(folder, INDEX_FILE);
  await fillHistory(folder);
  sound = readFileSync(index);
});

beforeEach(() => {
  writeFileSync(index, sound);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The checks that found something. */
async function checks(): Promise<string[]> {
  const engine = openEmbedded(folder, 'read');
  try {
    return [...new Set((await findings(engine)).map(({ check }) => check))].sort();
  } finally {
    await engine.close();
  }
}

function damage(sql: string): void {
  const db = new DatabaseSync(index);
  db.exec(sql);
  db.close();
}

test('nothing is found in a sound index', async () => {
  expect(await checks()).toEqual([]);
});

const CURRENT = 'SELECT entry FROM fact WHERE ended IS NULL AND system = 1 LIMIT 1';

test.each([
  [
    'a text that was changed',
    "UPDATE content SET deflated = 0, body = 'x' WHERE id = 2",
    ['content-hash', 'terms'],
  ],
  [
    'a text that cannot be read',
    "UPDATE content SET deflated = 1, body = 'x' WHERE id = 2",
    ['content-hash'],
  ],
  ['a length that is wrong', 'UPDATE content SET bytes = bytes + 1 WHERE id = 2', ['content-hash']],
  ['a text that is gone', 'DELETE FROM content WHERE id = 2', ['references', 'terms']],
  ['terms that are gone', 'DELETE FROM word WHERE rowid = 4', ['terms']],
  ['terms of nothing', "INSERT INTO word(rowid, terms) VALUES (200000, 'x')", ['terms']],
  ['a vocabulary without some terms', 'DELETE FROM vocabulary', ['vocabulary']],
  ['an address that is gone', 'DELETE FROM address WHERE subject = 4', ['addresses']],
  ['an address of nothing', "INSERT INTO address VALUES (0, x'00', x'', 200000)", ['addresses']],
  ['an entry that is gone', `DELETE FROM entry WHERE id = (${CURRENT})`, ['references', 'terms', 'unused']],
  [
    'a field of an entry that is gone',
    "DELETE FROM entry_field WHERE field = 'path' AND value = '/etc/7'",
    ['fields'],
  ],
  ['a field of an attribute that is gone', "DELETE FROM attribute_field WHERE field = 'owner'", ['fields']],
  [
    'an entry that was changed',
    `UPDATE entry SET own = '{"size":1}' WHERE id = (${CURRENT})`,
    ['entry-digest'],
  ],
  [
    'an attribute that was changed',
    `UPDATE attribute SET json = replace(json, 'root', 'toor')`,
    ['entry-digest', 'fields'],
  ],
  [
    'an attribute that cannot be read',
    "UPDATE attribute SET json = '{'",
    ['entry-digest', 'fields', 'terms'],
  ],
  ['a key that is gone', 'DELETE FROM key WHERE id = 5', ['references', 'terms']],
  [
    'a fact that is gone',
    `DELETE FROM fact WHERE ended IS NULL AND system = 1 AND entry = (${CURRENT})`,
    ['counts', 'presence'],
  ],
  [
    'a fact that ended unnoticed',
    `UPDATE fact SET ended = began + 1 WHERE ended IS NULL AND system = 1 AND entry = (${CURRENT})`,
    ['counts', 'presence'],
  ],
  [
    'a past fact that holds again',
    'UPDATE fact SET ended = NULL WHERE ended IS NOT NULL AND system = 1',
    ['presence', 'validity'],
  ],
  [
    'a fact that ended before it began',
    'UPDATE fact SET ended = began - 1 WHERE ended IS NOT NULL AND system = 1',
    ['validity'],
  ],
  ['presence that is gone', 'DELETE FROM presence WHERE system = 1', ['presence']],
  ['presence of another system', 'UPDATE OR REPLACE presence SET system = 2 WHERE system = 1', ['presence']],
  ['a system that is gone', 'DELETE FROM system WHERE id = 1', ['references', 'unused']],
  ['a newest frame that is another', 'UPDATE system SET newest = newest - 3 WHERE id = 1', ['frames']],
  [
    'a frame that was changed',
    "UPDATE frame SET header = replace(header, 'srv', 'vrs') WHERE system = 1",
    ['frames'],
  ],
  ['a problem that is gone', 'DELETE FROM problem', ['frames']],
  ['a problem of nothing', "INSERT INTO problem VALUES (99, 0, 'x', 'x', NULL, 'x')", ['references']],
  [
    'a content that nobody has',
    "INSERT INTO content SELECT 99999, x'00', deflated, body, bytes FROM content LIMIT 1",
    ['content-hash', 'terms', 'unused'],
  ],
])('%s', async (_, sql, expected) => {
  damage(sql);
  expect(await checks()).toEqual(expect.arrayContaining(expected));
});

test('a text of another one of the same length', async () => {
  const db = new DatabaseSync(index);
  const { id } = db.prepare('SELECT id FROM content WHERE bytes < 100 LIMIT 1').get() as { id: number };
  const body = deflateRawSync(Buffer.from('another text'));
  db.prepare('UPDATE content SET deflated = 1, body = ? WHERE id = ?').run(body, id);
  db.close();
  expect(await checks()).toContain('content-hash');
});

test('pages that were overwritten are found or said to be damaged', async () => {
  let found = 0;
  const pages = Math.floor(sound.length / 8192);
  const step = Math.max(1, Math.floor(pages / 25));
  for (let page = 1; page < pages; page += step) {
    const bytes = Buffer.from(sound);
    bytes.fill(0xa5, page * 8192, (page + 1) * 8192);
    writeFileSync(index, bytes);
    const what = await checks().catch((error: unknown) => {
      expect(error).toBeInstanceOf(UnfoldError);
      expect(error).toMatchObject({ code: 'UNFOLD_DATA_CORRUPT' });
      return ['damaged'];
    });
    if (what.length > 0) found += 1;
  }
  // A page may hold nothing but pointers that tell where pages are.
  expect(found).toBeGreaterThan(20);
});
