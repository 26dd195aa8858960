// Checks what is stored once: contents, entries and attributes, and the terms, addresses and fields that find them.
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Feature } from '../../../schemas/entries.ts';
import { addressesIn } from '../../terms/addresses.ts';
import { distinctWords } from '../../terms/words.ts';
import type { Finding } from '../index-keeping.ts';
import { CheckSums } from './check-sums.ts';
import { attributeDigest, entryDigest } from './digests.ts';
import { featureOf } from './schema.ts';
import { fieldsOfAttribute, fieldsOfEntry, textOfEntry } from './searched.ts';
import { contentSubject, entrySubject, isContent, subjectId } from './subjects.ts';
import { textReader } from './texts.ts';
import { missingInVocabulary } from './vocabulary.ts';

type Part = Record<string, unknown>;

function finding(check: string, message: string): Finding {
  return { check, system: null, message };
}

/** What should find each subject, entry and attribute; what does find it is taken away afterwards. */
interface Expected {
  readonly terms: CheckSums;
  readonly addresses: CheckSums;
  readonly entryFields: CheckSums;
  readonly attributeFields: CheckSums;
}

/** Findings; null after each content and entry. */
export function* verifySearched(db: DatabaseSync): Generator<Finding | null> {
  const expected = {
    terms: new CheckSums(),
    addresses: new CheckSums(),
    entryFields: new CheckSums(),
    attributeFields: new CheckSums(),
  };
  yield* verifyContents(db, expected);
  yield* verifyEntries(db, expected);
  takeFound(db, expected);
  yield* verifyVocabulary(db);
  for (const [check, sums] of [
    ['terms', expected.terms],
    ['addresses', expected.addresses],
  ] as const)
    for (const subject of sums.unequal())
      yield finding(check, `${subjectName(subject)} is not found by what stands in it`);
  for (const id of expected.entryFields.unequal())
    yield finding('fields', `entry ${id} is not found by its fields`);
  for (const id of expected.attributeFields.unequal())
    yield finding('fields', `attribute ${id} is not found by its fields`);
}

function subjectName(subject: number): string {
  return `${isContent(subject) ? 'content' : 'entry'} ${subjectId(subject)}`;
}

function expectText({ terms, addresses }: Expected, subject: number, text: string): void {
  for (const term of distinctWords(text)) terms.add(subject, term);
  const ranges = new Set(addressesIn(text).map(({ low, high }) => `${low}-${high}`));
  for (const range of ranges) addresses.add(subject, range);
}

function* verifyContents(db: DatabaseSync, expected: Expected): Generator<Finding | null> {
  const readText = textReader(db);
  for (const row of db.prepare('SELECT id, lower(hex(sha256)) AS sha256, bytes FROM content').iterate()) {
    const { id, sha256, bytes } = row as { id: number; sha256: string; bytes: number };
    try {
      const text = readText(id);
      const utf8 = Buffer.from(text);
      if (hash('sha256', utf8) !== sha256 || utf8.length !== bytes)
        yield finding('content-hash', `the text of content ${id} is not that of SHA-256 ${sha256}`);
      expectText(expected, contentSubject(id), text);
    } catch (error) {
      yield finding('content-hash', (error as Error).message);
    }
    yield null;
  }
}

interface EntryRow {
  readonly id: number;
  readonly digest: string;
  readonly name: string | null;
  readonly entryPlace: number;
  readonly keyPlace: number;
  readonly attribute: number;
  readonly shared: string | null;
  readonly content: number | null;
  readonly sha256: string | null;
  readonly own: string | null;
}

const ENTRIES = `SELECT entry.id, lower(hex(entry.digest)) AS digest, prefix || name AS name,
  entry.place AS entryPlace, key.place AS keyPlace, attribute, json AS shared, content,
  lower(hex(sha256)) AS sha256, own
  FROM entry LEFT JOIN key ON key.id = entry.key LEFT JOIN place ON place.id = key.place
  LEFT JOIN attribute ON attribute.id = entry.attribute LEFT JOIN content ON content.id = entry.content`;

