// Regular expressions and parts of words find what a brute-force scan of the texts finds, however they find it.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { regexOf } from '../../../indexer/terms/regex.ts';
import { foldCase } from '../../../indexer/terms/words.ts';
import type { Leaf } from '../../../schemas/plan.ts';
import { file } from './frames.ts';
import { apply, facts, NO_SIGNAL, plan, withEngine, type OpenEngine } from './setting.ts';

const RUNS = 120;

const LONG = 'y'.repeat(198);
/** Words of which some are parts of others, some longer than a term, some of scripts without blanks. */
const WORDS = [
  ...[
    'db',
    'web',
    'webdb',
    'db1',
    'server',
    'observer',
    'serve',
    'Größe',
    'GRÖSSE',
    'ΣΊΣΥΦΟΣ',
    'é',
    'e\u0301tage',
  ],
  ...[
    '設定',
    '設定ファイル',
    'ファイル',
    '10',
    '1',
    'a',
    '_',
    LONG,
    `${LONG}z`,
    `${LONG}zz`,
    `${LONG}zzzserver`,
  ],
  ...[`server${LONG}db`, '😀', '𝒳𝒴'.repeat(60), `${'𝒳𝒴'.repeat(60)}db`, 'İ', 'ſerver'],
];
const BETWEEN = [' ', '-', '.', '/', '\n', '\r\n', '_', ' = ', ''];

const aText = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...BETWEEN)), { maxLength: 6 })
  .map((parts) => parts.flat().join(''));

function escaped(literal: string): string {
  return literal.replace(/[\\.+*?()|[\]{}^$]/gu, String.raw`\$&`);
}

/** Pieces of texts, alone, one after another or either. */
const aPattern = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  piece: fc.tuple(aText, fc.nat(1000), fc.nat(1000)).map(([text, from, length]) => {
    const units = Array.from(text);
    const start = units.length === 0 ? 0 : from % units.length;
    return escaped(units.slice(start, start + 1 + (length % 9)).join(''));
  }),
  pattern: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: tie('piece') },
    { weight: 1, arbitrary: aText.map(escaped) },
    { weight: 1, arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map((some) => some.join('.*')) },
    { weight: 1, arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map((some) => `(?:${some.join('|')})`) },
    { weight: 1, arbitrary: tie('pattern').map((one) => String.raw`^.?${one}\d*$`) },
    { weight: 1, arbitrary: tie('pattern').map((one) => `(${one})+[s1]?`) },
  ),
})).pattern;

export function expressionConformance(open: OpenEngine): void {
  test('a search that has to read for too long says so; one that needs not read answers', () =>
    withEngine(open, async (engine) => {
      await apply(engine, { system: 'a', at: 1, entries: [file('/t', 'some text')] });
      const asked = (leaf: Leaf) => engine.search(plan({ leaf }), NO_SIGNAL, 0);
      for (const leaf of [
        { leaf: 'regex', pattern: 's.me', within: 'any' },
        { leaf: 'phrase', text: 'some text', within: 'any' },
        { leaf: 'field', field: 'content', op: 'regex', value: 'e' },
      ] as const)
        await expect(asked(leaf)).rejects.toMatchObject({ code: 'UNFOLD_QUERY_TIMEOUT' });
      expect(await asked({ leaf: 'word', word: 'some', within: 'any' })).toMatchObject({ total: 1 });
    }));

  test('an expression finds what it matches, whatever of it can be looked up', () =>
    withEngine(open, async (engine) => {
      const texts = fc.sample(aText, { numRuns: 150, seed: 8 });
      const entries = texts.map((text, number) => file(`/t/${number}`, text));
      await apply(engine, { system: 'a', at: 1, entries });
      const property = fc.asyncProperty(aPattern, async (pattern) => {
        const found = await facts(engine, { leaf: { leaf: 'regex', pattern, within: 'content' } });
        const holds = texts.flatMap((text, number) =>
          regexOf(pattern).holds(foldCase(text)) ? [`a /t/${number}`] : [],
        );
        expect(found).toEqual(holds.sort());
      });
      await fc.assert(property, { numRuns: RUNS });
    }));
}
