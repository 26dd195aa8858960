// os-release is read as a shell reads it.
import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseOsRelease } from '../../../crawler/text/os-release.ts';

test('reads quotes, escapes, comments and later assignments', () => {
  const text = [
    '# a comment',
    'NAME="Debian GNU/Linux"',
    "VERSION='12 (bookworm)'",
    'ID=debian   ',
    '  ANSI_COLOR="1;31"',
    'EMPTY=',
    'PRICE="5 \\$ and \\"quotes\\" and \\\\ and \\n"',
    'MIXED="one "\'two\'three\\ four rest',
    'not an assignment',
    '1BAD=x',
    'ID=later',
    'OPEN="never closed',
    'LAST=no newline',
  ].join('\r\n');
  expect(Object.fromEntries(parseOsRelease(text))).toEqual({
    NAME: 'Debian GNU/Linux',
    VERSION: '12 (bookworm)',
    ID: 'later',
    ANSI_COLOR: '1;31',
    EMPTY: '',
    PRICE: '5 $ and "quotes" and \\ and \\n',
    MIXED: 'one twothree four',
    OPEN: 'never closed',
    LAST: 'no',
  });
});

const value = fc.string({
  unit: fc.constantFrom(...Array.from('abcXYZ019 ._-/\'"\\$`#;:()')),
  maxLength: 30,
});

test('gives back what a writer quoted', () => {
  const double = (text: string): string => `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
  const single = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;
  fc.assert(
    fc.property(value, fc.constantFrom(double, single), (text, quote) => {
      expect(parseOsRelease(`A=1\nNAME=${quote(text)}\nB=2\n`)).toEqual(
        new Map([
          ['A', '1'],
          ['NAME', text],
          ['B', '2'],
        ]),
      );
    }),
  );
});

test('agrees with a real shell', () => {
  const texts = fc
    .sample(value, { numRuns: 40, seed: 7 })
    .map((text) => `"${text.replace(/[\\"$`]/g, '\\$&')}"`);
  const script = texts.map((text, n) => `V${n}=${text}`).join('\n');
  const shown = execFileSync('sh', [
    '-c',
    `${script}\n${texts.map((_, n) => `printf '%s\\n' "$V${n}"`).join('\n')}`,
  ]);
  const parsed = parseOsRelease(script);
  expect(texts.map((_, n) => parsed.get(`V${n}`))).toEqual(shown.toString().slice(0, -1).split('\n'));
});

test('survives anything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(() => parseOsRelease(text)).not.toThrow();
    }),
  );
});
