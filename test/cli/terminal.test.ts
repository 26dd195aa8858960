// What may reach a terminal.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { harmless, toJson } from '../../cli/terminal.ts';

// eslint-disable-next-line no-control-regex -- exactly these must not be there
const ACTS = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

test('control characters become visible', () => {
  expect(harmless('a\u001b[31mb\u009b2J\tc\r\n\u202ed')).toBe(String.raw`a\x1b[31mb\x9b2J c\x0d\x0a\u202ed`);
  expect(harmless('grüße 日本 🦊')).toBe('grüße 日本 🦊');
});

test('no text acts on a terminal, and JSON keeps its value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(harmless(text)).not.toMatch(ACTS);
      expect(harmless(text).isWellFormed()).toBe(true);
      expect(toJson({ text })).not.toMatch(ACTS);
      expect(JSON.parse(toJson({ text }))).toEqual({ text });
    }),
  );
});
