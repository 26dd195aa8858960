// Reads the facts of one system.
import type { DatabaseSync } from 'node:sqlite';
import { UnfoldError } from '../../../schemas/error.ts';
import type { Fact } from '../search-engine.ts';
import { entryReader } from './entries.ts';
import type { Stamps } from './entry-parts.ts';
import { FEATURES, firstEntryId, IDS_PER_FEATURE } from './schema.ts';
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

/** The facts of a system at an instant, by feature, then key, texts included. Throws UnfoldError for an unknown system. */
export function* factsOf(db: DatabaseSync, ref: string, at: number | null): Generator<Fact> {
  const system = db.prepare('SELECT id FROM system WHERE ref = ?').get(ref) as { id: number } | undefined;
  if (system === undefined)
    throw new UnfoldError('UNFOLD_SYSTEM_UNKNOWN', `no system of the index has the id ${ref}`);
  const textOf = textReader(db);
  const entryOf = entryReader(db);
  // Only keys are sorted; what belongs to them is read when its turn comes.
  const select = db.prepare(
    `SELECT fact.entry, fact.began, fact.ended, fact.mtime, fact.ctime, fact.inode
     FROM fact JOIN entry ON entry.id = fact.entry JOIN key ON key.id = entry.key JOIN place ON place.id = key.place
     WHERE fact.system = ? AND fact.entry >= ? AND fact.entry < ? AND ${heldAt(at)}
     ORDER BY place.prefix || key.name`,
  );
  for (const feature of FEATURES) {
    const first = firstEntryId(feature);
    for (const row of select.iterate(system.id, first, first + IDS_PER_FEATURE, ...heldAtValues(at))) {
      const fact = row as unknown as FactRow & { entry: number };
      const { key, content, whole } = entryOf(fact.entry);
      const entry = whole(fact, content === null ? null : textOf(content));
      yield { feature, key, entry, ...validity(fact) };
    }
  }
}
