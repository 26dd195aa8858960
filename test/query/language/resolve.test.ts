// What a query means: words, phrases, addresses, fields and the instant, and what it says about itself.
import { describe, expect, test } from '@jest/globals';
import type { Leaf, PlanNode } from '../../../schemas/plan.ts';
import { parse } from '../../../query/language/parse.ts';
import { resolve } from '../../../query/language/resolve.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');

function where(text: string): PlanNode {
  return resolve(parse(text), NOW).where;
}

function leaf(text: string): Leaf {
  const plan = where(text);
  if (!('leaf' in plan)) throw new Error(`${text} is not one leaf: ${JSON.stringify(plan)}`);
  return plan.leaf;
}

describe('text', () => {
  test.each([
    ['Nginx', { leaf: 'word', word: 'nginx', within: 'any' }],
    ['"nginx"', { leaf: 'word', word: 'nginx', within: 'any' }],
    ['foo_bar', { leaf: 'phrase', text: 'foo_bar', within: 'any' }],
    ['db.Example.com', { leaf: 'phrase', text: 'db.example.com', within: 'any' }],
    ['/etc/passwd', { leaf: 'phrase', text: '/etc/passwd', within: 'any' }],
    ['max-conn', { leaf: 'phrase', text: 'max-conn', within: 'any' }],
    ['"Max Conn"', { leaf: 'phrase', text: 'max conn', within: 'any' }],
    ['"10.1.2.3"', { leaf: 'phrase', text: '10.1.2.3', within: 'any' }],
    ['content:listen', { leaf: 'word', word: 'listen', within: 'content' }],
    ['content:"listen 80"', { leaf: 'phrase', text: 'listen 80', within: 'content' }],
  ])('%s', (text, expected) => expect(leaf(text)).toEqual(expected));
});

