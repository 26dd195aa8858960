// A problem keeps open what it puts in doubt, and nothing else.
import { expect, test } from '@jest/globals';
import { extractorsOf } from '../../crawler/extractors/registry.ts';
import { Closing } from '../../indexer/closing.ts';
import { Feature } from '../../schemas/entries.ts';
import type { FrameHeader } from '../../schemas/frame.ts';

const header: FrameHeader = {
  schema: 'unfold.frame/1',
  id: '0b54a1f6-9c1c-4ad6-8a43-0a5cb0a0d7aa',
  system: { id: 'rootfs:h/a', kind: 'host', name: 'a', labels: {} },
  at: '2026-01-01T00:00:00.000Z',
  features: ['os', 'package', 'file'],
  crawler: { version: '0', host: 'h' },
};

test('a problem of an extractor puts in doubt the feature it yields', async () => {
  const extractors = await extractorsOf(Feature.options);
  expect(extractors.length).toBeGreaterThan(3);
  for (const { name, feature } of extractors) {
    const closing = new Closing(header);
    closing.problem({ code: 'UNFOLD_MALFORMED', extractor: name, message: 'm' });
    for (const other of header.features)
      expect([name, other, closing.ends(other, 'k')]).toEqual([name, other, other !== feature]);
  }
});
