// One field name, one type, and a place that really exists in the entries.
import { Feature } from '../../schemas/entries.ts';
import { FEATURES } from '../../indexer/engines/feature-order.ts';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { ENTRY_SCHEMAS } from '../../schemas/entries.ts';
import { FIELDS } from '../../schemas/fields.ts';
import { SystemRef } from '../../schemas/system.ts';

test('field names are unique', () => {
  const names = FIELDS.map((field) => field.name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(FIELDS)('$name points at a property of its feature', ({ feature, pointer }) => {
  let schema: unknown = z.toJSONSchema(feature === 'system' ? SystemRef : ENTRY_SCHEMAS[feature]);
  for (const step of pointer.split('.')) {
    const { properties } = schema as { properties?: Record<string, unknown> };
    expect(Object.keys(properties ?? {})).toContain(step);
    schema = properties?.[step];
  }
});

test('every example begins with its field', () => {
  for (const { name, example } of FIELDS) expect(example.startsWith(`${name}:`)).toBe(true);
});

test('answers have features in the order of the catalogue', () => {
  expect(FEATURES).toEqual(Feature.options);
});
