// Masking: any secret in any template, any text at all, and texts made to be slow.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../../crawler/redaction/redact.ts';
import { MASK } from '../../../crawler/redaction/rule.ts';
import { RULES } from '../../../crawler/redaction/rules.ts';
import { MUST_MASK } from './examples.ts';
import { FIELD_EXAMPLES } from './field-examples.ts';

/** Told from every other word by its letters and digits; never a word of a language, a path or a variable. */
const secret = fc
  .tuple(
    fc.stringMatching(/^[A-Za-z]{3}$/),
    fc.stringMatching(/^[0-9]{2}$/),
    fc.stringMatching(/^[A-Za-z0-9_+!-]{0,24}[A-Za-z0-9]$/),
  )
  .map((parts) => parts.join(''));
const words = fc.stringMatching(/^(?:[a-z]{1,9}[ .]){0,8}$/);
const paths = fc.constantFrom(
  '/etc/x.conf',
  '/srv/x.yaml',
  '/srv/x.json',
  '/home/joe/x.sh',
  '/x',
  '/usr/share/doc/x/README',
);

describe('a secret in a template', () => {
  test('never survives, and nothing around it changes', () => {
    const template = fc.constantFrom(...MUST_MASK, ...FIELD_EXAMPLES);
    fc.assert(
      fc.property(template, secret, words, words, ([path, text], value, before, after) => {
        const around = (inner: string): string => `# ${before}\n${inner}\n\n# ${after}\n`;
        // A cloud-init file, a shebang and a fetchmail poll are told by where a line begins, so lines stay whole.
        const { text: redacted } = redact(path, around(text.replaceAll('{S}', value)));
        expect(redacted).toBe(around(text.replaceAll('{S}', MASK)));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('any text', () => {
  const triggers = RULES.flatMap((rule) => rule.triggers.map((trigger) => trigger.replace(/[?#~]/g, '')));
  const piece = fc.oneof(
    fc.constantFrom(...triggers),
    fc.constantFrom(
      ' ',
      '\n',
      '\r\n',
      '=',
      ': ',
      '"',
      "'",
      '@',
      '/',
      '${',
      '}',
      '|',
      '\\',
      '>',
      '</',
      ',',
      ';',
      '- ',
      '#',
      MASK,
    ),
    fc.string({ maxLength: 12, unit: 'grapheme' }),
    secret,
  );
  const anything = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

  test('is masked once and for all, line by line', () => {
    fc.assert(
      fc.property(paths, anything, (path, text) => {
        const once = redact(path, text);
        expect(redact(path, once.text).text).toBe(once.text);
        expect(once.text.split('\n').length).toBe(text.split('\n').length);
        expect(Object.keys(once.masked).length === 0).toBe(once.text === text);
      }),
      { numRuns: 4000 },
    );
  });
});

/** A rule whose time grew with the square of a text would need hours for one of these. */
describe('hostile text ends', () => {
  const pieces = [
    'password=',
    'password=$a ',
    'password=${',
    'password: |\n ',
    'password="',
    'passwords:\n - ',
    'password = <<EOF\n',
    '"password":[',
    '<password> ',
    '://',
    'a://b:c/',
    'a://a:b@',
    '-----BEGIN ',
    '-----BEGIN RSA PRIVATE KEY-----\n',
    'eyJhbGciOi.',
    'ghp_',
    'xoxb-1-',
    '$6$',
    'kind: Secret\ndata:\n',
    'chpasswd:\n  list: |\n',
    'mysql -p ',
    'curl -u a:',
    'echo a | chpasswd ',
    'login a password ',
    'password' + ' '.repeat(4000),
    '<password>' + ' '.repeat(4000),
    'passwords:\n-' + ' '.repeat(4000),
  ];
  test.each(pieces.map((text) => ({ text })))('$text', ({ text }) => {
    const hostile = text.repeat(Math.ceil(300_000 / text.length));
    expect(redact('/etc/x.conf', hostile).text.split('\n').length).toBe(hostile.split('\n').length);
  });
});
