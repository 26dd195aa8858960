// Every registered extractor is one, and has a system it finds something in.
import { expect, test } from '@jest/globals';
import { EXTRACTORS } from '../../../crawler/extractors/registry.ts';
import { Feature } from '../../../schemas/entries.ts';
import { extractorConformance } from '../../conformance/extractor.ts';
import { makeImageSystem } from '../small-system.ts';

test('names are unique, features are known', () => {
  expect(new Set(EXTRACTORS.map(({ name }) => name)).size).toBe(EXTRACTORS.length);
  for (const { feature } of EXTRACTORS) expect(Feature.options).toContain(feature);
});

for (const extractor of EXTRACTORS) extractorConformance(extractor, makeImageSystem);
