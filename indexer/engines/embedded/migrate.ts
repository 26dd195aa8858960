// Brings an index that an older Unfold wrote up to date, in place.
import type { DatabaseSync } from 'node:sqlite';
import { KEEPING_TABLES, SCHEMA_VERSION } from './schema.ts';
import { textReader } from './texts.ts';

/** Version 1 did not keep what a frame changed, nor how long texts are; both can be told from the rest. */
const FROM_1 = `
ALTER TABLE frame ADD COLUMN opened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE frame ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE frame ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE content ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
${KEEPING_TABLES}
CREATE TEMP TABLE began AS SELECT system, began AS at, count(*) AS facts FROM fact GROUP BY 1, 2;
CREATE TEMP TABLE ended AS SELECT system, ended AS at, count(*) AS facts FROM fact WHERE ended IS NOT NULL GROUP BY 1, 2;
UPDATE frame SET opened = began.facts FROM began
  WHERE began.system = frame.system AND began.at = frame.at AND status <> 'failed';
UPDATE frame SET closed = ended.facts FROM ended
  WHERE ended.system = frame.system AND ended.at = frame.at AND status <> 'failed';
UPDATE frame SET kept =
  max(0, (SELECT coalesce(sum(value), 0) FROM json_each(closing, '$.counts')) - opened) WHERE status <> 'failed';
DROP TABLE began;
DROP TABLE ended;
`;

/** Migrates from a version; of two processes that do it at once the second finds it done. */
export function migrate(db: DatabaseSync, version: () => number): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    if (version() < SCHEMA_VERSION) {
      db.exec(FROM_1);
      measureTexts(db);
      db.exec(`PRAGMA user_version=${SCHEMA_VERSION}`);
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function measureTexts(db: DatabaseSync): void {
  const readText = textReader(db);
  const set = db.prepare('UPDATE content SET bytes = ? WHERE id = ?');
  for (const row of db.prepare('SELECT id FROM content').all()) {
    const { id } = row as { id: number };
    set.run(Buffer.byteLength(readText(id)), id);
  }
}
