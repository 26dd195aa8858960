// Snippets: the right line, a readable length, marks that stay on what they mark.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Lines, snippetOf } from '../../query/snippet.ts';

test('lines end before \\n and \\r\\n, and count from 1', () => {
  const lines = new Lines('one\r\ntwo\n\nfour');
  expect([0, 3, 4, 5, 8, 9, 10, 14].map((offset) => lines.at(offset))).toEqual([1, 1, 1, 2, 2, 3, 4, 4]);
  expect(lines.snippet(1, [[0, 3]])).toEqual({ snippet: 'one', marks: [[0, 3]] });
  expect(lines.snippet(2, [[6, 7]])).toEqual({ snippet: 'two', marks: [[1, 2]] });
  expect(lines.snippet(3, [])).toEqual({ snippet: '', marks: [] });
  expect(lines.snippet(4, [[12, 99]])).toEqual({ snippet: 'four', marks: [[2, 4]] });
});

test('marks are sorted and joined where they overlap', () => {
  expect(
    snippetOf('abcdefgh', [
      [5, 7],
      [0, 2],
      [1, 3],
    ]).marks,
  ).toEqual([
    [0, 3],
    [5, 7],
  ]);
});

test('a long line is cut around its first mark', () => {
  const line = `${'a'.repeat(5000)} 10.1.2.3 ${'b'.repeat(5000)}`;
  const { snippet, marks } = snippetOf(line, [[5001, 5009]]);
  expect(snippet.length).toBeLessThanOrEqual(202);
  expect(snippet).toMatch(/^…a.*b…$/);
  expect(marks.map(([start, end]) => snippet.slice(start, end))).toEqual(['10.1.2.3']);
});

test('a mark that is longer than the snippet is cut with it', () => {
  const { snippet, marks } = snippetOf('x'.repeat(1000), [[100, 900]]);
  const [[start, end] = [0, 0]] = marks;
  expect(snippet.slice(start, end)).toMatch(/^x{100,200}$/);
});

test('any cut keeps what is marked and splits no character', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', ' ', '🦊', 'é', '0'), minLength: 1, maxLength: 1000 });
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat({ max: 30 }), (line, at, length) => {
      const start = at % line.length;
      const end = Math.min(line.length, start + length + 1);
      const { snippet, marks } = snippetOf(line, [[start, end]]);
      const [[from, to] = [0, 0]] = marks;
      expect(snippet.slice(from, to)).toBe(line.slice(start, end));
      expect(snippet.isWellFormed()).toBe(line.isWellFormed());
      expect(line).toContain(snippet.replace(/^…|…$/g, ''));
    }),
  );
});
