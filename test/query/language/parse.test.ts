// What queries parse to: operators, fields, quotes, and everything that is not a query but is searched all the same.
import { describe, expect, test } from '@jest/globals';
import { UnfoldError } from '../../../schemas/error.ts';
import { MAX_QUERY_LENGTH, parse } from '../../../query/language/parse.ts';
import type { Query } from '../../../query/language/tree.ts';

/** A tree in short: words bare, phrases in guillemets, regular expressions between tildes. */
function sketch(query: Query): string {
  switch (query.kind) {
    case 'all':
      return 'all';
    case 'word':
      return query.text;
    case 'phrase':
      return `«${query.text}»`;
    case 'regex':
      return `~${query.text}~`;
    case 'field':
      return `${query.name}=${sketch(query.value)}`;
    case 'not':
      return `not(${sketch(query.item)})`;
    case 'and':
    case 'or':
      return `${query.kind}(${query.items.map(sketch).join(', ')})`;
  }
}

describe('what parses', () => {
  test.each([
    ['', 'all'],
    ['   \t', 'all'],
    ['nginx', 'nginx'],
    ['nginx 10.1.2.3', 'and(nginx, 10.1.2.3)'],
    ['"max connections" db', 'and(«max connections», db)'],
    ['a b OR c', 'or(and(a, b), c)'],
    ['a AND b', 'and(a, b)'],
    ['a (b OR c)', 'and(a, or(b, c))'],
    ['(a b) c', 'and(and(a, b), c)'],
    ['-a', 'not(a)'],
    ['NOT a', 'not(a)'],
    ['NOT NOT a', 'not(not(a))'],
    ['a AND NOT b', 'and(a, not(b))'],
    ['-"a b" -(c d) -os:debian', 'and(not(«a b»), not(and(c, d)), not(os=debian))'],
    ['package:nginx', 'package=nginx'],
    ['PACKAGE:nginx', 'package=nginx'],
    ['path:"/etc/my file"', 'path=«/etc/my file»'],
    ['package:(nginx OR apache2)', 'package=or(nginx, apache2)'],
    ['path:/etc/*.conf', 'path=/etc/*.conf'],
    ['at:now-1d nginx', 'and(at=now-1d, nginx)'],
    ['f(x) g(h(y))', 'and(f(x), g(h(y)))'],
    ['10.0.0.1 - 10.0.0.9', '10.0.0.1-10.0.0.9'],
    ['file:(path:/etc/* x)', 'file=and(path=/etc/*, x)'],
    ['File:(x)', 'file=x'],
    ['connection:(-remote:10.0.0.0/8)', 'connection=not(remote=10.0.0.0/8)'],
    ['package:(nginx version:<1.22)', 'package=and(nginx, version=<1.22)'],
    ['version:>= 3.0 x', 'and(version=>=3.0, x)'],
    ['version:>= OR x', 'or(version=>=, x)'],
  ])('%s', (text, tree) => {
    const parsed = parse(text);
    expect(sketch(parsed.tree)).toBe(tree);
    expect(parsed.notices).toEqual([]);
  });
});

describe('what needs no quotes', () => {
  test.each([
    'fe80::1',
    '[fe80::1]:443',
    String.raw`C:\Windows\x`,
    String.raw`\\host\share`,
    '10.1.2.3:443',
    '/etc/passwd',
    'foo:bar',
    'https://user@example.com/a?b=c',
    'aa:bb:cc:dd:ee:ff',
    '1.22.1-9+deb12u1',
    'me@example.com',
    'key=value',
    '--no-cache',
    '->',
    'orchid',
    'notable',
    'android',
    '日本語',
    '*',
    "it's",
    '/etc/nginx/',
    '/etc/',
    '/usr/bin/[',
    '//',
    '///',
    'ngin*',
  ])('%s is one word', (text) => {
    const { tree } = parse(text);
    expect(tree).toEqual({ kind: 'word', text, span: [0, text.length] });
  });
});

