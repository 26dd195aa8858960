// Names of files as bytes and as text.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { namesHere } from '../../../crawler/views/tree/listing.ts';
import { bytesOf, isExact, nameText } from '../../../crawler/views/tree/names.ts';

const latin1 = (...bytes: number[]): string => Buffer.from(bytes).toString('latin1');
/** Bytes that a name may have, those that make escapes more often than chance would. */
const anyName = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(...Buffer.from('\\x5cfe9é'))), {
    maxLength: 12,
  })
  .map((bytes) => latin1(...bytes));

test('UTF-8 is text, any other byte an escape', () => {
  expect(nameText(bytesOf('Grüße 日本 😀'))).toBe('Grüße 日本 😀');
  expect(nameText(latin1(0x61, 0xff, 0x62))).toBe('a\\xffb');
  expect(nameText(`${bytesOf('ü')}${latin1(0xc3)}`)).toBe('ü\\xc3');
  expect(nameText(latin1(0xed, 0xa0, 0x80))).toBe('\\xed\\xa0\\x80');
  expect(nameText(bytesOf('\ufeffbom'))).toBe('\ufeffbom');
});

test('what systemd writes stays as it is', () => {
  const name = 'dev-disk-by\\x2duuid-1\\x2d2.swap';
  expect([nameText(name), isExact(name)]).toEqual([name, true]);
});

test('a name that looks like an escape is told apart from the bytes', () => {
  expect(nameText('a\\xff')).toBe('a\\x5cxff');
  expect(isExact('a\\xff')).toBe(false);
});

test('different names never read the same', () => {
  const texts = new Map<string, string>();
  fc.assert(
    fc.property(anyName, (name) => {
      const text = nameText(name);
      const other = texts.get(text) ?? name;
      texts.set(text, name);
      return other === name;
    }),
    { numRuns: 5000 },
  );
});

test('every Unicode name without an escape is exact', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\\x')),
      (text) => nameText(bytesOf(text)) === text && isExact(bytesOf(text)),
    ),
  );
});

test('a directory is listed the same, all at once or piece by piece', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unfold-names-'));
  const home = process.cwd();
  const names = Array.from({ length: 3000 }, (_, index) => latin1(0xe9, 0x0a, ...Buffer.from(`${index}`)));
  const failures: unknown[] = [];
  const listed = (size: number): string[] => [...namesHere(size, (error) => failures.push(error))];
  try {
    process.chdir(folder);
    for (const name of names) writeFileSync(Buffer.from(name, 'latin1'), '');
    expect(listed(0)).toEqual(names.toSorted());
    expect(listed(2 ** 30).sort()).toEqual(names.toSorted());
    rmSync(folder, { recursive: true });
    expect([listed(0), listed(2 ** 30)]).toEqual([[], []]);
  } finally {
    process.chdir(home);
  }
  expect(failures).toEqual([]);
});
