// The process that crawls one system: order as JSON on stdin, messages as NDJSON on stdout, the frame into the spool.
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { UnfoldError } from '../schemas/error.ts';
import type { FrameEnd } from '../schemas/frame.ts';
import { crawlSystem, type CrawlOrder } from './crawl-system.ts';
import { FrameWriter } from './frame-writer.ts';
import { crawlIdentity } from './manifest/identity.ts';
import { Recrawl, type ManifestPlaces } from './manifest/recrawl.ts';
import { problemOf } from './problem-of.ts';
import { publishFrame, type SpoolPlace } from './spool.ts';
import { WorkerReport, type WorkerMessage } from './worker-report.ts';

/** What a worker is told. */
export interface WorkerOrder {
  readonly crawl: CrawlOrder;
  readonly place: SpoolPlace;
  /** null: the frame is whole, and nothing is remembered for the next. */
  readonly manifests: ManifestPlaces | null;
  /** Process id of the parent: where it is gone, nobody waits for the frame. */
  readonly parent: number;
}

/** Priority among processes: others go first. */
const NICE = 10;

/** Crawls into the spool. */
function crawlInto({ crawl, place, manifests }: WorkerOrder, report: WorkerReport): Promise<FrameEnd> {
  const controller = new AbortController();
  process.once('SIGTERM', () =>
    controller.abort(new UnfoldError('UNFOLD_CRAWL_ABORTED', 'the crawl was ended')),
  );
  const { system, header, crawl: configuration } = crawl;
  const recrawl = manifests && new Recrawl(header, crawlIdentity(system.place, configuration), manifests);
  return publishFrame(place, async (fd) => {
    const writer = new FrameWriter(fd, header, recrawl);
    report.watch(writer.written);
    const end = await crawlSystem(crawl, writer, report, controller.signal);
    recrawl?.finish();
    return end;
  });
}

async function main(): Promise<void> {
  setPriority(NICE);
  const order = JSON.parse(readFileSync(0, 'utf8')) as WorkerOrder;
  const report = new WorkerReport(order.parent);
  let last: WorkerMessage;
  try {
    const end = await crawlInto(order, report);
    last = { done: { end, phases: report.phases(), peakRssBytes: process.resourceUsage().maxRSS * 1024 } };
  } catch (error) {
    const { code, message } = problemOf(error, 'crawl');
    last = { failed: { code, message } };
  }
  report.send(last);
  process.exit(0);
}

await main();
