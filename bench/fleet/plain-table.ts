// Rows as anyone would keep them: each text once, a row per file and system. What ingest is compared with.
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { FrameLine } from '../../indexer/engines/search-engine.ts';

/** Writes the entries of frames into plain tables of a SQLite file. */
export function plainTable(file: string): (lines: readonly FrameLine[]) => void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-262144;
    CREATE TABLE text(sha256 BLOB PRIMARY KEY, body TEXT) WITHOUT ROWID;
    CREATE TABLE row(system TEXT, feature TEXT, key TEXT, entry TEXT, sha256 BLOB, PRIMARY KEY(system, feature, key)) WITHOUT ROWID`);
  const text = db.prepare('INSERT OR IGNORE INTO text VALUES (?, ?)');
  const row = db.prepare('INSERT INTO row VALUES (?, ?, ?, ?, ?)');
  let system = '';
  return (lines) => {
    db.exec('BEGIN');
    for (const line of lines) {
      if ('header' in line) system = line.header.system.id;
      if (!('line' in line)) continue;
      const { feature, key, entry } = line.line;
      const { content, ...rest } = entry as { content?: { text: string } };
      const sha256 = content ? createHash('sha256').update(content.text).digest() : null;
      if (content) text.run(sha256, content.text);
      row.run(system, feature, key, JSON.stringify(rest), sha256);
    }
    db.exec('COMMIT');
  };
}
