// What a word is, how case folds, and that the way back from a folded text is right.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldText } from '../../../indexer/terms/fold-text.ts';
import {
  distinctWords,
  foldCase,
  termNeedsVerification,
  wordTerm,
  words,
} from '../../../indexer/terms/words.ts';

/** The bound of a term. */
const MAX_TERM_LENGTH = wordTerm('a'.repeat(1000)).length;

/** Text rich in what folding changes: İ grows, Å composes, Σ has two small forms, Hangul joins, pairs have two units. */
const tricky = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'İ',
        'A\u030a',
        'ΟΔΟΣ',
        'ß',
        'ẞ',
        '\u1112\u1161\u11ab',
        '=\u0338',
        '\u212b',
        '𝐀',
        '𐐀',
        '😀',
        'ﬁ',
        'Ꭰ',
      ),
      fc.constantFrom(
        ' ',
        '\n',
        'Foo',
        'bar_1',
        '\u0301',
        '\u0327\u0301',
        '\u0301\u0327',
        '\u0345',
        '\u09c7\u09be',
        '\ud800',
        '.',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

describe('words', () => {
  test.each<[string, string[]]>([
    ['Max_Connections = 100;', ['max', 'connections', '100']],
    ['a-b a', ['a', 'b', 'a']],
    ['Straße ΣΊΣΥΦΟΣ Σίσυφος', ['straße', 'σίσυφοσ', 'σίσυφοσ']],
    ['cafe\u0301 CAFÉ', ['café', 'café']],
    ['数据库 Ж٣', ['数据库', 'ж٣']],
    ['x=\u0338y', ['x', 'y']],
    ['𝐀𝐁', ['𝐀𝐁']],
    ['', []],
  ])('of %j', (text, all) => expect(words(text)).toEqual(all));

  test('fold to themselves, and none is lost or joined', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        const all = words(text);
        for (const word of all) expect(words(word)).toEqual([word]);
        expect(foldCase(foldCase(text))).toBe(foldCase(text));
        expect(all.join('')).toBe(foldCase(text).replace(/[^\p{L}\p{N}\p{M}]/gu, ''));
        expect([...distinctWords(text)]).toEqual([...new Set(all.map(wordTerm))]);
      }),
      { numRuns: 2000 },
    );
  });

  test('longer than a term share their beginning, which says that it needs verification', () => {
    const long = 'a'.repeat(MAX_TERM_LENGTH + 1);
    expect([...distinctWords(`${long} ${long}b x`)]).toEqual(['x', 'a'.repeat(MAX_TERM_LENGTH)]);
    expect(wordTerm(long)).toBe(wordTerm('a'.repeat(MAX_TERM_LENGTH)));
    const pairs = '𝐀'.repeat(MAX_TERM_LENGTH);
    expect(wordTerm(`x${pairs}`).isWellFormed()).toBe(true);
    for (const word of [long, `x${pairs}`, 'a'.repeat(MAX_TERM_LENGTH)]) {
      expect(termNeedsVerification(word)).toBe(true);
      expect(termNeedsVerification(wordTerm(word))).toBe(true);
    }
    expect(termNeedsVerification('nginx')).toBe(false);
  });
});

describe('a folded text', () => {
  test('is what folding says, and its boundaries lead back to the text', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        const { folded, original } = foldText(text);
        expect(folded).toBe(foldCase(text));
        expect(original(folded.length)).toBe(text.length);
        let last = 0;
        for (let index = 0; index <= folded.length; index++) {
          expect(original(index)).toBeGreaterThanOrEqual(last);
          last = original(index);
        }
        for (const match of folded.matchAll(/[\p{L}\p{N}]\p{M}*/gu)) {
          const piece = text.slice(original(match.index), original(match.index + match[0].length));
          expect(foldCase(piece)).toContain(match[0]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('agrees for every character of Unicode that folding or composition changes', () => {
    for (let code = 0; code < 0x11_0000; code++) {
      const character = String.fromCodePoint(code);
      const apart = character.normalize('NFD');
      if (apart === character && foldCase(character) === character) continue;
      for (const text of [`İ${character}İ`, `İ${apart}x`]) {
        const { folded, original } = foldText(text);
        const right = folded === foldCase(text) && foldCase(folded) === folded;
        if (!right || original(folded.length) !== text.length) throw new Error(`U+${code.toString(16)}`);
      }
    }
  });
});
