// The official schema of CycloneDX 1.6 takes our documents, whatever is on a system.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { file, installed, os } from '../../conformance/search-engine/frames.ts';
import { withFleet } from '../setting.ts';
import { document, SHA256, WEB1 } from './documents.ts';

/** The official schema, as the library of CycloneDX brings it along; formats of strings are not part of what is checked. */
function officialSchema(): ValidateFunction {
  const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json');
  const read = (name: string): object =>
    JSON.parse(
      readFileSync(join(dirname(library), 'res/schema', `${name}.SNAPSHOT.schema.json`), 'utf8'),
    ) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  return ajv.compile(read('bom-1.6'));
}

test('documents are valid', async () => {
  const isCycloneDx = officialSchema();
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const name = fc.string({ minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(name, name, text, text, fc.boolean(), async (called, version, said, path, isPartial) => {
      const maintainers = [said, 'A <a@b>', '<a@b>', 'A <<a@b>>'];
      const entries = [
        os('debian', '12'),
        ...maintainers.map((maintainer, index) =>
          installed(`${called}${index}`, version, {
            maintainer,
            description: said,
            source: { name: said, version: said },
          }),
        ),
        file(`/${path}`, undefined, { hash: { sha256: SHA256 }, package: { name: called } }),
      ];
      const problems = isPartial
        ? [{ code: 'UNFOLD_UNREADABLE', extractor: 'file', path: said, message: said }]
        : [];
      await withFleet([{ ...WEB1, entries, problems }], async (engine) => {
        const { json } = await document(engine, 'cyclonedx', { files: true });
        expect([isCycloneDx(json), isCycloneDx.errors]).toEqual([true, null]);
        expect(json['components']).toHaveLength(6);
      });
    }),
    { numRuns: 30 },
  );
});