function* verifyEntries(db: DatabaseSync, expected: Expected): Generator<Finding | null> {
  const attributes = new Set<number>();
  const digestOf = db.prepare('SELECT lower(hex(digest)) AS digest FROM attribute WHERE id = ?');
  for (const row of db.prepare(ENTRIES).iterate()) {
    const entry = row as unknown as EntryRow;
    yield* verifyEntry(entry, expected);
    if (entry.shared !== null && !attributes.has(entry.attribute)) {
      attributes.add(entry.attribute);
      const { digest } = digestOf.get(entry.attribute) as { digest: string };
      yield* verifyAttribute(entry, entry.shared, digest, expected);
    }
    yield null;
  }
}

function* verifyEntry(row: EntryRow, expected: Expected): Generator<Finding> {
  const { id, name, shared, sha256 } = row;
  if (name === null || shared === null || !isWhole(row)) {
    yield finding('references', `entry ${id} names parts that are not there`);
    return;
  }
  const feature = featureOf(id);
  const [own, sharedPart] = [parsed(row.own ?? '{}'), parsed(shared)];
  if (own === null || sharedPart === null) {
    yield finding('entry-digest', `entry ${id} cannot be read`);
    return;
  }
  const parts = { attribute: row.attribute, own: row.own ?? '{}', sha256: sha256 ?? '' };
  if (entryDigest(feature, name, parts).toString('hex') !== row.digest)
    yield finding('entry-digest', `entry ${id} (${name}) is not what was written`);
  expectText(expected, entrySubject(id), textOfEntry(feature, name, sharedPart, own));
  for (const field of fieldsOfEntry(feature, name, own)) expected.entryFields.add(id, field.join('='));
}

function isWhole({ content, sha256, entryPlace, keyPlace }: EntryRow): boolean {
  return (content === null || sha256 !== '') && entryPlace === keyPlace;
}

function* verifyAttribute(
  { id, attribute }: EntryRow,
  json: string,
  digest: string,
  { attributeFields }: Expected,
): Generator<Finding> {
  const shared = parsed(json);
  // Reported with the entry.
  if (shared === null) return;
  const feature: Feature = featureOf(id);
  if (attributeDigest(feature, shared).toString('hex') !== digest)
    yield finding('entry-digest', `attribute ${attribute} is not what was written`);
  for (const field of fieldsOfAttribute(feature, shared)) attributeFields.add(attribute, field.join('='));
}

function parsed(json: string): Part | null {
  try {
    return JSON.parse(json) as Part;
  } catch {
    return null;
  }
}

function* verifyVocabulary(db: DatabaseSync): Generator<Finding> {
  const missing = aside(db, () => missingInVocabulary(db));
  if (missing > 0) yield finding('vocabulary', `${missing} terms are not found by what stands in them`);
}

/** Work with a table of its own, in memory: the connection is opened to be read. */
function aside<T>(db: DatabaseSync, work: () => T): T {
  db.exec('PRAGMA query_only=0');
  try {
    return work();
  } finally {
    db.exec('PRAGMA query_only=1');
  }
}

function takeFound(db: DatabaseSync, expected: Expected): void {
  const rows = <T>(sql: string) => db.prepare(sql).iterate() as Iterable<unknown> as Iterable<T>;
  aside(db, () => {
    db.exec("CREATE VIRTUAL TABLE temp.instance USING fts5vocab('main', 'word', 'instance')");
    for (const { doc, term } of rows<{ doc: number; term: string }>('SELECT doc, term FROM temp.instance'))
      expected.terms.take(doc, term);
    db.exec('DROP TABLE temp.instance');
  });
  const ranges = rows<{ subject: number; low: string; high: string }>(
    "SELECT subject, lower(hex(low)) AS low, lower(hex(iif(high = x'', low, high))) AS high FROM address",
  );
  for (const { subject, low, high } of ranges) expected.addresses.take(subject, `${low}-${high}`);
  for (const [table, owner, sums] of [
    ['entry_field', 'entry', expected.entryFields],
    ['attribute_field', 'attribute', expected.attributeFields],
  ] as const) {
    const fields = rows<{ owner: number; field: string; value: string }>(
      `SELECT field, value, ${owner} AS owner FROM ${table}`,
    );
    for (const one of fields) sums.take(one.owner, `${one.field}=${one.value}`);
  }
}
