// Facts that changed in a span of time: found by the frames of it, by what holds, and by what ended.
import type { DatabaseSync } from 'node:sqlite';
import type { Leaf } from '../../../schemas/plan.ts';
import type { NumberedLeaf } from '../plan-tree.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { firstEntryId, IDS_PER_FEATURE } from './schema.ts';

type ChangedLeaf = Extract<Leaf, { leaf: 'changed' }>;

/** A fact of a system that changed. */
export interface Change {
  readonly entry: number;
  /** When it began (ms), if it does not hold at the answer's instant; else null. */
  readonly past: number | null;
  /** Numbers of the leaves that ask for it. */
  readonly leaves: number[];
}

/** Told of a change; see Change. */
type Each = (entry: number, past: number | null) => void;

/**
 * Reads the changes of a system, by its number, that the leaves of a plan ask for, as of an instant (null: now).
 * Null where the plan asks for none.
 */
export function changesReader(
  db: DatabaseSync,
  leaves: readonly NumberedLeaf[],
  at: number | null,
): ((system: number) => Change[]) | null {
  const readers = leaves.flatMap(({ leaf }, number) =>
    leaf.leaf === 'changed' ? [{ number, read: leafReader(db, leaf, at) }] : [],
  );
  if (readers.length === 0) return null;
  return (system) => {
    const changes = new Map<string, Change>();
    for (const { number, read } of readers) {
      read(system, (entry, past) => {
        const name = `${entry} ${past}`;
        const known = changes.get(name);
        if (known === undefined) changes.set(name, { entry, past, leaves: [number] });
        else known.leaves.push(number);
      });
    }
    return [...changes.values()];
  };
}

function leafReader(
  db: DatabaseSync,
  leaf: ChangedLeaf,
  at: number | null,
): (system: number, each: Each) => void {
  const after = Date.parse(leaf.after);
  const until = Math.min(
    leaf.until === null ? Number.MAX_SAFE_INTEGER : Date.parse(leaf.until),
    at ?? Number.MAX_SAFE_INTEGER,
  );
  const firstFrames = systemsWithFrames(db, after, until);
  const from = leaf.feature === undefined ? 0 : firstEntryId(leaf.feature);
  const to = leaf.feature === undefined ? Number.MAX_SAFE_INTEGER : from + IDS_PER_FEATURE;
  const held = db.prepare('SELECT block, packed FROM presence WHERE system = ? AND block >= ? AND block < ?');
  const ended = db.prepare(
    `SELECT entry, began, ended FROM fact WHERE system = ? AND ended IS NOT NULL AND ended > ?
     AND entry >= ? AND entry < ? AND (ended <= ? OR began > ? AND began <= ?)`,
  );
  held.setReturnArrays(true);
  ended.setReturnArrays(true);
  return (system, each) => {
    const first = firstFrames.get(system);
    if (first === undefined) return;
    const later = Math.max(after, first);
    const inSpan = (began: number) => began > later && began <= until;
    for (const row of held.iterate(system, from / BLOCK_SIZE, to / BLOCK_SIZE)) {
      const [block, packed] = row as unknown as [number, Uint8Array];
      const add = (offset: number) => {
        each(block * BLOCK_SIZE + offset, null);
      };
      unpackBlock(packed, add, inSpan);
    }
    for (const row of ended.iterate(system, after, from, to, until, later, until)) {
      const [entry, began, end] = row as unknown as [number, number, number];
      each(entry, at === null || end <= at ? began : null);
    }
  };
}

/**
 * Systems with a frame in a span that was not their first, with the instant of their first frame with entries: facts
 * begin and end with frames alone, so in the others nothing changed.
 */
function systemsWithFrames(db: DatabaseSync, after: number, until: number): Map<number, number> {
  const first = "SELECT min(at) FROM frame WHERE frame.system = system.id AND status <> 'failed'";
  const select = db.prepare(
    `SELECT system.id, (${first}) AS first FROM system WHERE EXISTS (
       SELECT 1 FROM frame WHERE frame.system = system.id AND status <> 'failed' AND at > max(?, first) AND at <= ?)`,
  );
  select.setReturnArrays(true);
  return new Map(select.all(after, until) as unknown as [number, number][]);
}
