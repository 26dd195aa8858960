// Masking: the table of what must go and what must stay, and what holds for every text.
import { describe, expect, test } from '@jest/globals';
import { redact } from '../../../crawler/redaction/redact.ts';
import { RULES } from '../../../crawler/redaction/rules.ts';
import { MASK } from '../../../crawler/redaction/rule.ts';
import { MUST_KEEP, MUST_MASK } from './examples.ts';
import { FIELD_EXAMPLES } from './field-examples.ts';

/** Of different make: symbols, a word with a digit, mixed case, digits alone. */
const SECRETS = ['Xk9-vQ2mZp7T', 'hunter2', 'S3cr3tPassw0rdValue77', '8841207733'];

describe('what must be masked', () => {
  test.each([...MUST_MASK, ...FIELD_EXAMPLES].map(([path, text]) => ({ path, text })))(
    '$path: $text',
    ({ path, text }) => {
      for (const secret of SECRETS) {
        const { text: redacted, masked } = redact(path, text.replaceAll('{S}', secret));
        expect(redacted).toBe(text.replaceAll('{S}', MASK));
        expect(Object.values(masked).reduce((sum, count) => sum + count, 0)).toBe(
          text.split('{S}').length - 1,
        );
        expect(redact(path, redacted)).toEqual({ text: redacted, masked: {} });
      }
    },
  );
});

describe('what must stay', () => {
  test.each(MUST_KEEP.map(([path, text]) => ({ path, text })))('$path: $text', ({ path, text }) => {
    expect(redact(path, text)).toEqual({ text, masked: {} });
  });
});

test('a text without a secret comes back as it is', () => {
  expect(redact('', '')).toEqual({ text: '', masked: {} });
  const text = 'Zürich → 10.0.0.5 «no secret» 漢字\r\n';
  expect(redact('/x', text)).toEqual({ text, masked: {} });
});

test('offsets hold where characters are not Latin', () => {
  const text = '# пароль 漢字 😀\npassword = ぱすわーど1\nhost = 10.0.0.5 😀\n';
  expect(redact('/etc/x.conf', text).text).toBe(`# пароль 漢字 😀\npassword = ${MASK}\nhost = 10.0.0.5 😀\n`);
});

test('lines keep their numbers and their ends', () => {
  const text = 'a: 1\r\npassword: |\r\n  one\r\n  two\r\n\r\nhost: 10.0.0.5\r\n';
  const { text: redacted } = redact('/x.yaml', text);
  expect(redacted).not.toMatch(/one|two/);
  expect(redacted.split('\n').length).toBe(text.split('\n').length);
  expect(redacted.split('\n')[5]).toBe('host: 10.0.0.5\r');
});

test('the mask says nothing about the length', () => {
  const texts = [1, 10, 100, 1000].map(
    (length) => redact('/x.conf', `password = Q${'7'.repeat(length + 2)}\n`).text,
  );
  expect(new Set(texts).size).toBe(1);
});

test('a secret longer than any limit leaves no tail', () => {
  for (const length of [2000, 2048, 8192, 20_000]) {
    const secret = 'aB3'.repeat(length);
    expect(redact('/x.conf', `password=${secret}\nhost=10.0.0.5\n`).text).toBe(
      `password=${MASK}\nhost=10.0.0.5\n`,
    );
  }
});

test('values are counted per rule', () => {
  const text = 'password=abcdef1\ntoken=abcdef2\nurl=ftp://joe:abcdef3@10.0.0.5/\n';
  expect(redact('/x.conf', text).masked).toEqual({ assignment: 2, 'url-password': 1 });
});

test('the name of every rule is one word that a frame can count under', () => {
  for (const { name } of RULES) expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
});
