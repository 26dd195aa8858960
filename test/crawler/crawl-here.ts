// Crawls a tree in the process of the test, at an instant and with a manifest of its choice.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ContentLines } from '../../crawler/contents/content-lines.ts';
import { extract } from '../../crawler/extract.ts';
import { extractorsOf } from '../../crawler/extractors/registry.ts';
import { FrameWriter } from '../../crawler/frame-writer.ts';
import { Recrawl } from '../../crawler/manifest/recrawl.ts';
import { publishFrame } from '../../crawler/spool.ts';
import { openTree } from '../../crawler/views/tree/tree-view.ts';
import type { SystemView } from '../../crawler/views/view.ts';
import { CrawlConfiguration } from '../../schemas/configuration.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { FrameHeader } from '../../schemas/frame.ts';
import { CRAWLER, parseFrame, type Frame } from './frames.ts';

export const SYSTEM = { id: 'rootfs:h/x', kind: 'host' as const, name: 'x', labels: {} };
const FEATURES: Feature[] = ['os', 'package', 'file'];
const configuration = CrawlConfiguration.parse({ maxFileBytes: 3000 });
const { signal } = new AbortController();

/** What is crawled, and how. */
export interface CrawlHere {
  readonly root: string;
  readonly at: Date;
  /** Of the frame. */
  readonly id: string;
  /** The manifest before, and the next one; the frame lies beside it. */
  readonly base: string | null;
  readonly next: string;
  readonly identity?: string;
  /** Directories that cannot be read. */
  readonly blind?: readonly string[];
}

/** As if directories could not be read. */
function blinded(view: SystemView, blind: readonly string[], report: FrameWriter): SystemView {
  const isHidden = (path: string): boolean => blind.some((one) => path.startsWith(`${one}/`));
  return {
    capabilities: view.capabilities,
    close: () => view.close(),
    async read(requests, accept, until) {
      const seen: typeof accept = (file) => {
        if (!isHidden(file.entry.path)) accept(file);
      };
      await view.read(requests, seen, until);
    },
    async walk(visitor, until) {
      for (const path of blind)
        report.problem({ code: 'UNFOLD_UNREADABLE', extractor: 'tree', path, message: 'cannot be read' });
      const found: typeof visitor.found = (entry, content) => {
        if (!isHidden(entry.path)) visitor.found(entry, content);
      };
      await view.walk({ want: (entry) => (isHidden(entry.path) ? 0 : visitor.want(entry)), found }, until);
    },
  };
}

/** The frame, and where it lies. */
export async function crawlHere(order: CrawlHere): Promise<{ frame: Frame; file: string }> {
  const { root, at, id, base, next, identity = 'same', blind = [] } = order;
  const header: FrameHeader = {
    schema: 'unfold.frame/1',
    id,
    system: SYSTEM,
    at: at.toISOString(),
    features: FEATURES,
    crawler: CRAWLER,
  };
  const scratch = dirname(next);
  const file = `${next}.ndjson`;
  const place = { temporary: `${file}.tmp`, finished: file, manifest: next, scratch };
  await publishFrame(place, async (fd) => {
    const recrawl = new Recrawl(header, identity, { base, next });
    const writer = new FrameWriter(fd, header, recrawl);
    const contents = new ContentLines(fd, configuration.maxFileBytes);
    const context = { scratch, dataFolder: join(scratch, 'none'), report: writer, signal };
    const view = await openTree(root, { ...context, privateMounts: false, notice: () => undefined });
    await extract(blinded(view, blind, writer), {
      extractors: await extractorsOf(FEATURES),
      features: FEATURES,
      crawl: configuration,
      writer,
      contents,
      signal,
      phase: () => undefined,
      seen: () => undefined,
    });
    await view.close();
    writer.end(new Date());
    recrawl.finish();
  });
  return { frame: parseFrame(readFileSync(file, 'utf8')), file };
}
