// Rebuilds the index of a data folder again and again and says so line by line: node rebuild-child.ts FOLDER
import { writeSync } from 'node:fs';
import { rebuildEmbedded } from '../../../indexer/engines/embedded/rebuild.ts';

const [folder = ''] = process.argv.slice(2);
writeSync(1, 'ready\n');
for (;;) {
  await rebuildEmbedded(folder, () => undefined, new AbortController().signal);
  writeSync(1, 'rebuilt\n');
}
