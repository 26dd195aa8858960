// Bytes to text, and what is no text.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeText, MAX_INFLATED_BYTES } from '../../../crawler/text/decode.ts';
import { gunzipPrefix } from '../../../crawler/text/gzip.ts';

const utf16le = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf16be = (text: string): Buffer => utf16le(text).swap16();

/** What text files hold: no NUL, and neither of the two characters that no text has. */
const anyText = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
  .filter((text) => !/[\0\uFFFE\uFFFF]/.test(text));

const hasControl = (text: string): boolean =>
  Array.from(text).some((one) => one < ' ' && !'\t\n\r'.includes(one));

describe('text in UTF-8', () => {
  test('keeps its exact form', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeText(Buffer.from(text))).toEqual({ text, encoding: 'utf-8' });
      }),
    );
    for (const text of ['', 'one\r\ntwo\rthree\n', '\ufeffmarked', '\x1b[31mred\x1b[0m', 'Größe 你好 🦆']) {
      expect(decodeText(Buffer.from(text))).toEqual({ text, encoding: 'utf-8' });
    }
  });

  test('has no NUL', () => {
    expect(decodeText(Buffer.from('almost text\0'))).toBeNull();
    expect(decodeText(Buffer.concat([Buffer.from('x'.repeat(5000)), Buffer.from([0])]))).toBeNull();
  });
});

describe('text in UTF-16', () => {
  test('is known by its mark, in any language', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        // A second mark would be a character of the text; control characters are what binary files are known by.
        fc.pre(!text.startsWith('\ufeff') && !text.includes('\ufffd') && !hasControl(text));
        expect(decodeText(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le(text)]))).toEqual({
          text,
          encoding: 'utf-16le',
        });
        expect(decodeText(Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be(text)]))).toEqual({
          text,
          encoding: 'utf-16be',
        });
      }),
    );
  });

  test('is known without a mark where it is nearly all ASCII', () => {
    const text = 'Windows Registry Editor Version 5.00\r\n"Address"="10.1.2.3"\r\n';
    expect(decodeText(utf16le(text))).toEqual({ text, encoding: 'utf-16le' });
    expect(decodeText(utf16be(text))).toEqual({ text, encoding: 'utf-16be' });
    expect(decodeText(utf16le('короткий текст без знака'))).toBeNull();
    expect(decodeText(utf16le('a'))).toBeNull();
  });

  test('never brings half a character into a frame', () => {
    const cut = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      utf16le('a duck 🦆'.slice(0, -1).padStart(200, 'x')),
    ]);
    const decoded = decodeText(cut);
    expect(decoded?.text.isWellFormed()).toBe(true);
    expect(decoded?.text.endsWith('\ufffd')).toBe(true);
    expect(decodeText(Buffer.concat([cut, Buffer.from([0x41])]))?.text.endsWith('\ufffd\ufffd')).toBe(true);
  });

  test('is not seen in binary files', () => {
    const counts = Buffer.alloc(400);
    for (let n = 0; n < 100; n++) counts.writeUInt32LE(n * 7, n * 4);
    expect(decodeText(counts)).toBeNull();
    expect(decodeText(Buffer.alloc(4096))).toBeNull();
    expect(decodeText(Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]))).toBeNull();
    expect(
      decodeText(Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(9), randomBytes(300)])),
    ).toBeNull();
  });
});

describe('text in Latin-1', () => {
  test('is what has hardly any control character', () => {
    const text = 'Grüße aus Köln, 20 £\n';
    expect(decodeText(Buffer.from(text, 'latin1'))).toEqual({ text, encoding: 'latin-1' });
    // Letters of a Cyrillic code page, which are no UTF-8.
    const cyrillic = Buffer.from(
      Array.from({ length: 400 }, (_, n) => (n % 8 === 7 ? 0x20 : 0xe0 + ((n * 7) % 32))),
    );
    expect(decodeText(cyrillic)?.encoding).toBe('latin-1');
  });

  test('is not seen in random bytes', () => {
    for (let n = 0; n < 500; n++) {
      const bytes = randomBytes(16 + n * 4).map((byte) => (byte === 0 ? 0xf5 : byte));
      expect(decodeText(Buffer.from(bytes))).toBeNull();
    }
  });
});

describe('gzip', () => {
  test('holds text of any of these kinds', () => {
    for (const plain of [
      Buffer.from('plain Größe'),
      Buffer.from('Grüße aus Köln\n', 'latin1'),
      utf16le('\ufeffwide text'),
    ]) {
      expect(decodeText(gzipSync(plain))).toEqual({ ...decodeText(plain), compression: 'gzip' });
    }
    expect(decodeText(Buffer.concat([gzipSync('one '), gzipSync('two')]))?.text).toBe('one two');
    expect(decodeText(gzipSync(''))).toEqual({ text: '', encoding: 'utf-8', compression: 'gzip' });
  });

  test('is binary where it holds binary, gzip again, or is broken', () => {
    const sound = gzipSync('text '.repeat(1000));
    expect(decodeText(gzipSync(Buffer.alloc(100)))).toBeNull();
    expect(decodeText(gzipSync(sound))).toBeNull();
    expect(decodeText(sound.subarray(0, -1))).toBeNull();
    expect(decodeText(Buffer.from([0x1f, 0x8b, 0x08]))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => decodeText(Buffer.concat([Buffer.from([0x1f, 0x8b, 0x08]), bytes]))).not.toThrow();
      }),
    );
  });

  test('is kept up to a bound, whole characters only', () => {
    const line = 'größer als erlaubt\n';
    const text = line.repeat(Math.ceil((MAX_INFLATED_BYTES * 3) / Buffer.byteLength(line)));
    const decoded = decodeText(gzipSync(text));
    expect(decoded?.truncated).toBe(true);
    expect(text.startsWith(decoded?.text ?? '-')).toBe(true);
    expect(Buffer.byteLength(decoded?.text ?? '')).toBeLessThanOrEqual(MAX_INFLATED_BYTES);
    expect(Buffer.byteLength(decoded?.text ?? '')).toBeGreaterThan(MAX_INFLATED_BYTES / 8);
  });

  test('inflates no more than the bound, however well it is compressed', () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024, 0x61), { level: 9 });
    expect(bomb.length).toBeLessThan(400_000);
    const before = process.memoryUsage().arrayBuffers;
    const inflated = gunzipPrefix(bomb, 1024 * 1024);
    expect(inflated?.truncated).toBe(true);
    expect(inflated?.bytes.length).toBeLessThanOrEqual(1024 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    const liar = Buffer.concat([gzipSync('x'.repeat(100_000)).subarray(0, -4), Buffer.from([1, 0, 0, 0])]);
    expect(gunzipPrefix(liar, 1024 * 1024)).toBeNull();
  });
});