describe('regular expressions and paths', () => {
  test.each([
    ['/^a[bc]+$/', '~^a[bc]+$~'],
    ['/nginx/', '~nginx~'],
    ['/max conn/', '~max conn~'],
    [String.raw`/a b\/c/ d`, String.raw`and(~a b\/c~, d)`],
    ['/[a "b]+/', '~[a "b]+~'],
    ['/a (b|c) d/ e', 'and(~a (b|c) d~, e)'],
    ['(/a|b/ OR /c$/)', 'or(~a|b~, ~c$~)'],
    ['-/(a|b)/', 'not(~(a|b)~)'],
    ['path:/[.]conf$/', 'path=~[.]conf$~'],
    ['content:/listen +80/ x', 'and(content=~listen +80~, x)'],
    [String.raw`/etc/.*\.conf/`, String.raw`~etc/.*\.conf~`],
    ['/etc/passwd /etc/group', 'and(/etc/passwd, /etc/group)'],
    ['/etc OR /usr', 'or(/etc, /usr)'],
    ['/etc/ OR /usr/', 'or(/etc/, /usr/)'],
    ['/dev/sda1 / ext4', 'and(/dev/sda1, /, ext4)'],
    ['cp /etc/* /tmp/', 'and(cp, /etc/*, /tmp/)'],
    ['path:/etc/* path:/usr/*', 'and(path=/etc/*, path=/usr/*)'],
    ['(/etc) nginx/', 'and(/etc, nginx/)'],
  ])('%s', (text, tree) => expect(sketch(parse(text).tree)).toBe(tree));
});

describe('quotes and backslashes', () => {
  test.each([
    [String.raw`"C:\x"`, String.raw`C:\x`],
    [String.raw`"\\host\share"`, String.raw`\\host\share`],
    [String.raw`"a\"b"`, 'a"b'],
    [String.raw`"a\\"`, 'a\\'],
    [String.raw`"a\\\"b"`, String.raw`a\"b`],
  ])('%s', (text, phrase) => {
    expect(parse(text).tree).toMatchObject({ kind: 'phrase', text: phrase });
  });
});

describe('what is taken literally, and said', () => {
  test.each<[string, string, string[]]>([
    ['"unbalanced quote', 'and(«"unbalanced», quote)', ['"unbalanced']],
    ['a "', 'and(a, «"»)', ['"']],
    ['""', '«""»', ['""']],
    ['((a', '«((a»', ['((a']],
    ['a)', '«a)»', ['a)']],
    ['f(x))', '«f(x))»', ['f(x))']],
    ['(', '«(»', ['(']],
    [')', '«)»', [')']],
    ['()', '«()»', ['()']],
    ['a (b c', 'and(a, «(b», c)', ['(b']],
    ['a (b OR c', 'or(and(a, «(b»), c)', ['(b']],
    ['AND', '«AND»', ['AND']],
    ['a OR', 'and(a, «OR»)', ['OR']],
    ['NOT', '«NOT»', ['NOT']],
    ['OR a', 'and(«OR», a)', ['OR']],
    ['a OR OR b', 'and(a, «OR», «OR», b)', ['OR', 'OR']],
    ['a - b', 'and(a, «-», b)', ['-']],
    ['(a OR) b', 'and(and(a, «OR»), b)', ['OR']],
    ['path:foo)', 'path=«foo)»', ['foo)']],
    ['fiel:(path:/etc/* x)', 'and(«fiel:», and(path=/etc/*, x))', ['fiel:']],
    ['file:(path:/etc/* x', 'and(«file:(path:/etc/*», x)', ['file:(path:/etc/*']],
    ['/a(b/', '«/a(b/»', ['/a(b/']],
  ])('%s', (text, tree, literal) => {
    const parsed = parse(text);
    expect(sketch(parsed.tree)).toBe(tree);
    expect(parsed.notices.map(({ code }) => code)).toEqual(literal.map(() => 'taken-literally'));
    expect(parsed.notices.map(({ span }) => text.slice(...(span ?? [])))).toEqual(literal);
  });

  test('an operator in lower case is one, and the answer says so', () => {
    const { tree, notices } = parse('file not found');
    expect(sketch(tree)).toBe('and(file, not(found))');
    expect(notices).toEqual([expect.objectContaining({ code: 'operator-word', span: [5, 8] })]);
  });

  test('nesting beyond the bound', () => {
    const { tree, notices } = parse(`${'('.repeat(60)}a${')'.repeat(60)}`);
    expect(sketch(tree)).toContain('(((a)))');
    expect(notices).toEqual([expect.objectContaining({ code: 'taken-literally' })]);
  });
});

test('a query that is too long is refused', () => {
  expect(() => parse('x'.repeat(MAX_QUERY_LENGTH + 1))).toThrow(UnfoldError);
  expect(parse('x'.repeat(MAX_QUERY_LENGTH)).notices).toEqual([]);
});

test('spans point into the query', () => {
  const text = 'nginx  -package:"a b"';
  expect(parse(text).tree).toEqual({
    kind: 'and',
    span: [0, 21],
    items: [
      { kind: 'word', text: 'nginx', span: [0, 5] },
      {
        kind: 'not',
        span: [7, 21],
        item: {
          kind: 'field',
          name: 'package',
          span: [8, 21],
          value: { kind: 'phrase', text: 'a b', span: [16, 21] },
        },
      },
    ],
  });
});
