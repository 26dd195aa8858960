// Checks what systems add: frames, facts and presence, and that nothing is kept which no fact uses.
import type { DatabaseSync } from 'node:sqlite';
import type { FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Finding } from '../index-keeping.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { featureOf } from './schema.ts';

interface System {
  readonly id: number;
  readonly ref: string;
}

/** Findings; null after each fact. */
export function* verifyHistory(db: DatabaseSync): Generator<Finding | null> {
  const used = new Set<number>();
  const systems = db.prepare('SELECT id, ref FROM system ORDER BY ref').all() as unknown as System[];
  for (const system of systems) {
    yield* verifyFrames(db, system);
    yield* verifyFacts(db, system, used);
  }
  yield* verifyStrays(db);
  yield* verifyUse(db, used);
}

function* verifyFrames(db: DatabaseSync, { id, ref }: System): Generator<Finding> {
  const newest = db
    .prepare("SELECT id FROM frame WHERE system = ? AND status <> 'failed' ORDER BY at DESC LIMIT 1")
    .get(id) as { id: number } | undefined;
  const named = db.prepare('SELECT newest FROM system WHERE id = ?').get(id) as { newest: number | null };
  if (named.newest !== (newest?.id ?? null))
    yield { check: 'frames', system: ref, message: 'the newest frame of the system is another than it says' };
  for (const row of db.prepare('SELECT id, uuid, header, closing FROM frame WHERE system = ?').iterate(id)) {
    const frame = row as unknown as { id: number; uuid: string; header: string; closing: string };
    const problems = db.prepare('SELECT count(*) AS n FROM problem WHERE frame = ?').get(frame.id) as {
      n: number;
    };
    if (!isFrame(frame, ref, problems.n))
      yield { check: 'frames', system: ref, message: `frame ${frame.uuid} is not what was written` };
  }
}

function isFrame(
  { uuid, header, closing }: { uuid: string; header: string; closing: string },
  ref: string,
  problems: number,
): boolean {
  try {
    const { id, system } = JSON.parse(header) as FrameHeader;
    return id === uuid && system.id === ref && (JSON.parse(closing) as FrameEnd).problems === problems;
  } catch {
    return false;
  }
}

interface FactRow {
  readonly entry: number;
  readonly began: number;
  readonly ended: number | null;
  readonly key: number | null;
}

function* verifyFacts(db: DatabaseSync, { id, ref }: System, used: Set<number>): Generator<Finding | null> {
  const present = presenceOf(db, id);
  const select = db.prepare(
    `SELECT fact.entry, began, ended, key FROM fact LEFT JOIN entry ON entry.id = fact.entry
     WHERE system = ? ORDER BY key, began`,
  );
  let before: FactRow | null = null;
  for (const row of select.iterate(id)) {
    const fact = row as unknown as FactRow;
    used.add(fact.entry);
    for (const [check, message] of wrongOf(fact, before)) yield { check, system: ref, message };
    if (fact.ended === null) {
      if (present.get(fact.entry) !== fact.began)
        yield { check: 'presence', system: ref, message: `entry ${fact.entry} holds and is not shown` };
      present.delete(fact.entry);
    }
    before = fact;
    yield null;
  }
  for (const entry of present.keys())
    yield { check: 'presence', system: ref, message: `entry ${entry} is shown and does not hold` };
  yield* verifyCounts(db, { id, ref });
}

function* wrongOf(fact: FactRow, before: FactRow | null): Generator<[string, string]> {
  const { entry, began, ended, key } = fact;
  if (key === null) yield ['references', `a fact is of entry ${entry}, which is not there`];
  if (ended !== null && ended <= began) yield ['validity', `entry ${entry} ended before it began`];
  if (before !== null && key !== null && before.key === key && (before.ended ?? Infinity) > began)
    yield ['validity', `entries ${before.entry} and ${entry} hold at once under one key`];
}

function presenceOf(db: DatabaseSync, system: number): Map<number, number> {
  const present = new Map<number, number>();
  for (const row of db.prepare('SELECT block, packed FROM presence WHERE system = ?').iterate(system)) {
    const { block, packed } = row as { block: number; packed: Uint8Array };
    unpackBlock(packed, (offset, began) => present.set(block * BLOCK_SIZE + offset, began));
  }
  return present;
}

/** What the newest frame saw holds. */
function* verifyCounts(db: DatabaseSync, { id, ref }: System): Generator<Finding> {
  const row = db
    .prepare('SELECT header, closing FROM system JOIN frame ON frame.id = newest WHERE system.id = ?')
    .get(id) as { header: string; closing: string } | undefined;
  if (row === undefined) return;
  const held = new Map<string, number>();
  for (const fact of db.prepare('SELECT entry FROM fact WHERE system = ? AND ended IS NULL').iterate(id)) {
    const feature = featureOf((fact as { entry: number }).entry);
    held.set(feature, (held.get(feature) ?? 0) + 1);
  }
  const { counts } = JSON.parse(row.closing) as FrameEnd;
  for (const [feature, seen] of Object.entries(counts))
    if ((held.get(feature) ?? 0) < seen)
      yield {
        check: 'counts',
        system: ref,
        message: `the newest frame saw ${seen} ${feature} entries, ${held.get(feature) ?? 0} hold`,
      };
}

/** Rows of what is not there. */
const STRAYS = [
  ['facts', 'SELECT count(*) AS n FROM fact WHERE system NOT IN (SELECT id FROM system)'],
  ['presence', 'SELECT count(*) AS n FROM presence WHERE system NOT IN (SELECT id FROM system)'],
  ['frames', 'SELECT count(*) AS n FROM frame WHERE system NOT IN (SELECT id FROM system)'],
  ['problems', 'SELECT count(*) AS n FROM problem WHERE frame NOT IN (SELECT id FROM frame)'],
] as const;

function* verifyStrays(db: DatabaseSync): Generator<Finding> {
  for (const [what, sql] of STRAYS) {
    const { n } = db.prepare(sql).get() as { n: number };
    if (n > 0)
      yield { check: 'references', system: null, message: `${n} ${what} are of nothing in the index` };
  }
}

/** What stays although nothing uses it. */
const UNUSED = [
  [
    'contents',
    'SELECT count(*) AS n FROM content WHERE NOT EXISTS (SELECT 1 FROM entry WHERE content = content.id)',
  ],
  [
    'attributes',
    'SELECT count(*) AS n FROM attribute WHERE NOT EXISTS (SELECT 1 FROM entry WHERE attribute = attribute.id)',
  ],
  ['keys', 'SELECT count(*) AS n FROM key WHERE NOT EXISTS (SELECT 1 FROM entry WHERE key = key.id)'],
  ['places', 'SELECT count(*) AS n FROM place WHERE NOT EXISTS (SELECT 1 FROM key WHERE place = place.id)'],
] as const;

function* verifyUse(db: DatabaseSync, used: ReadonlySet<number>): Generator<Finding> {
  let entries = 0;
  for (const row of db.prepare('SELECT id FROM entry WHERE id NOT IN (SELECT entry FROM suspect)').iterate())
    if (!used.has((row as { id: number }).id)) entries += 1;
  if (entries > 0) yield { check: 'unused', system: null, message: `${entries} entries are of no fact` };
  for (const [what, sql] of UNUSED) {
    const { n } = db.prepare(sql).get() as { n: number };
    if (n > 0) yield { check: 'unused', system: null, message: `${n} ${what} are of no entry` };
  }
}