describe('addresses', () => {
  test.each([
    ['10.1.2.3', '0a010203', '0a010203'],
    ['10.1.0.0/16', '0a010000', '0a01ffff'],
    ['10.1.2.1-10.1.2.9', '0a010201', '0a010209'],
    ['10.1.2.1 - 10.1.2.9', '0a010201', '0a010209'],
  ])('%s', (text, low, high) => {
    const range = { low: `00000000000000000000ffff${low}`, high: `00000000000000000000ffff${high}` };
    expect(where(text)).toEqual({
      or: [['exact'], ['contained'], ['containing', 'overlapping']].map((relations) => ({
        leaf: { leaf: 'address', ...range, relations },
      })),
    });
  });

  test('IPv6 in any spelling', () => {
    expect(where('FE80::0:1')).toEqual(where('fe80::1'));
    expect(where('[fe80::1]')).toEqual(where('fe80::1'));
    expect(where('::ffff:10.1.2.3')).toEqual(where('10.1.2.3'));
  });

  test.each(['10.1.2.3:443', '[fe80::1]:443', '10.1.2.3#53'])('%s wants the port too', (text) => {
    expect(where(text)).toEqual({
      and: [where(text.replace(/[:#]\d+$/, '')), { leaf: { leaf: 'phrase', text, within: 'any' } }],
    });
  });

  test('within the content of files', () => {
    const { or } = where('content:10.0.0.0/8') as { or: { leaf: Leaf }[] };
    for (const { leaf: address } of or) expect(address).toMatchObject({ leaf: 'address', feature: 'file' });
  });
});

describe('fields', () => {
  test.each([
    ['package:nginx', { leaf: 'field', field: 'package', op: 'is', value: 'nginx' }],
    ['path:/etc/*', { leaf: 'field', field: 'path', op: 'glob', value: '/etc/*' }],
    ['path:"/etc/*"', { leaf: 'field', field: 'path', op: 'is', value: '/etc/*' }],
    ['owner:*', { leaf: 'field', field: 'owner', op: 'exists' }],
    ['version:1.2.3.4', { leaf: 'field', field: 'version', op: 'is', value: '1.2.3.4' }],
    ['os:Debian', { leaf: 'field', field: 'os', op: 'is', value: 'Debian' }],
  ])('%s', (text, expected) => expect(leaf(text)).toEqual(expected));

  test('a field of several values', () => {
    expect(where('kind:(vm OR host)')).toEqual({
      or: [{ leaf: leaf('kind:vm') }, { leaf: leaf('kind:host') }],
    });
  });
});

describe('the tree', () => {
  test.each<[string, string]>([
    ['', ''],
    ['a a', 'a'],
    ['(a (b)) c', 'a b c'],
    ['NOT NOT a', 'a'],
    ['a at:yesterday', 'a'],
    ['a OR (b OR c)', 'a OR b OR c'],
  ])('%s is %s', (text, same) => expect(where(text)).toEqual(where(same)));

  test('everything, and everything but', () => {
    expect(where('')).toEqual({ all: true });
    expect(where('-nginx')).toEqual({ not: { leaf: leaf('nginx') } });
  });

  test('more conditions than a query may have', () => {
    const words = Array.from({ length: 1001 }, (_, index) => `x${index.toString(36)}`).join(' ');
    expect(() => where(words)).toThrow('1000 is the most');
  });
});

describe('the instant', () => {
  test.each([
    ['nginx at:now', '2026-11-22T10:00:00.000Z'],
    ['at:now-2h', '2026-11-22T08:00:00.000Z'],
    ['at:2026-11-20 nginx', '2026-11-20T23:59:59.999Z'],
    ['at:"2026-11-20 08:30"', '2026-11-20T08:30:00.000Z'],
    ['AT:yesterday', '2026-11-21T23:59:59.999Z'],
    ['nginx', null],
  ])('%s', (text, at) => expect(resolve(parse(text), NOW)).toMatchObject({ at, notices: [] }));

  test.each(['at:teatime', '-at:now', 'a OR at:now', 'at:', 'at:now at:yesterday'])(
    '%s is literal in part',
    (text) => {
      expect(resolve(parse(text), NOW).notices).toEqual([
        expect.objectContaining({ code: 'taken-literally' }),
      ]);
    },
  );
});

describe('changes', () => {
  const day = (from: string, to: string) => [`${from}T23:59:59.999Z`, `${to}T23:59:59.999Z`];
  const ever = '1970-01-01T00:00:00.000Z';
  test.each<[string, string, string | null]>([
    ['changed:>now-1d', '2026-11-21T10:00:00.000Z', null],
    ['changed:>=2026-11-01', '2026-10-31T23:59:59.999Z', null],
    ['changed:>2026-11-01', '2026-11-01T23:59:59.999Z', null],
    ['changed:<2026-11-01', ever, '2026-10-31T23:59:59.999Z'],
    ['changed:<=2026-11-01', ever, '2026-11-01T23:59:59.999Z'],
    ['changed:2026-11-01..2026-11-07', day('2026-10-31', '')[0]!, day('', '2026-11-07')[1]!],
    ['changed:2026-11-01T08:00..2026-11-01T09:00', '2026-11-01T07:59:59.999Z', '2026-11-01T09:00:00.000Z'],
    ['changed:now-2h..', '2026-11-22T07:59:59.999Z', null],
    ['changed:..yesterday', ever, '2026-11-21T23:59:59.999Z'],
    ['changed:2026-11-01', day('2026-10-31', '')[0]!, day('', '2026-11-01')[1]!],
    ['changed:YESTERDAY', '2026-11-20T23:59:59.999Z', '2026-11-21T23:59:59.999Z'],
    ['changed:today', '2026-11-21T23:59:59.999Z', '2026-11-22T10:00:00.000Z'],
    ['changed:now-2h', '2026-11-22T07:59:59.999Z', null],
    ['changed:"2026-11-20 08:30"', '2026-11-20T08:29:59.999Z', null],
    ['changed:*', ever, null],
    ['changed:>now-999999w', ever, null],
  ])('%s', (text, after, until) => expect(leaf(text)).toEqual({ leaf: 'changed', after, until }));

  test('of one feature, negated, and several', () => {
    const today = leaf('changed:today');
    expect(where('Changed.Package:today')).toEqual({ leaf: { ...today, feature: 'package' } });
    expect(where('-changed:today')).toEqual({ not: { leaf: today } });
    expect(where('changed:(today OR yesterday)')).toEqual({
      or: [{ leaf: today }, { leaf: leaf('changed:yesterday') }],
    });
  });

  test.each(['changed:teatime', 'changed:>', 'changed:1..2..3', 'changed:', 'changed:a..b', 'changed:>>now'])(
    '%s is literal',
    (text) => {
      const { notices, where: plan } = resolve(parse(text), NOW);
      expect(notices).toEqual([expect.objectContaining({ code: 'taken-literally' })]);
      expect(JSON.stringify(plan)).not.toContain('"changed"');
    },
  );
});

describe('notices', () => {
  test.each([
    ['pakage:nginx', 'did you mean package:'],
    ['foo:bar', 'there is no field foo'],
    ['kind: Pod', 'kind: has no value'],
    ['path:"x', 'the quote has no partner'],
    ['File:nginx', 'file: takes conditions in parentheses'],
    ['*.*', 'nothing is left to be found'],
    [`/${'a{900}'.repeat(6)}/`, 'no regular expression (it repeats too much)'],
    ['a*'.repeat(51), 'more than 50 wildcards'],
    ['version:>', 'version: compares with a version'],
    ['port:>http', 'port: compares with a number'],
    ['path:>=/etc', 'values of path: have no order'],
    ['/etc/nginx/', String.raw`a regular expression is written /etc\/nginx/`],
    ['/var/', 'a regular expression is written /(var)/'],
    ['/a[/', 'no regular expression (missing closing ]'],
    ['/x++/', 'no regular expression (invalid nested repetition'],
    ['command:/(?=x)/', 'no regular expression (invalid'],
    ['/(((a{90}){90}){90})/', 'no regular expression ('],
  ])('%s', (text, message) => {
    const { notices } = resolve(parse(text), NOW);
    expect(notices).toEqual([expect.objectContaining({ code: 'taken-literally' })]);
    expect(notices[0]?.message).toContain(message);
  });

  test.each<[string, string, string]>([
    ['/nginx/', 'read-as-regex', 'write "/nginx/" in quotes'],
    ['10.1.2.*', 'read-as-network', '10.1.2.0/24'],
    ['*', 'finds-everything', 'write "*" in quotes'],
    ['path:/etc/nginx/', 'read-as-path', 'path:/etc/nginx/* finds what lies below'],
  ])('%s is told as %s', (text, code, message) => {
    const { notices } = resolve(parse(text), NOW);
    expect(notices).toEqual([expect.objectContaining({ code })]);
    expect(notices[0]?.message).toContain(message);
  });

  test.each([
    'db1:5432',
    'aa:bb:cc:dd:ee:ff',
    'https://x.org',
    String.raw`C:\x`,
    'fe80::1',
    '12:30',
    'std::map',
    'file:///etc/passwd',
    'https://user:secret@example.org:8443/a?b=c#d',
    '/etc/*/x.conf',
    'char*',
  ])('%s is what it looks like', (text) => expect(resolve(parse(text), NOW).notices).toEqual([]));
});
