// Conditions in parentheses that one fact satisfies, and versions that are of the package beside them.
import { describe, expect, test } from '@jest/globals';
import type { FactNode, PlanNode } from '../../../schemas/plan.ts';
import { parse } from '../../../query/language/parse.ts';
import { resolve } from '../../../query/language/resolve.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');

function where(text: string): PlanNode {
  return resolve(parse(text), NOW).where;
}

function codes(text: string): string[] {
  return resolve(parse(text), NOW).notices.map(({ code }) => code);
}

const is = (field: string, value: string) =>
  ({ leaf: { leaf: 'field', field, op: 'is', value } }) satisfies PlanNode;

function group(feature: 'file' | 'package' | 'process' | 'connection' | 'os', fact: FactNode): PlanNode {
  return { fact: { feature, where: fact } };
}

const NOTHING = { not: { all: true } };
const ANY_FILE: FactNode = { leaf: { leaf: 'feature', feature: 'file' } };

describe('groups', () => {
  test.each<[string, PlanNode]>([
    ['file:(owner:root mode:4755)', group('file', { and: [is('owner', 'root'), is('mode', '4755')] })],
    [
      'file:(owner:root OR -group:shadow)',
      group('file', { and: [ANY_FILE, { or: [is('owner', 'root'), { not: is('group', 'shadow') }] }] }),
    ],
    ['package:(name:nginx source:nginx)', where('package:(nginx source:nginx)')],
    ['package:(name:nginx)', is('package', 'nginx')],
    ['file:(-owner:root)', group('file', { and: [ANY_FILE, { not: is('owner', 'root') }] })],
    ['file:(-(-owner:root))', is('owner', 'root')],
    ['-file:(owner:root)', { not: is('owner', 'root') }],
    ['file:(file:(owner:root) mode:4755)', where('file:(owner:root mode:4755)')],
    ['process:(nginx user:root)', group('process', { and: [is('process', 'nginx'), is('user', 'root')] })],
    ['package:(nginx AND redis)', { and: [is('package', 'nginx'), is('package', 'redis')] }],
    ['package:(nginx -redis)', { and: [is('package', 'nginx'), { not: is('package', 'redis') }] }],
    ['os:(debian version:12)', group('os', { and: [is('os', 'debian'), is('os.version', '12')] })],
    [
      'file:(Nginx "a b")',
      group('file', {
        and: [
          { leaf: { leaf: 'word', word: 'nginx', within: 'any', feature: 'file' } },
          { leaf: { leaf: 'phrase', text: 'a b', within: 'any', feature: 'file' } },
        ],
      }),
    ],
  ])('%s', (text, plan) => {
    expect(where(text)).toEqual(plan);
    expect(codes(text)).toEqual([]);
  });

  test('addresses, patterns and changes are of the fact', () => {
    const plan = JSON.stringify(where('connection:(10.1.2.3 ngin* /a|b/ changed:>now-1d)'));
    expect(plan.match(/"feature":"connection"/g)).toHaveLength(7);
    expect(JSON.stringify(where('process:(nginx 10.1.2.3)'))).toContain('"leaf":"address"');
  });

  test.each([
    ['file:(path:/etc/* package:nginx)', 'did you mean owned-by:'],
    ['connection:(process:sshd port:22)', 'did you mean held-by:'],
    ['file:(kind:vm)', 'of a system'],
    ['file:(changed.package:today)', 'another feature, package'],
    ['file:(process:(user:root))', 'another feature, process'],
  ])('%s cannot hold, and the answer says so', (text, message) => {
    const { where: plan, notices } = resolve(parse(text), NOW);
    expect(plan).toEqual(NOTHING);
    expect(notices).toEqual([expect.objectContaining({ code: 'never-holds' })]);
    expect(notices[0]?.message).toContain(message);
  });

  test('what cannot hold is no reason against the rest', () => {
    expect(where('file:(owner:root OR kind:vm)')).toEqual(is('owner', 'root'));
  });
});

describe('the version of a package', () => {
  test.each<[string, string]>([
    ['package:openssl version:<3.0.11', 'package:(package:openssl version:<3.0.11)'],
    ['version:<3.0.11 package:openssl', 'package:(package:openssl version:<3.0.11)'],
    ['source:openssl version:1..2 kind:vm', 'package:(source:openssl version:1..2) kind:vm'],
    ['package:(a OR b) version:>1 version:<2', 'package:(package:(a OR b) version:>1 version:<2)'],
    ['(package:a OR source:b) version:<2', 'package:((package:a OR source:b) version:<2)'],
    ['package:a (version:<2 OR version:>3)', 'package:(package:a (version:<2 OR version:>3))'],
    ['-(package:a version:<2)', '-package:(package:a version:<2)'],
    ['package:a version:<2 OR package:b version:<3', 'package:(a version:<2) OR package:(b version:<3)'],
    ['at:now package:a version:<2', 'package:(a version:<2)'],
  ])('%s', (text, same) => {
    expect(where(text)).toEqual(where(same));
    expect(where(text)).not.toEqual(where('package:a'));
    expect(codes(text)).toEqual([]);
  });

  test('what may surprise is said', () => {
    expect(where('package:a -version:2')).toEqual(
      group('package', { and: [is('package', 'a'), { not: is('version', '2') }] }),
    );
    for (const text of [
      'nginx version:2',
      'package:a -version:2',
      'package:a package:b version:2',
      'os:debian version:12',
    ])
      expect(codes(text)).toEqual(['version-of-package']);
  });

  test.each([
    'package:a package:b version:2',
    'package:a OR version:2',
    '-package:a version:2',
    'nginx version:2',
  ])('%s binds nothing', (text) => expect(JSON.stringify(where(text))).not.toContain('"fact"'));
});
