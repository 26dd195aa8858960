// Which entries have a field with a value.
import type { DatabaseSync } from 'node:sqlite';
import { FIELDS } from '../../../schemas/fields.ts';
import type { Leaf } from '../../../schemas/plan.ts';
import { matchesEntry, matchesValue } from '../../terms/match.ts';
import { namingOf } from '../../terms/names.ts';
import { foldCase } from '../../terms/words.ts';
import { entryReader } from './entries.ts';
import { NO_STAMPS } from '../entry-parts.ts';

type FieldLeaf = Extract<Leaf, { leaf: 'field' }>;

/** What follows every text that begins with a given one. */
const LAST_CHARACTER = '\u{10ffff}';

/** Where the values of a field stand: with one entry, or with what many entries share. */
const TABLES = [
  'SELECT value, entry FROM entry_field',
  `SELECT value, entry.id AS entry FROM attribute_field
   JOIN entry ON entry.attribute = attribute_field.attribute`,
];

/**
 * Entries that satisfy a leaf on a field of theirs. Values are kept folded; where case counts, or the order of versions,
 * the entry is read.
 */
export function fieldEntries(db: DatabaseSync, leaf: FieldLeaf): number[] {
  const type = FIELDS.find(({ name }) => name === leaf.field)?.type;
  const isOrder = type === 'version' && /^[<>]/.test(leaf.op);
  const sought = isOrder ? { ...leaf, op: 'exists' as const } : leaf;
  const found = TABLES.flatMap((select) => withValue(db, select, sought));
  if (!isOrder && (leaf.op !== 'is' || type !== 'path')) return found;
  const entryOf = entryReader(db);
  return found.filter((id) => {
    const { feature, key, whole } = entryOf(id);
    return matchesEntry(leaf, feature, key, whole(NO_STAMPS, null));
  });
}

function withValue(db: DatabaseSync, select: string, leaf: FieldLeaf): number[] {
  const asked = foldCase(leaf.value ?? '');
  if (leaf.op === 'is')
    return ids(db, `${select} WHERE field = ? AND value = ?`, [leaf.field, asked], () => true);
  const prefix = leaf.op === 'glob' ? (/^[^*?]*/.exec(asked)?.[0] ?? '') : '';
  const bounds = [leaf.field, prefix, prefix + LAST_CHARACTER];
  const matches = leaf.op === 'exists' ? () => true : tester(leaf);
  return ids(db, `${select} WHERE field = ? AND value >= ? AND value <= ? ORDER BY value`, bounds, matches);
}

function ids(db: DatabaseSync, sql: string, values: string[], matches: (value: string) => boolean): number[] {
  const select = db.prepare(sql);
  select.setReturnArrays(true);
  const found: number[] = [];
  for (const row of select.iterate(...values)) {
    const [value, entry] = row as unknown as [string, number];
    if (matches(value)) found.push(entry);
  }
  return found;
}

/** Entries that are called as a leaf asks (names.ts). */
export function namedEntries(db: DatabaseSync, leaf: Leaf): number[] {
  const naming = namingOf(leaf);
  if (naming === null) return [];
  const fields = naming.fields.map(() => '?').join();
  const select = db.prepare(
    TABLES.map((table) => `${table} WHERE field IN (${fields}) AND value = ?`).join(' UNION ALL '),
  );
  const bound = [...naming.fields, naming.value];
  return (select.all(...bound, ...bound) as unknown as { entry: number }[]).map(({ entry }) => entry);
}

/** Equal values follow one another: each is tested once. */
function tester(leaf: FieldLeaf): (value: string) => boolean {
  let last: string | null = null;
  let matched = false;
  return (value) => {
    if (value !== last) {
      last = value;
      matched = matchesValue(leaf, value);
    }
    return matched;
  };
}
