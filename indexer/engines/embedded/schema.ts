// The tables of the embedded index, and the numbers that are written into them.
import type { Feature } from '../../../schemas/entries.ts';
import { featureNumber, featureOfNumber } from '../feature-order.ts';

/** Raised whenever the tables change; kept in `user_version`. */
export const SCHEMA_VERSION = 3;

/** "unfo": tells our file from any other SQLite file; kept in `application_id`. */
export const APPLICATION_ID = 0x75_6e_66_6f;

/** How many entries a feature has ids for. */
export const IDS_PER_FEATURE = 2 ** 27;

/** First id of a feature's entries. */
export function firstEntryId(feature: Feature): number {
  return featureNumber(feature) * IDS_PER_FEATURE;
}

/** The feature of an entry, which its id tells. */
export function featureOf(entryId: number): Feature {
  return featureOfNumber(Math.floor(entryId / IDS_PER_FEATURE));
}

/** Tables of version 2. */
export const KEEPING_TABLES = `
CREATE TABLE suspect(entry INTEGER PRIMARY KEY);
CREATE TABLE last_entry(feature INTEGER PRIMARY KEY, id INTEGER NOT NULL);
`;

/** Tables of version 3. */
export const VOCABULARY_TABLE = `
CREATE TABLE vocabulary(id INTEGER PRIMARY KEY, filled INTEGER NOT NULL, cut INTEGER NOT NULL, terms BLOB NOT NULL);
`;

/**
 * What is stored once:
 *   content    a text, by its own SHA-256
 *   place      what keys of a feature begin with: a file's directory with its slash, else nothing
 *   key        the name of an entry: place and the rest
 *   attribute  the part of an entry that many entries share (mode, owner, package …), as JSON
 *   entry      key + attribute + what only this entry says (size, hash …) + content; systems share it
 * What a system adds:
 *   fact       an entry held for the system from one instant to another (`ended` null: it still holds)
 *   presence   the entries that hold now, packed by blocks of entry ids: from an entry to its systems without
 *              a row per fact, and cheap to read whole (blocks.ts)
 * What looks after them: `suspect`, entries that may have no fact (sweep.ts); `last_entry`, the last
 * id that a feature's entries had, as ids are not used twice.
 * What finds them: `word`, `address` by subject (even: content, odd: entry; subjects.ts), `*_field` by value; and
 * `vocabulary`, the terms of `word` by what stands in them (vocabulary.ts).
 */
export const TABLES = `
CREATE TABLE system(id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, newest INTEGER);
CREATE TABLE frame(
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, system INTEGER NOT NULL, at INTEGER NOT NULL,
  status TEXT NOT NULL, header TEXT NOT NULL, closing TEXT NOT NULL,
  opened INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0);
CREATE INDEX frame_by_system ON frame(system, at);
CREATE TABLE problem(
  frame INTEGER, number INTEGER, extractor TEXT NOT NULL, code TEXT NOT NULL, path TEXT, message TEXT NOT NULL,
  PRIMARY KEY(frame, number)) WITHOUT ROWID;

CREATE TABLE content(
  id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, deflated INTEGER NOT NULL, body BLOB NOT NULL,
  bytes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE place(id INTEGER PRIMARY KEY, feature INTEGER NOT NULL, prefix TEXT NOT NULL, UNIQUE(feature, prefix));
CREATE TABLE key(id INTEGER PRIMARY KEY, place INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE(place, name));
CREATE TABLE attribute(id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, json TEXT NOT NULL);
CREATE TABLE entry(
  id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, key INTEGER NOT NULL, place INTEGER NOT NULL,
  attribute INTEGER NOT NULL, content INTEGER, own TEXT);
CREATE INDEX entry_by_key ON entry(key);
CREATE INDEX entry_by_attribute ON entry(attribute);
CREATE INDEX entry_by_content ON entry(content) WHERE content IS NOT NULL;

CREATE TABLE fact(
  system INTEGER, entry INTEGER, began INTEGER, ended INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER,
  PRIMARY KEY(system, entry, began)) WITHOUT ROWID;
CREATE INDEX fact_ended ON fact(entry, system, ended) WHERE ended IS NOT NULL;
CREATE INDEX fact_past ON fact(system, ended) WHERE ended IS NOT NULL;
CREATE TABLE presence(
  block INTEGER, system INTEGER, packed BLOB NOT NULL, PRIMARY KEY(block, system)) WITHOUT ROWID;
CREATE INDEX presence_by_system ON presence(system, block);

CREATE VIRTUAL TABLE word USING fts5(
  terms, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE TABLE address(
  width INTEGER, low BLOB, high BLOB, subject INTEGER, PRIMARY KEY(width, low, high, subject)) WITHOUT ROWID;
CREATE TABLE attribute_field(
  field TEXT, value TEXT, attribute INTEGER, PRIMARY KEY(field, value, attribute)) WITHOUT ROWID;
CREATE TABLE entry_field(
  field TEXT, value TEXT, entry INTEGER, PRIMARY KEY(field, value, entry)) WITHOUT ROWID;
${KEEPING_TABLES}${VOCABULARY_TABLE}`;
