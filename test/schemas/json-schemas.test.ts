// The committed JSON Schemas are those the zod schemas generate, and mean the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchemas } from '../../schemas/generate.ts';

const folder = join(import.meta.dirname, '../../schemas/json');

describe('schemas/json', () => {
  test('is what `npm run generate` writes', () => {
    const generated = jsonSchemas();
    expect(readdirSync(folder).sort()).toEqual([...generated.keys()].sort());
    for (const [name, text] of generated) expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });

  test.each(readdirSync(folder))('%s is valid JSON Schema 2020-12', (name) => {
    const schema = JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(() => ajv.compile(schema)).not.toThrow();
  });
});
