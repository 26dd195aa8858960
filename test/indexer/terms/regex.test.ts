// Regular expressions of any form: folding keeps what they mean, and what they are said to need they do need.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { foldPattern } from '../../../indexer/terms/regex-pattern.ts';
import { regexOf } from '../../../indexer/terms/regex.ts';
import { foldCase } from '../../../indexer/terms/words.ts';

const RUNS = Number(process.env['UNFOLD_RUNS'] ?? 1500);

const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '{2}',
  '{1}',
  '{0,1}',
  '{1,}',
  '{2,3}',
  '+?',
  '??',
);

function expressions(letters: readonly string[], more: readonly string[]) {
  const letter = fc.constantFrom(...letters);
  const quoted = fc.array(fc.constantFrom(...letters, '.', '*'), { minLength: 1, maxLength: 3 });
  const { expression } = fc.letrec<{ expression: string; atom: string }>((tie) => ({
    atom: fc.oneof(
      { depthSize: 'small' },
      { weight: 8, arbitrary: letter },
      {
        weight: 2,
        arbitrary: fc.constantFrom('.', '^', '$', String.raw`\.`, '[a-c]', '[^a]', '[[:digit:]]', ...more),
      },
      {
        weight: 1,
        arbitrary: fc.array(letter, { minLength: 1, maxLength: 3 }).map((some) => `[${some.join('')}]`),
      },
      { weight: 1, arbitrary: quoted.map((some) => String.raw`\Q${some.join('')}\E`) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?s:', '(?i-s:', '(?P<m>'), tie('expression'))
          .map(([opening, inner]) => `${opening}${inner})`),
      },
    ),
    expression: fc
      .array(fc.array(fc.tuple(tie('atom'), quantifier), { maxLength: 4 }), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map((part) => part.flat().join('')).join('|')),
  }));
  return expression;
}

function compiled(pattern: string, flags: number): RE2JS | null {
  try {
    return RE2JS.compile(pattern, flags);
  } catch {
    return null;
  }
}

test('means what it means to RE2 on text without case', () => {
  const plain = ['a', 'b', 'c', 'A', 'B', '1', '.'];
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '1', '.', ' ', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(
      expressions(plain, [String.raw`\b`, String.raw`\w`, String.raw`\d`]),
      text,
      (pattern, written) => {
        const reference = compiled(pattern, RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE);
        fc.pre(reference !== null);
        const regex = regexOf(pattern);
        expect(regex.holds(foldCase(written))).toBe(reference.test(written));
      },
    ),
    { numRuns: RUNS },
  );
});

test('needs what it says it needs, in any script', () => {
  const letters = [
    'a',
    'B',
    's',
    'S',
    'k',
    'K',
    'ſ',
    'K',
    'ß',
    'Σ',
    'ς',
    'σ',
    'é',
    'É',
    'e\u0301',
    '設',
    '定',
    'İ',
    '😀',
    '-',
    '/',
  ];
  const units = [
    'a',
    'b',
    's',
    'S',
    'k',
    'K',
    'ſ',
    'ß',
    'Σ',
    'ς',
    'é',
    'e\u0301',
    '設',
    '定',
    'İ',
    '😀',
    '-',
    '/',
    '\n',
    '\r\n',
  ];
  const text = fc.array(fc.constantFrom(...units), { maxLength: 10 });
  fc.assert(
    fc.property(expressions(letters, [String.raw`\pL`, String.raw`\x41`]), text, (pattern, written) => {
      const { folded: expression, needs } = foldPattern(pattern.normalize('NFC'));
      fc.pre(compiled(pattern.normalize('NFC'), 0) !== null);
      const folded = foldCase(written.join(''));
      const holds = RE2JS.compile(expression, RE2JS.MULTILINE).test(folded);
      expect(regexOf(pattern).holds(folded)).toBe(holds);
      if (holds)
        for (const some of needs) expect(some.some((literal) => folded.includes(literal))).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

test.each<[string, string[][]]>([
  ['nginx', [['nginx']]],
  ['[Nn]ginx(-full)?', [['nginx']]],
  ['https?://', [['http://', 'https://']]],
  ['(web|db)-0[12]', [['web-01', 'web-02', 'db-01', 'db-02']]],
  [String.raw`10\.1\.\d+\.(5|6)`, [['10.1.'], ['.5', '.6']]],
  ['(?:ap+)+le', [['ap'], ['p'], ['le']]],
  [String.raw`\Qa.b\E*c`, [['a.'], ['c']]],
  ['(password|secret).*=', [['password', 'secret'], ['=']]],
  ['a?b*', []],
  ['abc|d*', []],
])('%s', (pattern, expected) => {
  expect(foldPattern(pattern).needs).toEqual(expected);
});

test('what multiplies is refused, and no text takes long', () => {
  expect(() => regexOf('((a{100}){100}){100}')).toThrow();
  const text = 'a'.repeat(1_000_000);
  for (const pattern of [
    '(a|a)*b',
    '(a+)+$c',
    '(a*)*c|b',
    '(?:a{0,50}){0,20}b',
    '.{0,900}x',
    '(.*)(.*)(.*)x',
  ])
    expect(regexOf(pattern).holds(text)).toBe(false);
});
