// The vocabulary stays complete, and no larger than it has to be.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { INDEX_FILE, openEmbedded } from '../../../indexer/engines/embedded/engine.ts';
import {
  indexedTerms,
  missingInVocabulary,
  termsWith,
} from '../../../indexer/engines/embedded/vocabulary.ts';
import { file } from '../../conformance/search-engine/frames.ts';
import { apply, NO_SIGNAL } from '../../conformance/search-engine/setting.ts';
import { fillHistory } from './small-history.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unfold-vocabulary-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function withIndex<T>(use: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(folder, INDEX_FILE));
  try {
    return use(db);
  } finally {
    db.close();
  }
}

const bytes = (db: DatabaseSync) =>
  (db.prepare('SELECT sum(length(terms)) AS bytes FROM vocabulary').get() as { bytes: number }).bytes;

test('of what is of no use much is removed after facts were', async () => {
  await fillHistory(folder);
  const before = withIndex((db) => {
    db.exec('INSERT INTO vocabulary(filled, cut, terms) VALUES (0, 0, zeroblob(65000000))');
    return [...indexedTerms(db)].length;
  });
  const index = openEmbedded(folder, 'write');
  await index.retain({ frames: 1, before: null }, NO_SIGNAL);
  await index.close();
  withIndex((db) => {
    expect(bytes(db)).toBeLessThan(100_000);
    expect(missingInVocabulary(db)).toBe(0);
    expect([...indexedTerms(db)].length).toBeLessThanOrEqual(before);
  });
});

test('finds the terms that parts of words stand in, up to a number of them', async () => {
  const long = 'z'.repeat(300);
  const index = openEmbedded(folder, 'write');
  const text = `server observer serve conserve ${long} ${Array.from({ length: 9000 }, (_, n) => `n${n}`).join(' ')}`;
  await apply(index, { system: 'a', at: 1, entries: [file('/t', text)] });
  await index.close();
  const part = (sought: string, begins: boolean, ends: boolean) => ({ text: sought, begins, ends });
  const cut = 'z'.repeat(200);
  withIndex((db) => {
    const parts = [
      part('serv', false, false),
      part('serve', true, false),
      part('serve', false, true),
      part('serve', true, true),
      part('zzz', true, false),
      part('absent', true, false),
      part('n', true, false),
    ];
    const found = termsWith(db, parts, 5000).map((terms) => (terms === null ? null : [...terms].sort()));
    expect(found).toEqual([
      ['conserve', 'observer', 'serve', 'server', cut],
      ['serve', 'server'],
      ['conserve', 'serve', cut],
      ['serve'],
      [cut],
      [],
      null,
    ]);
  });
});
