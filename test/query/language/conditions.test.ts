// What patterns, comparisons and addresses in fields become.
import { describe, expect, test } from '@jest/globals';
import type { FactNode, PlanNode } from '../../../schemas/plan.ts';
import { matchText } from '../../../indexer/terms/match.ts';
import { parse } from '../../../query/language/parse.ts';
import { resolve } from '../../../query/language/resolve.ts';
import { leavesOf } from '../../../query/language/simplify.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');

function where(text: string): PlanNode {
  return resolve(parse(text), NOW).where;
}

const field = (name: string, op: string, value: string) =>
  ({ leaf: { leaf: 'field', field: name, op, value } }) as FactNode;

/** What a query of one leaf marks in a text. */
function marked(query: string, text: string): string[] {
  const [leaf] = leavesOf(where(query));
  return leaf === undefined ? [] : matchText(leaf, text).map(([start, end]) => text.slice(start, end));
}

describe('wildcards in words', () => {
  test.each<[string, string, string[]]>([
    ['nginx*', 'nginx-common xnginx Nginx', ['nginx', 'Nginx']],
    ['*conn*', 'max_connections reconnect', ['conn', 'conn']],
    ['*conn', 'reconn conns', ['conn']],
    ['db-?', 'db-1 db-12 xdb-1 db-2', ['db-1', 'db-2']],
    ['a*z', 'a-z a z abz', ['a-z', 'abz']],
    ['/etc/*.conf', 'see /etc/a/b.conf, /etc/c.config', ['/etc/a/b.conf']],
    ['?b', 'ab b cab', ['ab']],
    ['ö*', 'Öl öde', ['Ö', 'ö']],
    ['$x*', 'a$xy', ['$x']],
    ['http://x/*', 'http://x/?a', ['http://x/']],
    ['http://x/?a*', 'http://x/?ab http://x/yab', ['http://x/?a']],
  ])('%s', (query, text, expected) => expect(marked(query, text)).toEqual(expected));

  test('nothing but wildcards', () => {
    expect(where('**')).toEqual({ all: true });
    expect(where('NOT *')).toEqual({ not: { all: true } });
    expect(where('file:(*)')).toEqual(where('file:(* OR *)'));
  });

  test('addresses', () => {
    expect(where('10.1.2.*')).toEqual(where('10.1.2.0/24 OR "10.1.2.*"'));
    expect(where('10.*.*.*')).toEqual(where('10.0.0.0/8 OR "10.*.*.*"'));
    expect(where('10.0.0.0 255.0.0.0')).toEqual(where('10.0.0.0/8'));
    expect(where('10.1.2.3 10.1.2.4')).toEqual(where('10.1.2.3 AND 10.1.2.4'));
    expect(where('remote:10.1.*.*')).toEqual(where('remote:10.1.0.0/16'));
    expect(where('remote:10.1.*')).toEqual(field('remote', 'glob', '10.1.*'));
    expect(JSON.stringify(where('10.1.2.300.*'))).toContain('regex');
  });
});

describe('regular expressions', () => {
  test.each<[string, unknown]>([
    ['/a+b/', { leaf: 'regex', pattern: 'a+b', within: 'any' }],
    ['content:/a b+/', { leaf: 'regex', pattern: 'a b+', within: 'content' }],
    ['command:/--x \\d+/', { leaf: 'field', field: 'command', op: 'regex', value: '--x \\d+' }],
    ['path:/\\.conf$/', { leaf: 'field', field: 'path', op: 'regex', value: '\\.conf$' }],
    ['path:/srv/', { leaf: 'field', field: 'path', op: 'is', value: '/srv' }],
    ['path:/', { leaf: 'field', field: 'path', op: 'is', value: '/' }],
    ['/a[/', { leaf: 'phrase', text: '/a[/', within: 'any' }],
    ['owner:/x++/', { leaf: 'field', field: 'owner', op: 'is', value: '/x++/' }],
  ])('%s', (text, leaf) => expect(where(text)).toEqual({ leaf }));
});

describe('comparisons', () => {
  test.each([
    ['version:<3.0.11', field('version', '<', '3.0.11')],
    ['version:"<3.0.11"', field('version', 'is', '<3.0.11')],
    ['version:=1.2', field('version', 'is', '1.2')],
    ['port:>=1024', field('port', '>=', '1024')],
    ['port:> 1024', field('port', '>', '1024')],
    ['port:1024..', field('port', '>=', '1024')],
    ['port:..1024', field('port', '<=', '1024')],
    ['port:*..1024', field('port', '<=', '1024')],
    ['port:..', field('port', 'is', '..')],
    ['version:>=1.*', field('version', 'is', '>=1.*')],
    ['kernel:6.1..6.9', { fact: { feature: 'os', where: both('kernel', '6.1', '6.9') } }],
    ['port:1..1024', { fact: { feature: 'connection', where: both('port', '1', '1024') } }],
    ['port:(>=1 <=1024)', { fact: { feature: 'connection', where: both('port', '1', '1024') } }],
    ['connection:(port:1..9)', { fact: { feature: 'connection', where: both('port', '1', '9') } }],
    ['path:/a/../b', field('path', 'is', '/a/../b')],
    ['command:a..b', field('command', 'is', 'a..b')],
  ])('%s', (text, plan) => expect(where(text)).toEqual(plan));

  function both(name: string, from: string, to: string): FactNode {
    return { and: [field(name, '>=', from), field(name, '<=', to)] };
  }
});

describe('addresses in fields', () => {
  const range = (name: string, low: string, high: string) => ({
    leaf: {
      leaf: 'address',
      low: `00000000000000000000ffff${low}`,
      high: `00000000000000000000ffff${high}`,
      relations: ['exact', 'contained'],
      field: name,
    },
  });

  test.each([
    ['remote:10.0.0.0/8', range('remote', '0a000000', '0affffff')],
    ['local:127.0.0.1', range('local', '7f000001', '7f000001')],
    ['ip:"10.0.0.1"', range('ip', '0a000001', '0a000001')],
    ['ip:10.0.0.1-10.0.0.9', range('ip', '0a000001', '0a000009')],
    ['ip:10.0.0.1..10.0.0.9', range('ip', '0a000001', '0a000009')],
    ['remote:::ffff:10.0.0.1', range('remote', '0a000001', '0a000001')],
    ['remote:*', { leaf: { leaf: 'field', field: 'remote', op: 'exists' } }],
    ['remote:db1', field('remote', 'is', 'db1')],
    ['ip:10.0.0.1:80', field('ip', 'is', '10.0.0.1:80')],
    [
      'remote:10.0.0.1:0443',
      {
        fact: {
          feature: 'connection',
          where: { and: [range('remote', '0a000001', '0a000001'), field('remote-port', 'is', '443')] },
        },
      },
    ],
  ])('%s', (text, plan) => expect(where(text)).toEqual(plan));
});
