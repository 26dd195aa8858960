// Reads stored entries back.
import type { DatabaseSync } from 'node:sqlite';
import type { Entry, Feature } from '../../../schemas/entries.ts';
import { DamagedIndex } from './errors.ts';
import { putTogether, type Stamps } from '../entry-parts.ts';
import { featureOf } from './schema.ts';

/** A stored entry; `entry` is without stamps and without the text of its content. */
export interface StoredEntry {
  readonly feature: Feature;
  readonly key: string;
  readonly content: number | null;
  /** The whole entry, with what a fact adds. */
  readonly whole: (stamps: Stamps, text: string | null) => Entry;
}

type Part = Record<string, unknown>;

interface EntryRow {
  readonly key: string;
  readonly content: number | null;
  readonly own: string | null;
  readonly shared: string;
}

/** Reads entries by id. */
export function entryReader(db: DatabaseSync): (id: number) => StoredEntry {
  const select = db.prepare(
    `SELECT place.prefix || key.name AS key, entry.content, entry.own, attribute.json AS shared
     FROM entry JOIN key ON key.id = entry.key JOIN place ON place.id = key.place
     JOIN attribute ON attribute.id = entry.attribute WHERE entry.id = ?`,
  );
  return (id) => {
    const row = select.get(id) as unknown as EntryRow | undefined;
    if (row === undefined) throw new DamagedIndex(`entry ${id} is missing`);
    const { key, content } = row;
    const feature = featureOf(id);
    const shared = JSON.parse(row.shared) as Part;
    const own = row.own === null ? {} : (JSON.parse(row.own) as Part);
    return {
      feature,
      key,
      content,
      whole: (stamps, text) => putTogether(feature, key, { shared, own, stamps, text }),
    };
  };
}
