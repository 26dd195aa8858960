// Addresses as sortable numbers: where a range is written that shares an address with the asked one.
import type { DatabaseSync } from 'node:sqlite';
import type { Leaf } from '../../../schemas/plan.ts';
import { relationOf } from '../../terms/addresses.ts';

type AddressLeaf = Extract<Leaf, { leaf: 'address' }>;

/**
 * Ranges are kept by width: a range of width w has at most 2^w addresses, and more than 2^(w-1). So all ranges of
 * a width that reach the asked one begin less than 2^w before it: one short scan per width, however they nest.
 */
function widthOf(low: bigint, high: bigint): number {
  return low === high ? 0 : (high - low).toString(2).length;
}

/** Stands for the high end of a single address. */
const NONE = Buffer.alloc(0);

function number(hex: string): bigint {
  return BigInt(`0x${hex}`);
}

function bytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(32, '0'), 'hex');
}

/** Writes a range and the subject it stands in. A single address has no `high`. */
export function addressWriter(db: DatabaseSync): (low: string, high: string, subject: number) => void {
  const insert = db.prepare('INSERT OR IGNORE INTO address(width, low, high, subject) VALUES (?, ?, ?, ?)');
  return (low, high, subject) => insert.run(...columns(low, high), subject);
}

/** Removes what `addressWriter` wrote. */
export function addressRemover(db: DatabaseSync): (low: string, high: string, subject: number) => void {
  const remove = db.prepare('DELETE FROM address WHERE width = ? AND low = ? AND high = ? AND subject = ?');
  return (low, high, subject) => remove.run(...columns(low, high), subject);
}

function columns(low: string, high: string): [number, Buffer, Buffer] {
  const single = low === high;
  const width = single ? 0 : widthOf(number(low), number(high));
  return [width, Buffer.from(low, 'hex'), single ? NONE : Buffer.from(high, 'hex')];
}

/** The subjects in which a range is written that relates to the asked one as the leaf wants. */
export function addressSubjects(db: DatabaseSync, leaf: AddressLeaf): Set<number> {
  const isWanted = (low: string, high: string) => {
    const relation = relationOf(leaf, { low, high });
    return relation !== null && leaf.relations.includes(relation);
  };
  const range = { low: number(leaf.low), high: number(leaf.high) };
  const subjects = new Set<number>();
  if (leaf.relations.some((relation) => relation !== 'exact')) {
    for (const subject of singles(db, range, isWanted)) subjects.add(subject);
    for (const subject of networks(db, range, isWanted)) subjects.add(subject);
  } else if (leaf.relations.length > 0) {
    for (const subject of rangeReader(db)(...columns(leaf.low, leaf.high))) subjects.add(subject);
  }
  return subjects;
}

interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

/** Whether a written range, in hex, is one that the leaf wants. */
type Wanted = (low: string, high: string) => boolean;

/** Reads the subjects of a written range. */
function rangeReader(db: DatabaseSync): (width: number, low: Uint8Array, high: Uint8Array) => number[] {
  const select = db.prepare('SELECT subject FROM address WHERE width = ? AND low = ? AND high = ?');
  select.setReturnArrays(true);
  return (...range) => (select.all(...range) as unknown as [number][]).map(([subject]) => subject);
}

/** The subjects of wanted single addresses. */
function* singles(db: DatabaseSync, { low, high }: Range, isWanted: Wanted): Generator<number> {
  const scan = db.prepare(
    'SELECT lower(hex(low)), subject FROM address WHERE width = 0 AND low BETWEEN ? AND ?',
  );
  scan.setReturnArrays(true);
  for (const row of scan.iterate(bytes(low), bytes(high))) {
    const [written, subject] = row as unknown as [string, number];
    if (isWanted(written, written)) yield subject;
  }
}

/** The subjects of wanted networks and ranges: each of these is looked at once, however many write it. */
function* networks(db: DatabaseSync, { low, high }: Range, isWanted: Wanted): Generator<number> {
  const wider = db.prepare('SELECT width FROM address WHERE width > ? ORDER BY width LIMIT 1');
  const next = db.prepare(
    'SELECT low, high FROM address WHERE width = ? AND (low, high) > (?, ?) AND low <= ? ORDER BY low, high LIMIT 1',
  );
  const widerThan = (width: number) => (wider.get(width) as { width: number } | undefined)?.width;
  const subjectsOf = rangeReader(db);
  for (let width = widerThan(0); width !== undefined; width = widerThan(width)) {
    const reach = (1n << BigInt(width)) - 1n;
    let last: Written = { low: bytes(low > reach ? low - reach : 0n), high: NONE };
    for (;;) {
      const written = next.get(width, last.low, last.high, bytes(high)) as Written | undefined;
      if (written === undefined) break;
      if (isWanted(hex(written.low), hex(written.high))) yield* subjectsOf(width, written.low, written.high);
      last = written;
    }
  }
}

interface Written {
  readonly low: Uint8Array;
  readonly high: Uint8Array;
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex');
}
