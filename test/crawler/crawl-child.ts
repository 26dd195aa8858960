// A crawl as a process of its own: `node crawl-child.ts DATA TARGET…`; prints a line per frame, then the notices.
import { crawl } from '../../crawler/crawl.ts';
import { sourceOfTarget } from '../../crawler/sources/registry.ts';
import type { FoundSystem } from '../../crawler/sources/source.ts';
import { openSpool } from '../../crawler/spool.ts';
import { CrawlConfiguration } from '../../schemas/configuration.ts';

/** The path to start. */
export const CRAWL_CHILD = import.meta.filename;

if (import.meta.main) {
  const [data = '', ...targets] = process.argv.slice(2);
  const spool = openSpool(data);
  const systems: FoundSystem[] = [];
  for (const target of targets) {
    systems.push(...(await (await sourceOfTarget(target)).list({ target, labels: {} }, 'testhost')));
  }
  const notices: string[] = [];
  const options = {
    spool,
    crawler: { version: '0.0.0', host: 'testhost' },
    crawl: CrawlConfiguration.parse({}),
    notice: (message: string) => void notices.push(message),
  };
  for await (const { file, end } of crawl(systems, options))
    console.log(JSON.stringify({ file, status: end.status }));
  console.log(JSON.stringify({ notices }));
}
