// Brings an index that an older Unfold wrote up to date, in place.
import type { DatabaseSync } from 'node:sqlite';
import { featureOf, KEEPING_TABLES, SCHEMA_VERSION, VOCABULARY_TABLE } from './schema.ts';
import { fieldsOfAttribute } from './searched.ts';
import { textReader } from './texts.ts';
import { fillVocabulary } from './vocabulary.ts';

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
    const from = version();
    if (from < SCHEMA_VERSION) {
      if (from < 2) {
        db.exec(FROM_1);
        measureTexts(db);
      }
      db.exec(VOCABULARY_TABLE);
      fillVocabulary(db);
      addFields(db);
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

/** Version 2 did not know the fields `local`, `remote` and `ip`. */
function addFields(db: DatabaseSync): void {
  const insert = db.prepare('INSERT OR IGNORE INTO attribute_field VALUES (?, ?, ?)');
  const select = db.prepare(
    `SELECT attribute.id, json, (SELECT min(id) FROM entry WHERE attribute = attribute.id) AS entry FROM attribute`,
  );
  for (const row of select.all()) {
    const { id, json, entry } = row as { id: number; json: string; entry: number | null };
    if (entry === null) continue;
    const shared = JSON.parse(json) as Record<string, unknown>;
    for (const [field, value] of fieldsOfAttribute(featureOf(entry), shared)) insert.run(field, value, id);
  }
}
