// The tree view is a system view.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { openTree } from '../../../crawler/views/tree/tree-view.ts';
import { systemViewConformance } from '../../conformance/system-view.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-tree-'));
afterAll(() => rmSync(folder, { recursive: true }));

systemViewConformance('a directory tree', async (populate, report) => {
  const root = mkdtempSync(join(folder, 'root-'));
  populate(root);
  return openTree(root, {
    scratch: folder,
    dataFolder: join(folder, 'data'),
    report,
    signal: new AbortController().signal,
    privateMounts: false,
    notice: () => undefined,
  });
});
