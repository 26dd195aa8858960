// Bolt databases, made page by page, and what is no database.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MalformedBolt, openBolt } from '../../../crawler/formats/bolt.ts';

const PAGE = 4096;
type Pair = readonly [key: string, value: string | Buffer, isBucket?: boolean];

/** The elements of a leaf page, keys and values behind them. */
function leaf(id: number, pairs: readonly Pair[]): Buffer {
  const header = Buffer.alloc(16 + pairs.length * 16);
  header.writeBigUInt64LE(BigInt(id), 0);
  header.writeUInt16LE(2, 8);
  header.writeUInt16LE(pairs.length, 10);
  const data: Buffer[] = [];
  let end = header.length;
  for (const [index, [key, value, isBucket = false]] of pairs.entries()) {
    const at = 16 + index * 16;
    const bytes = Buffer.concat([Buffer.from(key), Buffer.from(value as string)]);
    header.writeUInt32LE(isBucket ? 1 : 0, at);
    header.writeUInt32LE(end - at, at + 4);
    header.writeUInt32LE(Buffer.byteLength(key), at + 8);
    header.writeUInt32LE(bytes.length - Buffer.byteLength(key), at + 12);
    data.push(bytes);
    end += bytes.length;
  }
  return Buffer.concat([header, ...data]);
}

function branch(id: number, pages: readonly number[]): Buffer {
  const page = Buffer.alloc(16 + pages.length * 16);
  page.writeBigUInt64LE(BigInt(id), 0);
  page.writeUInt16LE(1, 8);
  page.writeUInt16LE(pages.length, 10);
  pages.forEach((child, index) => page.writeBigUInt64LE(BigInt(child), 16 + index * 16 + 8));
  return page;
}

function bucket(root: number, inline: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigUInt64LE(BigInt(root), 0);
  return Buffer.concat([head, inline]);
}

function meta(root: number, transaction: number): Buffer {
  const page = Buffer.alloc(PAGE);
  page.writeUInt32LE(0xed0cdaed, 16);
  page.writeUInt32LE(2, 20);
  page.writeUInt32LE(PAGE, 24);
  page.writeBigUInt64LE(BigInt(root), 32);
  page.writeBigUInt64LE(BigInt(transaction), 64);
  return page;
}

/** Pages from number 2 on; one that is longer overflows into the next ones. */
function database(root: number, pages: readonly Buffer[]): Buffer {
  const padded = pages.map((page) => {
    const whole = Buffer.alloc(Math.ceil(page.length / PAGE) * PAGE);
    page.copy(whole);
    whole.writeUInt32LE(whole.length / PAGE - 1, 12);
    return whole;
  });
  return Buffer.concat([meta(99, 1), meta(root, 2), ...padded]);
}

const REAL = database(2, [
  leaf(2, [
    ['inline', bucket(0, leaf(0, [['a', '1']])), true],
    ['other', bucket(3), true],
    ['plain', 'value'],
  ]),
  branch(3, [4, 5]),
  leaf(4, [['first', 'x']]),
  leaf(5, [['large', 'y'.repeat(3 * PAGE)]]),
]);

describe('a bolt database', () => {
  test('is read: the newest state, buckets beside and within, large values', () => {
    const root = openBolt(REAL);
    expect([...root.items()].map(({ key }) => key)).toEqual(['inline', 'other', 'plain']);
    expect(root.text('plain')).toBe('value');
    expect(root.text('other')).toBeNull();
    expect(root.bucket('inline')?.text('a')).toBe('1');
    expect(root.bucket('other')?.text('first')).toBe('x');
    expect(root.bucket('other')?.text('large')).toHaveLength(3 * PAGE);
    expect(root.bucket('none')).toBeNull();
    expect(root.bucket('other', 'none')).toBeNull();
  });

  test('that is cut, torn or none is malformed, and read in bounded time', () => {
    const read = (bytes: Buffer): void => {
      try {
        const all = (items: ReturnType<typeof openBolt>, depth = 0): number =>
          depth > 4
            ? 0
            : [...items.items()].reduce(
                (sum, item) => sum + ('bucket' in item ? all(item.bucket, depth + 1) : 1),
                0,
              );
        all(openBolt(bytes));
      } catch (error) {
        if (!(error instanceof MalformedBolt)) expect(error).toBeInstanceOf(RangeError);
      }
    };
    for (let length = 0; length < REAL.length; length += 997) read(REAL.subarray(0, length));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => read(Buffer.from(bytes))));
    const places = fc.array(fc.tuple(fc.nat(REAL.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(places, (changes) => {
        const torn = Buffer.from(REAL);
        for (const [at, byte] of changes) torn[at] = byte;
        read(torn);
      }),
    );
    expect(() => openBolt(Buffer.alloc(10_000))).toThrow(MalformedBolt);
    expect(() => [...openBolt(database(2, [branch(2, [2])])).items()]).toThrow(MalformedBolt);
  });
});
