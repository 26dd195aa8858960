// Fetches the contents of files batch by batch: while one is handed over, the appliance reads the next.
import { setImmediate } from 'node:timers/promises';
import type { Content, TreeEntry } from '../view.ts';
import { memberBytes } from '../../formats/tar.ts';
import { LARGEST_CONTENT, type Contents, type Guest } from './guest.ts';
import type { Listed } from './listing.ts';

const BATCH_BYTES = 16 * 1024 * 1024;
const BATCH_PATHS = 8192;
/** Items between two turns of the event loop. */
const ITEMS_PER_TURN = 500;

/** A path to hand over, and how many bytes of it are wanted; 0: none. */
export interface Item {
  readonly listed: Listed;
  readonly maxBytes: number;
}

interface Batch<T extends Item> {
  readonly items: T[];
  /** Those to fetch, in the order in which they probably lie on the disk. */
  readonly files: T[];
  readonly which: 0 | 1;
}

/**
 * Calls `deliver` for every item, in order, with its content: null where none is wanted or the path is no regular file.
 * A content is valid during the call.
 */
export async function deliverAll<T extends Item>(
  guest: Guest,
  items: Iterable<T>,
  deliver: (item: T, content: Content) => void,
  signal: AbortSignal,
): Promise<void> {
  const batches = cut(items);
  let batch = next(batches);
  let fetched = batch && fetch(guest, batch);
  // An error is met when its batch is due; until then it must not count as unhandled.
  fetched?.catch(() => undefined);
  while (batch !== null) {
    const following = next(batches);
    const failed = await fetched;
    signal.throwIfAborted();
    fetched = following && fetch(guest, following);
    fetched?.catch(() => undefined);
    const files = batch.files.map(({ listed }) => listed);
    const contents = files.length === 0 ? new Map() : guest.contents(batch.which, files, failed ?? new Set());
    await handOver(batch, contents, deliver, signal);
    batch = following;
  }
}

async function handOver<T extends Item>(
  { items, files }: Batch<T>,
  contents: Contents,
  deliver: (item: T, content: Content) => void,
  signal: AbortSignal,
): Promise<void> {
  const positions = new Map(files.map((item, position) => [item, position]));
  for (const [index, item] of items.entries()) {
    if (index % ITEMS_PER_TURN === ITEMS_PER_TURN - 1) {
      await setImmediate();
      signal.throwIfAborted();
    }
    const position = positions.get(item);
    if (position === undefined) deliver(item, withoutFetching(item));
    else {
      const bytes = contents.get(position);
      deliver(item, bytes === undefined ? { skip: 'unreadable' } : { bytes });
    }
  }
}

async function fetch<T extends Item>(guest: Guest, { which, files }: Batch<T>): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  return guest.fetch(
    which,
    files.map(({ listed }) => listed),
  );
}

function isFetched({ listed: { entry }, maxBytes }: Item): boolean {
  return isWanted(entry, maxBytes) && entry.size > 0 && entry.size <= Math.min(maxBytes, LARGEST_CONTENT);
}

function isWanted(entry: TreeEntry, maxBytes: number): boolean {
  return entry.type === 'file' && maxBytes > 0;
}

function withoutFetching({ listed: { entry }, maxBytes }: Item): Content {
  if (!isWanted(entry, maxBytes)) return null;
  return entry.size === 0 ? { bytes: Buffer.alloc(0) } : { skip: 'too-large' };
}

function next<T extends Item>(batches: Generator<Batch<T>, undefined>): Batch<T> | null {
  const result = batches.next();
  return result.done === true ? null : result.value;
}

function* cut<T extends Item>(items: Iterable<T>): Generator<Batch<T>, undefined> {
  let which: 0 | 1 = 0;
  let batch: T[] = [];
  let bytes = 0;
  const finish = (): Batch<T> => {
    const files = batch.filter(isFetched).sort((one, other) => inode(one) - inode(other));
    const finished = { items: batch, files, which };
    batch = [];
    bytes = 0;
    which = which === 0 ? 1 : 0;
    return finished;
  };
  for (const item of items) {
    const size = isFetched(item) ? memberBytes(item.listed.bytes.length + 1, item.listed.entry.size) : 0;
    if (batch.length >= BATCH_PATHS || (batch.length > 0 && bytes + size > BATCH_BYTES)) yield finish();
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield finish();
}

function inode({ listed }: Item): number {
  return listed.entry.inode;
}
