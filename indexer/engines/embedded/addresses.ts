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
  const wider = db.prepare('SELECT width FROM address WHERE width > ? ORDER BY width LIMIT 1');
  const scan = db.prepare(
    'SELECT lower(hex(low)) AS low, lower(hex(high)) AS high, subject FROM address WHERE width = ? AND low BETWEEN ? AND ?',
  );
  const low = number(leaf.low);
  const high = number(leaf.high);
  const subjects = new Set<number>();
  let width = (wider.get(-1) as { width: number } | undefined)?.width;
  while (width !== undefined) {
    const reach = (1n << BigInt(width)) - 1n;
    const from = low > reach ? low - reach : 0n;
    for (const row of scan.iterate(width, bytes(from), bytes(high))) {
      const written = row as { low: string; high: string; subject: number };
      const range = { low: written.low, high: written.high === '' ? written.low : written.high };
      const relation = relationOf(leaf, range);
      if (relation !== null && leaf.relations.includes(relation)) subjects.add(written.subject);
    }
    width = (wider.get(width) as { width: number } | undefined)?.width;
  }
  return subjects;
}
