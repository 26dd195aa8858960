// Writes a fleet's frames as NDJSON, for `unfold index -`.
// Run: node bench/fleet/write.ts [--systems N] [--files N] [--unique SHARE] [--crawls N] [--mutation SHARE] [--seed N] [--deltas]
import { once } from 'node:events';
import { ndjsonLine } from '../../test/conformance/search-engine/frames.ts';
import { Fleet } from './fleet.ts';
import { fleetOptions } from './options.ts';

/** Written at once. */
const CHUNK = 65_536;

const options = fleetOptions();
const fleet = new Fleet(options);
// Whoever reads may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

let chunk = '';
async function flush(): Promise<void> {
  if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  chunk = '';
}

for (let crawl = 0; crawl < options.crawls; crawl++) {
  for (let system = 0; system < options.systems; system++) {
    for (const line of fleet.frame(system, crawl, options.deltas ? 'delta' : 'full')) {
      chunk += ndjsonLine(line);
      if (chunk.length > CHUNK) await flush();
    }
  }
}
await flush();
