// Reads stored entries back.
import type { DatabaseSync } from 'node:sqlite';
import type { Entry, Feature } from '../../../schemas/entries.ts';
import { DamagedIndex } from './errors.ts';
import { putTogether, type Stamps } from './entry-parts.ts';
import { featureOf } from './schema.ts';

/** A stored entry; `entry` is without stamps and without the text of its content. */
export interface StoredEntry {
  readonly id: number;
  readonly feature: Feature;
  readonly key: string;
  readonly content: number | null;
  /** The whole entry, with what a fact adds. */
  readonly whole: (stamps: Stamps, text: string | null) => Entry;
}

interface EntryRow {
  readonly key: string;
  readonly content: number | null;
  readonly own: string | null;
  readonly shared: string;
}

/** Columns of EntryRow, of a query that names the tables `entry`, `key`, `place` and `attribute`. */
export const ENTRY_COLUMNS =
  'place.prefix || key.name AS key, entry.content AS content, entry.own AS own, attribute.json AS shared';

/** Joins to `entry` what makes it whole. */
export const ENTRY_JOINS = `JOIN key ON key.id = entry.key JOIN place ON place.id = key.place
  JOIN attribute ON attribute.id = entry.attribute`;

/** The stored entry of a row with ENTRY_COLUMNS. */
export function storedEntry(id: number, row: EntryRow): StoredEntry {
  const feature = featureOf(id);
  const shared = JSON.parse(row.shared) as Record<string, unknown>;
  const own = row.own === null ? {} : (JSON.parse(row.own) as Record<string, unknown>);
  return {
    id,
    feature,
    key: row.key,
    content: row.content,
    whole: (stamps, text) => putTogether(feature, row.key, { shared, own, stamps, text }),
  };
}

/** Reads entries by id. */
export function entryReader(db: DatabaseSync): (id: number) => StoredEntry {
  const select = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entry ${ENTRY_JOINS} WHERE entry.id = ?`);
  return (id) => {
    const row = select.get(id);
    if (row === undefined) throw new DamagedIndex(`entry ${id} is missing`);
    return storedEntry(id, row as unknown as EntryRow);
  };
}
