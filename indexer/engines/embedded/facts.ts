// Reads the facts of one system.
import type { DatabaseSync } from 'node:sqlite';
import type { Feature } from '../../../schemas/entries.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import type { Fact, FactQuery } from '../search-engine.ts';
import { entryReader } from './entries.ts';
import { splitKey, type Stamps } from '../entry-parts.ts';
import { FEATURES } from '../feature-order.ts';
import { firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import { instantOf } from './systems.ts';
import { textReader } from './texts.ts';

/** A fact's own columns. */
export interface FactRow extends Stamps {
  readonly began: number;
  readonly ended: number | null;
}

/** Condition on `fact` for what held at an instant; bind the instant twice. Without instant: what holds. */
export function heldAt(at: number | null): string {
  return at === null ? 'fact.ended IS NULL' : 'fact.began <= ? AND (fact.ended IS NULL OR fact.ended > ?)';
}

/** What `heldAt` wants bound. */
export function heldAtValues(at: number | null): number[] {
  return at === null ? [] : [at, at];
}

/** Validity as the port has it. */
export function validity({ began, ended }: FactRow): { validFrom: string; validTo: string | null } {
  return {
    validFrom: new Date(began).toISOString(),
    validTo: ended === null ? null : new Date(ended).toISOString(),
  };
}

/** Condition on `fact` for a span, and what to bind. */
function within(span: FactQuery['span']): { condition: string; values: number[] } {
  if ('at' in span) {
    const at = instantOf(span.at);
    return { condition: heldAt(at), values: heldAtValues(at) };
  }
  const bounds = [Date.parse(span.after), instantOf(span.until) ?? Number.MAX_SAFE_INTEGER];
  return {
    condition: '(fact.began > ? AND fact.began <= ? OR fact.ended > ? AND fact.ended <= ?)',
    values: [...bounds, ...bounds],
  };
}

/** From a system's facts to their keys. */
const OF_SYSTEM = `fact JOIN entry ON entry.id = fact.entry JOIN key ON key.id = entry.key
  JOIN place ON place.id = key.place`;

/** From a key to the facts of it; CROSS keeps SQLite from looking through all facts of the system instead. */
const OF_KEY = `place JOIN key ON key.place = place.id CROSS JOIN entry ON entry.key = key.id
  CROSS JOIN fact ON fact.entry = entry.id`;

/** What finds a key by its index. */
function keyValues(feature: Feature, key: string): [number, string, string] {
  const { prefix, name } = splitKey(feature, key);
  return [firstEntryId(feature) / IDS_PER_FEATURE, prefix, name];
}

/** Facts of a system, by feature, then key, then when they began. Throws UnfoldError for an unknown system. */
export function* factsOf(db: DatabaseSync, ref: string, query: FactQuery): Generator<Fact> {
  const system = db.prepare('SELECT id FROM system WHERE ref = ?').get(ref) as { id: number } | undefined;
  if (system === undefined)
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no system of the index has the id ${ref}`);
  const textOf = textReader(db);
  const entryOf = entryReader(db);
  const { condition, values } = within(query.span);
  // Only keys are sorted; what belongs to them is read when its turn comes.
  const select = db.prepare(
    `SELECT fact.entry, fact.began, fact.ended, fact.mtime, fact.ctime, fact.inode
     FROM ${query.key === undefined ? OF_SYSTEM : OF_KEY}
     WHERE fact.system = ? AND fact.entry >= ? AND fact.entry < ? AND ${condition}
     ${query.key === undefined ? '' : 'AND place.feature = ? AND place.prefix = ? AND key.name = ?'}
     ORDER BY place.prefix || key.name, fact.began`,
  );
  for (const feature of query.feature === undefined ? FEATURES : [query.feature]) {
    const first = firstEntryId(feature);
    const bound = [...values, ...(query.key === undefined ? [] : keyValues(feature, query.key))];
    for (const row of select.iterate(system.id, first, first + IDS_PER_FEATURE, ...bound)) {
      const fact = row as unknown as FactRow & { entry: number };
      const { key, content, whole } = entryOf(fact.entry);
      const text = content === null || !query.texts ? null : textOf(content);
      yield { feature, key, entry: whole(fact, text), ...validity(fact) };
    }
  }
}
