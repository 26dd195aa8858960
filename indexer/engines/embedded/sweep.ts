// Removes entries that have no fact any more, with all that finds them and all that they alone used.
import type { DatabaseSync } from 'node:sqlite';
import type { Feature } from '../../../schemas/entries.ts';
import { addressesIn } from '../../terms/addresses.ts';
import { addressRemover } from './addresses.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { featureNumber, FEATURES } from '../feature-order.ts';
import { featureOf, firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import { fieldsOfAttribute, fieldsOfEntry, textOfEntry, type FoldedField } from './searched.ts';
import { contentSubject, entrySubject } from './subjects.ts';
import { textReader } from './texts.ts';

type Part = Record<string, unknown>;

/** Suspects looked at in one transaction: it lasts some ten milliseconds. */
const BATCH = 1000;

function prepare(db: DatabaseSync) {
  const one = (table: string, column: string) =>
    db.prepare(`SELECT 1 FROM ${table} WHERE ${column} = ? LIMIT 1`);
  return {
    suspects: db.prepare('SELECT entry FROM suspect ORDER BY entry LIMIT ?'),
    cleared: db.prepare('DELETE FROM suspect WHERE entry = ?'),
    packed: db.prepare('SELECT packed FROM presence WHERE block = ?'),
    wasFact: one('fact INDEXED BY fact_ended', 'ended IS NOT NULL AND entry'),
    entry: db.prepare(
      `SELECT entry.key, entry.place, prefix || name AS name, attribute, json AS shared, content, own
       FROM entry JOIN key ON key.id = entry.key JOIN place ON place.id = entry.place
       JOIN attribute ON attribute.id = entry.attribute WHERE entry.id = ?`,
    ),
    ofContent: one('entry', 'content'),
    ofAttribute: one('entry', 'attribute'),
    ofKey: one('entry', 'key'),
    ofPlace: one('key', 'place'),
    removeTerms: db.prepare('DELETE FROM word WHERE rowid = ?'),
    removeEntry: db.prepare('DELETE FROM entry WHERE id = ?'),
    removeContent: db.prepare('DELETE FROM content WHERE id = ?'),
    removeAttribute: db.prepare('DELETE FROM attribute WHERE id = ?'),
    removeKey: db.prepare('DELETE FROM key WHERE id = ?'),
    removePlace: db.prepare('DELETE FROM place WHERE id = ?'),
    removeEntryField: db.prepare('DELETE FROM entry_field WHERE field = ? AND value = ? AND entry = ?'),
    removeAttributeField: db.prepare(
      'DELETE FROM attribute_field WHERE field = ? AND value = ? AND attribute = ?',
    ),
    last: db.prepare('SELECT max(id) AS id FROM entry WHERE id >= ? AND id < ?'),
    setLast: db.prepare(
      'INSERT INTO last_entry VALUES (?, ?) ON CONFLICT(feature) DO UPDATE SET id = max(id, excluded.id)',
    ),
  };
}

interface EntryRow {
  readonly key: number;
  readonly place: number;
  readonly name: string;
  readonly attribute: number;
  readonly shared: string;
  readonly content: number | null;
  readonly own: string | null;
}

/** Looks at suspects, a batch at a time, inside a transaction that the caller holds. */
export class Sweep {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #readText: ReturnType<typeof textReader>;
  readonly #removeAddress: ReturnType<typeof addressRemover>;
  /** Contents removed so far. */
  contents = 0;

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db);
    this.#readText = textReader(db);
    this.#removeAddress = addressRemover(db);
  }

  /** Removes those of a batch that have no fact. False when no suspect was left. */
  batch(): boolean {
    const suspects = this.#statements.suspects.all(BATCH).map((row) => (row as { entry: number }).entry);
    if (suspects.length === 0) return false;
    this.#keepIds();
    let block = -1;
    let held = new Set<number>();
    for (const entry of suspects) {
      if (Math.floor(entry / BLOCK_SIZE) !== block) {
        block = Math.floor(entry / BLOCK_SIZE);
        held = this.#heldOf(block);
      }
      if (!held.has(entry) && this.#statements.wasFact.get(entry) === undefined) this.#remove(entry);
      this.#statements.cleared.run(entry);
    }
    return true;
  }

  /** Ids are not used twice: readers remember what an entry was. */
  #keepIds(): void {
    for (const feature of FEATURES) {
      const first = firstEntryId(feature);
      const { id } = this.#statements.last.get(first, first + IDS_PER_FEATURE) as { id: number | null };
      if (id !== null) this.#statements.setLast.run(featureNumber(feature), id);
    }
  }

  /** Entries of a block that hold for some system. */
  #heldOf(block: number): Set<number> {
    const held = new Set<number>();
    for (const row of this.#statements.packed.iterate(block)) {
      unpackBlock((row as { packed: Uint8Array }).packed, (offset) => held.add(block * BLOCK_SIZE + offset));
    }
    return held;
  }

  #remove(id: number): void {
    const row = this.#statements.entry.get(id) as EntryRow | undefined;
    if (row === undefined) return;
    const feature = featureOf(id);
    const shared = JSON.parse(row.shared) as Part;
    const own = row.own === null ? {} : (JSON.parse(row.own) as Part);
    this.#statements.removeEntry.run(id);
    this.#unindex(entrySubject(id), textOfEntry(feature, row.name, shared, own));
    this.#removeFields('removeEntryField', fieldsOfEntry(feature, row.name, own), id);
    this.#removeContent(row.content);
    this.#removeAttribute(row.attribute, feature, shared);
    this.#removeKey(row);
  }

  #removeContent(id: number | null): void {
    if (id === null || this.#statements.ofContent.get(id) !== undefined) return;
    this.#unindex(contentSubject(id), this.#readText(id));
    this.#statements.removeContent.run(id);
    this.contents += 1;
  }

  #removeAttribute(id: number, feature: Feature, shared: Part): void {
    if (this.#statements.ofAttribute.get(id) !== undefined) return;
    this.#statements.removeAttribute.run(id);
    this.#removeFields('removeAttributeField', fieldsOfAttribute(feature, shared), id);
  }

  #removeKey({ key, place }: EntryRow): void {
    if (this.#statements.ofKey.get(key) !== undefined) return;
    this.#statements.removeKey.run(key);
    if (this.#statements.ofPlace.get(place) === undefined) this.#statements.removePlace.run(place);
  }

  #removeFields(
    statement: 'removeEntryField' | 'removeAttributeField',
    fields: readonly FoldedField[],
    owner: number,
  ): void {
    for (const [field, value] of fields) this.#statements[statement].run(field, value, owner);
  }

  #unindex(subject: number, text: string): void {
    this.#statements.removeTerms.run(subject);
    for (const { low, high } of addressesIn(text)) this.#removeAddress(low, high, subject);
  }
}
