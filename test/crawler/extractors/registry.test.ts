// Every registered extractor is one, and has a system it finds something in.
import { expect, test } from '@jest/globals';
import { extractorsOf } from '../../../crawler/extractors/registry.ts';
import { Feature } from '../../../schemas/entries.ts';
import { extractorConformance } from '../../conformance/extractor.ts';
import { makeImageSystem } from '../small-system.ts';

const extractors = await extractorsOf(Feature.options);

test('are registered under the features they have, by names of their own', async () => {
  expect(new Set(extractors.map(({ name }) => name)).size).toBe(extractors.length);
  for (const feature of Feature.options) {
    for (const extractor of await extractorsOf([feature])) expect(extractor.feature).toBe(feature);
  }
});

// What runs is no matter of files: live.test.ts.
for (const extractor of extractors)
  if (extractor.requires.includes('files')) extractorConformance(extractor, makeImageSystem);
