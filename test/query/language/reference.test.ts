// The reference says what is true: its examples parse without a word, to what they are examples of.
import { describe, expect, test } from '@jest/globals';
import { FieldsAnswer } from '../../../schemas/api.ts';
import { Feature } from '../../../schemas/entries.ts';
import { FIELDS } from '../../../schemas/fields.ts';
import { parse } from '../../../query/language/parse.ts';
import { reference } from '../../../query/language/reference.ts';
import { resolve } from '../../../query/language/resolve.ts';
import { leavesOf } from '../../../query/language/simplify.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const { syntax, groups, types, fields } = reference();

function meaning(query: string) {
  const { where, at, notices } = resolve(parse(query), NOW);
  expect(notices).toEqual([]);
  return { where, at, leaves: leavesOf(where) };
}

test('has every field, type and feature', () => {
  expect(FieldsAnswer.parse(reference())).toEqual(reference());
  expect(fields.map(({ name }) => name)).toEqual(FIELDS.map(({ name }) => name));
  expect(groups.map(({ feature }) => feature)).toEqual(Feature.options);
  expect(types.map(({ type }) => type)).toEqual([...new Set(fields.map(({ type }) => type))]);
});

/** What the plan of each example has to show. */
const SHOWN: Readonly<Record<string, string[]>> = {
  'nginx 10.20.30.40': ['"word":"nginx"', '"leaf":"address"'],
  '"listen 443"': ['"leaf":"phrase"'],
  'nginx* *conn* db-?': ['"leaf":"regex"'],
  '/max_\\w+ = \\d+/': ['"leaf":"regex"'],
  '10.20.0.0/16': ['"leaf":"address"', '"containing"'],
  'package:nginx': ['"field":"package"', '"op":"is"'],
  'package:(nginx OR apache2)': ['"or"', '"field":"package"'],
  'owner:*': ['"op":"exists"'],
  'package:openssl version:<3.0.11': ['"fact":{"feature":"package"', '"op":"<"'],
  'port:8000..8999': ['"fact":{"feature":"connection"', '"op":">="', '"op":"<="'],
  'file:(path:/etc/** 10.1.2.3)': ['"fact":{"feature":"file"', '"leaf":"address"', '"op":"glob"'],
  '-path:/tmp/* NOT nginx': ['"not":{"leaf":{"leaf":"field"', '"not":{"leaf":{"leaf":"word"'],
  'nginx OR (apache2 -os:alpine)': ['"or"', '"not"'],
  'nginx at:yesterday': ['"word":"nginx"'],
  'changed.package:now-1d': ['"leaf":"changed"', '"feature":"package"'],
};

test.each(syntax)('$query: $finds', ({ query }) => {
  const { where, at } = meaning(query);
  expect(SHOWN[query]).toBeDefined();
  for (const part of SHOWN[query] ?? []) expect(JSON.stringify(where)).toContain(part);
  expect(at !== null).toBe(query.includes('at:'));
});

test.each(groups)('$example is on one $feature', ({ feature, example }) => {
  const { where } = meaning(example);
  expect(where).toMatchObject({ fact: { feature } });
});

describe('fields', () => {
  test.each(fields.flatMap(({ name, examples }) => examples.map((example) => ({ name, example }))))(
    '$example',
    ({ name, example }) => {
      expect(example.startsWith(`${name}:`)).toBe(true);
      const { leaves } = meaning(example);
      expect(leaves.length).toBeGreaterThan(0);
      for (const leaf of leaves) {
        if (name === 'content') expect(leaf).toMatchObject({ within: 'content' });
        else expect(leaf).toMatchObject({ field: name });
      }
    },
  );

  test.each([
    ['keyword', ['regex']],
    ['path', ['glob']],
    ['version', ['<', '>=']],
    ['number', ['>=', '<=']],
  ])('of type %s show %j', (type, expected) => {
    for (const { type: own, examples } of fields) {
      if (own !== type) continue;
      const operators = examples.flatMap((example) =>
        meaning(example).leaves.map((leaf) => ('op' in leaf ? leaf.op : '')),
      );
      expect(operators).toEqual(expect.arrayContaining(expected));
    }
  });
});
