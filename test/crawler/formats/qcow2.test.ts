// qcow2 headers and cluster tables: made, real, cut off and hostile.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { checkExtent } from '../../../crawler/formats/qcow2-extent.ts';
import { LONGEST_HEADER, MalformedImage, parseQcow2 } from '../../../crawler/formats/qcow2.ts';
import { hasTool } from '../../../crawler/process.ts';
import { requirement } from '../../requirements.ts';
import { qcow2Header } from './qcow2-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-qcow2-'));
afterAll(() => rmSync(folder, { recursive: true }));
const withQemu = requirement('qemu-img', hasTool('qemu-img'), 'real images are made with it');

describe('a header', () => {
  test('tells size, backing file and its format', () => {
    expect(
      parseQcow2(qcow2Header({ size: 5_000_000_000, backing: 'base.img', format: 'raw' })),
    ).toMatchObject({
      virtualSize: 5_000_000_000,
      encrypted: false,
      externalData: false,
      backing: { name: 'base.img', format: 'raw' },
    });
    expect(parseQcow2(qcow2Header({ backing: 'base' })).backing).toEqual({ name: 'base', format: null });
    expect(parseQcow2(qcow2Header()).backing).toBeNull();
  });

  test('tells encryption and data in another file', () => {
    expect(parseQcow2(qcow2Header({ encryption: 2 })).encrypted).toBe(true);
    expect(parseQcow2(qcow2Header({ features: 4n })).externalData).toBe(true);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['another file', Buffer.from('PK\x03\x04'.padEnd(512, 'x'))],
    ['a cut-off header', qcow2Header().subarray(0, 80)],
    ['version 1', qcow2Header({ version: 1 })],
    ['tiny clusters', qcow2Header({ clusterBits: 3 })],
    ['an unknown feature', qcow2Header({ features: 1n << 40n })],
    ['a name that is no text', qcow2Header({ backing: Buffer.from([0x61, 0xff, 0xfe]) })],
    ['a name with an end in it', qcow2Header({ backing: 'base\0x' })],
    ['a name beyond the header', qcow2Header({ backing: 'x'.repeat(1024) })],
    ['a table off the clusters', qcow2Header({ firstTable: { offset: 1, entries: 1 } })],
    ['a table of 4 billion entries', qcow2Header({ firstTable: { offset: 65_536, entries: 0xffff_ffff } })],
  ])('is refused: %s', (_, bytes) => expect(() => parseQcow2(bytes)).toThrow(MalformedImage));

  test('of any bytes is read or refused', () => {
    const mutation = fc.record({ at: fc.nat(200), value: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(mutation, { minLength: 1, maxLength: 12 }),
        fc.nat(65_536),
        (mutations, length) => {
          const bytes = qcow2Header({ backing: '/a/b.qcow2', format: 'qcow2' });
          for (const { at, value } of mutations) bytes[at] = value;
          expectReadOrRefused(() => parseQcow2(bytes.subarray(0, length)));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

function expectReadOrRefused(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedImage);
  }
}

describe('the clusters of a real image', () => {
  const raw = join(folder, 'disk.raw');
  const make = (name: string, ...options: string[]): string => {
    const bytes = Buffer.alloc(3 * 1024 * 1024);
    for (let at = 0; at < bytes.length; at += 7) bytes[at] = at % 251;
    writeFileSync(raw, bytes);
    const image = join(folder, name);
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', ...options, raw, image]);
    return image;
  };
  const check = (image: string): void => {
    const bytes = readFileSync(image);
    const header = parseQcow2(bytes.subarray(0, LONGEST_HEADER));
    checkExtent(header, bytes.length, (offset, length) => bytes.subarray(offset, offset + length));
  };

  withQemu.each([
    ['plain', []],
    ['compressed', ['-c']],
    ['small-clusters', ['-o', 'cluster_size=4k']],
    ['version-2', ['-o', 'compat=0.10']],
    ['extended', ['-o', 'extended_l2=on,cluster_size=128k']],
  ] as [string, string[]][])('lie within it, and not once it is cut off: %s', (name, options) => {
    const image = make(`${name}.qcow2`, ...options);
    expect(parseQcow2(readFileSync(image)).virtualSize).toBe(3 * 1024 * 1024);
    expect(() => check(image)).not.toThrow();
    truncateSync(image, Math.floor(statSync(image).size * 0.6));
    expect(() => check(image)).toThrow(MalformedImage);
  });

  test('are looked for no further than tables that are cut off', () => {
    const header = parseQcow2(qcow2Header({ firstTable: { offset: 65_536, entries: 8 } }));
    expect(() => checkExtent(header, 65_536, () => Buffer.alloc(0))).toThrow(MalformedImage);
  });
});
