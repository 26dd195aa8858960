// Opens a disk and walks it, until it is killed: the other side of the appliance tests. Tells its steps as NDJSON.
import { diskChain } from '../../../crawler/views/appliance/chain.ts';
import { openDisk } from '../../../crawler/views/appliance/appliance-view.ts';
import { CrawlConfiguration } from '../../../schemas/configuration.ts';

/** What the child is told as its argument, in JSON. */
export interface ChildOrder {
  readonly image: string;
  readonly format: 'raw' | 'qcow2';
  readonly dataFolder: string;
  readonly scratch: string;
}

const tell = (step: object): void => void process.stdout.write(`${JSON.stringify(step)}\n`);
const order = JSON.parse(process.argv[2] ?? '') as ChildOrder;
const { signal } = new AbortController();
const view = await openDisk(diskChain(order.image, order.format, []), {
  crawl: CrawlConfiguration.parse({}),
  scratch: order.scratch,
  dataFolder: order.dataFolder,
  signal,
  privateMounts: false,
  report: { problem: (problem) => tell({ problem }), leftOut: (left) => tell({ left }) },
  notice: (notice) => tell({ notice }),
  phase: (phase) => tell({ phase }),
});
for (;;) {
  await view.walk(
    {
      want: () => 1024 * 1024,
      found({ path }, content) {
        const text = content && 'bytes' in content ? content.bytes.toString('utf8', 0, 16) : content?.skip;
        tell({ path, ...(text !== undefined && { text }) });
      },
    },
    signal,
  );
  tell({ walked: true });
}
