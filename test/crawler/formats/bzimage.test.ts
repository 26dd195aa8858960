// Kernels inside boot images: made ones, this machine's own, and anything else.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { packedKernel, startsDirectly } from '../../../crawler/formats/bzimage.ts';
import { hasTool } from '../../../crawler/process.ts';
import { requirement } from '../../requirements.ts';

const KERNEL = Buffer.concat([
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]),
  Buffer.alloc(5000),
  Buffer.from([4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0, 0x58, 0x65, 0x6e, 0]),
]);

function bootImage(payload: Buffer): Buffer {
  const image = Buffer.alloc(3 * 512 + 100);
  image[0x1f1] = 2;
  image.write('HdrS', 0x202);
  image.writeUInt16LE(0x20f, 0x206);
  image.writeUInt32LE(100, 0x248);
  image.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([image, payload, Buffer.from('what follows')]);
}

test('finds the packed kernel', () => {
  const gzip = gzipSync(KERNEL);
  expect(packedKernel(bootImage(gzip))).toEqual({ packing: 'gzip', bytes: gzip });
  const zstd = zstdCompressSync(KERNEL);
  expect(packedKernel(bootImage(Buffer.concat([zstd, Buffer.alloc(4)])))).toEqual({
    packing: 'zstd',
    bytes: zstd,
  });
});

test('tells which kernel can be entered directly', () => {
  expect(startsDirectly(KERNEL)).toBe(true);
  expect(startsDirectly(KERNEL.subarray(0, 5000))).toBe(false);
  expect(startsDirectly(KERNEL.subarray(1))).toBe(false);
});

test('finds nothing in other bytes', () => {
  expect(packedKernel(Buffer.from('#!/bin/sh'))).toBeNull();
  expect(packedKernel(bootImage(Buffer.from('of no known packing')))).toBeNull();
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(0x260), value: fc.nat(255) })),
      fc.nat(2000),
      (changes, cut) => {
        const image = bootImage(gzipSync(KERNEL)).subarray(0, cut);
        for (const { at, value } of changes) if (at < image.length) image[at] = value;
        expect(packedKernel(image)?.bytes.length ?? 0).toBeLessThanOrEqual(image.length);
      },
    ),
  );
});

const own = readdirSync('/boot').find((name) => name.startsWith('vmlinuz-'));
const withKernel = requirement(
  'a kernel in /boot',
  own !== undefined && process.arch === 'x64' && hasTool('xz'),
  'a real one is unpacked',
);

withKernel('unpacks the kernel of this machine', () => {
  const packed = packedKernel(readFileSync(join('/boot', own ?? '')));
  const tool = { gzip: 'gzip', xz: 'xz', zstd: 'zstd' }[packed?.packing ?? 'xz'];
  const unpacked = execFileSync(tool, ['-dc'], { input: packed?.bytes, maxBuffer: 2 ** 30 });
  expect(startsDirectly(unpacked)).toBe(true);
});
