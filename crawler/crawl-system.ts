// Crawls one system into a frame: opens it, runs the extractors, closes it. Runs in the worker.
import type { CrawlConfiguration } from '../schemas/configuration.ts';
import type { FrameEnd, FrameHeader } from '../schemas/frame.ts';
import { ContentLines } from './contents/content-lines.ts';
import { extract } from './extract.ts';
import { extractorsOf } from './extractors/registry.ts';
import type { FrameWriter } from './frame-writer.ts';
import { problemOf } from './problem-of.ts';
import { sourceOf } from './sources/registry.ts';
import type { FoundSystem } from './sources/source.ts';
import type { Report, SystemView } from './views/view.ts';

/** What to crawl, and with what. Plain data, handed to a worker as JSON. */
export interface CrawlOrder {
  readonly system: FoundSystem;
  readonly header: FrameHeader;
  readonly crawl: CrawlConfiguration;
  readonly dataFolder: string;
  readonly scratch: string;
  readonly privateMounts: boolean;
}

/** Told what happens while a crawl is under way. */
export interface CrawlListener {
  notice(message: string): void;
  phase(name: string): void;
  /** Called with every path of the walk, and the bytes of its content if it was read. */
  seen(contentBytes: number | null): void;
}

/**
 * Crawls one system and completes its frame: `failed` where the system cannot be opened. Throws the signal's reason,
 * and what keeps the frame from being written; the frame has no closing line then.
 */
export async function crawlSystem(
  order: CrawlOrder,
  writer: FrameWriter,
  listener: CrawlListener,
  signal: AbortSignal,
): Promise<FrameEnd> {
  const { system, header, crawl } = order;
  let view: SystemView;
  listener.phase('open');
  try {
    view = await open(order, writer, listener, signal);
  } catch (error) {
    signal.throwIfAborted();
    writer.problem(problemOf(error, system.scheme));
    return writer.end(new Date(), true);
  }
  const contents = new ContentLines(writer.fd, crawl.maxFileBytes);
  try {
    await extract(view, {
      extractors: await extractorsOf(header.features),
      features: header.features,
      crawl,
      writer,
      contents,
      signal,
      phase: (name) => listener.phase(name),
      seen: (contentBytes) => listener.seen(contentBytes),
    });
  } finally {
    listener.phase('close');
    await contents.close();
    await view.close();
  }
  return writer.end(new Date());
}

async function open(
  { system, crawl, scratch, dataFolder, privateMounts }: CrawlOrder,
  report: Report,
  listener: CrawlListener,
  signal: AbortSignal,
): Promise<SystemView> {
  const source = await sourceOf(system.scheme);
  return source.open(system, {
    crawl,
    scratch,
    dataFolder,
    privateMounts,
    report,
    signal,
    notice: (message) => listener.notice(message),
    phase: (name) => listener.phase(name),
  });
}
