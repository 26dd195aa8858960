// Writes what is stored once: contents, keys, attributes and entries, each with the terms that find it.
import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Entry, Feature } from '../../../schemas/entries.ts';
import { addressesIn } from '../../terms/addresses.ts';
import { entryText, fieldValues } from '../../terms/entry-terms.ts';
import { distinctWords, foldCase } from '../../terms/words.ts';
import { addressWriter } from './addresses.ts';
import { NO_STAMPS, putTogether, splitKey, takeApart, type Stamps } from './entry-parts.ts';
import { featureNumber, firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import { contentSubject, entrySubject } from './subjects.ts';
import { packText } from './texts.ts';

/** An entry as the index knows it, with what is new about it on this system. */
export interface KnownEntry {
  readonly id: number;
  readonly key: number;
  readonly stamps: Stamps;
}

/** A text with the SHA-256 of its UTF-8. */
interface HashedText {
  readonly text: string;
  readonly bytes: Buffer;
  readonly sha256: Buffer;
}

function hashed(text: string): HashedText {
  const bytes = Buffer.from(text, 'utf8');
  return { text, bytes, sha256: hash('sha256', bytes, 'buffer') };
}

/** 128 of SHA-256's bits: what a name in our own tables needs. */
function digestOf(...parts: string[]): Buffer {
  return hash('sha256', parts.join('\0'), 'buffer').subarray(0, 16);
}

/** JSON in which the order of names does not matter: entries are the same however a crawler orders them. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner !== 'object' || inner === null || Array.isArray(inner)
      ? inner
      : Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

/** Entries of one place and of one attribute come together: a few thousand remembered ids spare most lookups. */
const REMEMBERED = 4096;

function remember(ids: Map<string, number>, name: string, id: number): void {
  if (ids.size >= REMEMBERED) ids.clear();
  ids.set(name, id);
}

function prepare(db: DatabaseSync) {
  return {
    entry: db.prepare('SELECT id, key FROM entry WHERE digest = ?'),
    content: db.prepare('SELECT id FROM content WHERE sha256 = ?'),
    place: db.prepare('SELECT id FROM place WHERE feature = ? AND prefix = ?'),
    key: db.prepare('SELECT id FROM key WHERE place = ? AND name = ?'),
    attribute: db.prepare('SELECT id FROM attribute WHERE digest = ?'),
    lastEntry: db.prepare('SELECT max(id) AS id FROM entry WHERE id >= ? AND id < ?'),
    addEntry: db.prepare(
      'INSERT INTO entry(id, digest, key, place, attribute, content, own) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    addContent: db.prepare('INSERT INTO content(sha256, deflated, body) VALUES (?, ?, ?)'),
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
  readonly #nextEntry = new Map<Feature, number>();
  readonly #places = new Map<string, number>();
  readonly #attributes = new Map<string, number>();

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db);
    this.#address = addressWriter(db);
  }

  /** Finds the entry, or writes it with all that finds it. A content is known by its own hash, never by the frame's. */
  intern(feature: Feature, key: string, entry: Entry): KnownEntry {
    const { shared, own, stamps, text } = takeApart(feature, key, entry);
    const attribute = this.#attribute(feature, shared);
    const ownJson = JSON.stringify(own);
    const content = text === null ? null : hashed(text);
    const digest = digestOf(feature, key, `${attribute}`, ownJson, content?.sha256.toString('hex') ?? '');
    const known = this.#statements.entry.get(digest) as { id: number; key: number } | undefined;
    if (known) return { ...known, stamps };

    const contentId = content === null ? null : this.#content(content);
    const { place, id: keyId } = this.#key(feature, key);
    const id = this.#newEntryId(feature);
    const ownColumn = ownJson === '{}' ? null : ownJson;
    this.#statements.addEntry.run(id, digest, keyId, place, attribute, contentId, ownColumn);
    const itself = putTogether(feature, key, { shared, own, stamps: NO_STAMPS, text: null });
    this.#index(entrySubject(id), entryText(feature, key, itself));
    if (feature === 'file') {
      const alone = putTogether(feature, key, { shared: {}, own, stamps: NO_STAMPS, text: null });
      this.#fields(this.#statements.addEntryField, feature, alone, id);
    }
    return { id, key: keyId, stamps };
  }

  #content({ text, bytes, sha256 }: HashedText): number {
    const known = this.#statements.content.get(sha256) as { id: number } | undefined;
    if (known) return known.id;
    const { deflated, body } = packText(bytes);
    const id = Number(this.#statements.addContent.run(sha256, deflated, body).lastInsertRowid);
    this.#index(contentSubject(id), text);
    return id;
  }

  #index(subject: number, text: string): void {
    const terms = distinctWords(text);
    if (terms.size > 0) this.#statements.addTerms.run(subject, [...terms].join(' '));
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
    const cached = this.#attributes.get(`${feature} ${json}`);
    if (cached !== undefined) return cached;
    const digest = digestOf(feature, canonical(shared));
    const known = this.#statements.attribute.get(digest) as { id: number } | undefined;
    let id = known?.id;
    if (id === undefined) {
      id = Number(this.#statements.addAttribute.run(digest, json).lastInsertRowid);
      this.#fields(this.#statements.addAttributeField, feature, shared, id);
    }
    remember(this.#attributes, `${feature} ${json}`, id);
    return id;
  }

  #fields(insert: StatementSync, feature: Feature, entry: Entry, owner: number): void {
    for (const { field, value } of fieldValues(feature, entry)) {
      insert.run(field, foldCase(value), owner);
    }
  }

  #newEntryId(feature: Feature): number {
    const first = firstEntryId(feature);
    const next = this.#nextEntry.get(feature) ?? this.#lastEntryId(first) + 1;
    if (next >= first + IDS_PER_FEATURE)
      throw new RangeError(`more than ${IDS_PER_FEATURE} entries of ${feature}`);
    this.#nextEntry.set(feature, next + 1);
    return next;
  }

  #lastEntryId(first: number): number {
    const row = this.#statements.lastEntry.get(first, first + IDS_PER_FEATURE) as { id: number | null };
    return row.id ?? first - 1;
  }
}
