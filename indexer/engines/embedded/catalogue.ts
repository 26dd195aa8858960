// Writes what is stored once: contents, keys, attributes and entries, each with the terms that find it.
import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Entry, Feature } from '../../../schemas/entries.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { addressesIn } from '../../terms/addresses.ts';
import { distinctWords } from '../../terms/words.ts';
import { addressWriter } from './addresses.ts';
import { attributeDigest, entryDigest } from './digests.ts';
import { splitKey, takeApart, type Stamps } from '../entry-parts.ts';
import { featureNumber } from '../feature-order.ts';
import { firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import { fieldsOfAttribute, fieldsOfEntry, textOfEntry, type FoldedField } from './searched.ts';
import { contentSubject, entrySubject } from './subjects.ts';
import { packText } from './texts.ts';
import { VocabularyWriter } from './vocabulary.ts';

/** An entry as the index knows it, with what is new about it on this system. */
export interface KnownEntry {
  readonly id: number;
  readonly key: number;
  readonly stamps: Stamps;
}

/** SHA-256 of the text as UTF-8, in hex. */
function sha256Of(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Entries of one place and of one attribute come together: a few thousand remembered ids spare most lookups. */
const REMEMBERED = 4096;

function remember(ids: Map<string, number>, name: string, id: number): void {
  if (ids.size >= REMEMBERED) ids.clear();
  ids.set(name, id);
}

function prepare(db: DatabaseSync) {
  const entry = db.prepare('SELECT id, key FROM entry WHERE digest = ?');
  entry.setReturnArrays(true);
  return {
    entry,
    content: db.prepare('SELECT id FROM content WHERE sha256 = ?'),
    place: db.prepare('SELECT id FROM place WHERE feature = ? AND prefix = ?'),
    key: db.prepare('SELECT id FROM key WHERE place = ? AND name = ?'),
    attribute: db.prepare('SELECT id FROM attribute WHERE digest = ?'),
    lastEntry: db.prepare('SELECT max(id) AS id FROM entry WHERE id >= ? AND id < ?'),
    lastRemoved: db.prepare('SELECT id FROM last_entry WHERE feature = ?'),
    addEntry: db.prepare(
      'INSERT INTO entry(id, digest, key, place, attribute, content, own) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    addContent: db.prepare('INSERT INTO content(sha256, deflated, body, bytes) VALUES (?, ?, ?, ?)'),
    addPlace: db.prepare('INSERT INTO place(feature, prefix) VALUES (?, ?)'),
    addKey: db.prepare('INSERT INTO key(place, name) VALUES (?, ?)'),
    addAttribute: db.prepare('INSERT INTO attribute(digest, json) VALUES (?, ?)'),
    addTerms: db.prepare('INSERT INTO word(rowid, terms) VALUES (?, ?)'),
    addAttributeField: db.prepare('INSERT OR IGNORE INTO attribute_field VALUES (?, ?, ?)'),
    addEntryField: db.prepare('INSERT OR IGNORE INTO entry_field VALUES (?, ?, ?)'),
  };
}

/** Writes what frames share. One instance serves one transaction: what it remembers is void after a rollback. */
export class Catalogue {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #address: (low: string, high: string, subject: number) => void;
  readonly #vocabulary: VocabularyWriter;
  readonly #nextEntry = new Map<Feature, number>();
  readonly #places = new Map<string, number>();
  readonly #attributes = new Map<Feature, Map<string, number>>();

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db);
    this.#address = addressWriter(db);
    this.#vocabulary = new VocabularyWriter(db, 'added');
  }

  /** Writes what is left to write; to be called when everything has been interned. */
  end(): void {
    this.#vocabulary.flush();
  }

  /** Finds the entry, or writes it with all that finds it. A content is known by its own hash, never by the frame's. */
  intern(feature: Feature, key: string, entry: Entry): KnownEntry {
    const { shared, own, stamps, text } = takeApart(feature, key, entry);
    const attribute = this.#attribute(feature, shared);
    const ownJson = JSON.stringify(own);
    const sha256 = text === null ? '' : sha256Of(text);
    const digest = entryDigest(feature, key, { attribute, own: ownJson, sha256 });
    const known = this.#statements.entry.get(digest) as unknown as [number, number] | undefined;
    if (known) return { id: known[0], key: known[1], stamps };

    const contentId = text === null ? null : this.#content(text, sha256);
    const { place, id: keyId } = this.#key(feature, key);
    const id = this.#newEntryId(feature);
    const ownColumn = ownJson === '{}' ? null : ownJson;
    this.#statements.addEntry.run(id, digest, keyId, place, attribute, contentId, ownColumn);
    this.#index(entrySubject(id), textOfEntry(feature, key, shared, own));
    addFields(this.#statements.addEntryField, fieldsOfEntry(feature, key, own), id);
    return { id, key: keyId, stamps };
  }

  #content(text: string, sha256: string): number {
    const name = Buffer.from(sha256, 'hex');
    const known = this.#statements.content.get(name) as { id: number } | undefined;
    if (known) return known.id;
    const bytes = Buffer.from(text, 'utf8');
    const { deflated, body } = packText(bytes);
    const id = Number(this.#statements.addContent.run(name, deflated, body, bytes.length).lastInsertRowid);
    this.#index(contentSubject(id), text);
    return id;
  }

  #index(subject: number, text: string): void {
    const terms = [...distinctWords(text)];
    if (terms.length > 0) this.#statements.addTerms.run(subject, terms.join(' '));
    this.#vocabulary.add(terms);
    for (const { low, high } of addressesIn(text)) this.#address(low, high, subject);
  }

  #key(feature: Feature, key: string): { id: number; place: number } {
    const { prefix, name } = splitKey(feature, key);
    const place = this.#place(feature, prefix);
    const known = this.#statements.key.get(place, name) as { id: number } | undefined;
    return { id: known?.id ?? Number(this.#statements.addKey.run(place, name).lastInsertRowid), place };
  }

  #place(feature: Feature, prefix: string): number {
    const cached = this.#places.get(`${feature} ${prefix}`);
    if (cached !== undefined) return cached;
    const number = featureNumber(feature);
    const known = this.#statements.place.get(number, prefix) as { id: number } | undefined;
    const id = known?.id ?? Number(this.#statements.addPlace.run(number, prefix).lastInsertRowid);
    remember(this.#places, `${feature} ${prefix}`, id);
    return id;
  }

  #attribute(feature: Feature, shared: Record<string, unknown>): number {
    const json = JSON.stringify(shared);
    const remembered = this.#attributesOf(feature);
    const cached = remembered.get(json);
    if (cached !== undefined) return cached;
    const digest = attributeDigest(feature, shared);
    const known = this.#statements.attribute.get(digest) as { id: number } | undefined;
    let id = known?.id;
    if (id === undefined) {
      id = Number(this.#statements.addAttribute.run(digest, json).lastInsertRowid);
      addFields(this.#statements.addAttributeField, fieldsOfAttribute(feature, shared), id);
    }
    remember(remembered, json, id);
    return id;
  }

  #attributesOf(feature: Feature): Map<string, number> {
    let attributes = this.#attributes.get(feature);
    if (attributes === undefined) this.#attributes.set(feature, (attributes = new Map<string, number>()));
    return attributes;
  }

  #newEntryId(feature: Feature): number {
    const first = firstEntryId(feature);
    const next = this.#nextEntry.get(feature) ?? this.#lastEntryId(feature, first) + 1;
    if (next >= first + IDS_PER_FEATURE)
      throw new UnfoldError(
        'UNFOLD_DATA_CORRUPT',
        `there were more than ${IDS_PER_FEATURE} ${feature} entries`,
        {
          remedy: '`unfold index rebuild` numbers anew those that are left.',
        },
      );
    this.#nextEntry.set(feature, next + 1);
    return next;
  }

  #lastEntryId(feature: Feature, first: number): number {
    const there = this.#statements.lastEntry.get(first, first + IDS_PER_FEATURE) as { id: number | null };
    const removed = this.#statements.lastRemoved.get(featureNumber(feature)) as { id: number } | undefined;
    return Math.max(there.id ?? 0, removed?.id ?? 0, first - 1);
  }
}

function addFields(insert: StatementSync, fields: readonly FoldedField[], owner: number): void {
  for (const [field, value] of fields) insert.run(field, value, owner);
}
