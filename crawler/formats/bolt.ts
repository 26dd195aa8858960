// Reads a bolt database, in which podman and containerd keep what they know, from its bytes: pages of a B+ tree.

/** A database that is none, or is cut or torn. */
export class MalformedBolt extends Error {}

/** Keys as strings of bytes (latin1). Values are parts of the database's bytes. */
export type BoltItem = { readonly key: string } & (
  { readonly value: Buffer } | { readonly bucket: BoltBucket }
);

const MAGIC = 0xed0cdaed;
const VERSION = 2;
const PAGE_HEADER = 16;
const ELEMENT = 16;
const FLAG = { branch: 0x01, leaf: 0x02 };
const BUCKET = 0x01;
/** Trees are shallow; a deeper one goes round in circles. */
const MOST_LEVELS = 64;

/** The root of a database. Throws MalformedBolt. */
export function openBolt(bytes: Buffer): BoltBucket {
  const pageSize = bytes.length < 1024 ? 0 : bytes.readUInt32LE(PAGE_HEADER + 8);
  const metas = [0, pageSize]
    .flatMap((at) => metaAt(bytes, at) ?? [])
    .sort((a, b) => b.transaction - a.transaction);
  const [newest] = metas;
  if (newest === undefined || pageSize < 512) throw new MalformedBolt('no bolt database');
  return new BoltBucket(bytes, pageSize, newest.root, null);
}

function metaAt(bytes: Buffer, page: number): { root: number; transaction: number } | null {
  const at = page + PAGE_HEADER;
  if (at + 64 > bytes.length || bytes.readUInt32LE(at) !== MAGIC || bytes.readUInt32LE(at + 4) !== VERSION)
    return null;
  return {
    root: Number(bytes.readBigUInt64LE(at + 16)),
    transaction: Number(bytes.readBigUInt64LE(at + 48)),
  };
}

/** A map within a database. */
export class BoltBucket {
  readonly #bytes: Buffer;
  readonly #pageSize: number;
  readonly #root: number;
  /** The page of a small bucket lies in its parent. */
  readonly #inline: Buffer | null;

  constructor(bytes: Buffer, pageSize: number, root: number, inline: Buffer | null) {
    this.#bytes = bytes;
    this.#pageSize = pageSize;
    this.#root = root;
    this.#inline = inline;
  }

  /** What is in it, by key. Throws MalformedBolt. */
  *items(): Generator<BoltItem, void> {
    yield* this.#itemsOf(this.#inline ?? this.#page(this.#root), 0);
  }

  /** The bucket of such a path of keys; null where there is none. */
  bucket(...path: readonly string[]): BoltBucket | null {
    const [key, ...rest] = path;
    if (key === undefined) return this;
    for (const item of this.items()) {
      if (item.key === key) return 'bucket' in item ? item.bucket.bucket(...rest) : null;
    }
    return null;
  }

  /** The value of a key, as UTF-8; null where there is none. */
  text(key: string): string | null {
    for (const item of this.items()) {
      if (item.key === key) return 'value' in item ? item.value.toString() : null;
    }
    return null;
  }

  *#itemsOf(page: Buffer, level: number): Generator<BoltItem, void> {
    if (level > MOST_LEVELS || page.length < PAGE_HEADER) throw new MalformedBolt('a tree that cannot be');
    const flags = page.readUInt16LE(8);
    const count = page.readUInt16LE(10);
    for (let index = 0; index < count; index++) {
      const at = PAGE_HEADER + index * ELEMENT;
      if (at + ELEMENT > page.length) throw new MalformedBolt('a page ends early');
      if (flags === FLAG.branch)
        yield* this.#itemsOf(this.#page(Number(page.readBigUInt64LE(at + 8))), level + 1);
      else if (flags === FLAG.leaf) yield this.#item(page, at);
      else throw new MalformedBolt('a page of another kind');
    }
  }

  #item(page: Buffer, at: number): BoltItem {
    const start = at + page.readUInt32LE(at + 4);
    const keyEnd = start + page.readUInt32LE(at + 8);
    const end = keyEnd + page.readUInt32LE(at + 12);
    if (end > page.length) throw new MalformedBolt('an item ends beyond its page');
    const key = page.toString('latin1', start, keyEnd);
    const value = page.subarray(keyEnd, end);
    if ((page.readUInt32LE(at) & BUCKET) === 0) return { key, value };
    if (value.length < 16) throw new MalformedBolt('a bucket without a root');
    const root = Number(value.readBigUInt64LE(0));
    return {
      key,
      bucket: new BoltBucket(this.#bytes, this.#pageSize, root, root === 0 ? value.subarray(16) : null),
    };
  }

  /** A page with those that it overflows into. */
  #page(id: number): Buffer {
    const at = id * this.#pageSize;
    if (id < 2 || at + PAGE_HEADER > this.#bytes.length) throw new MalformedBolt('a page beyond the end');
    const overflow = this.#bytes.readUInt32LE(at + 12);
    const end = at + (overflow + 1) * this.#pageSize;
    if (end > this.#bytes.length) throw new MalformedBolt('a page beyond the end');
    return this.#bytes.subarray(at, end);
  }
}
