// Crawls systems, each in a process of its own, and hands over their frames as they are finished.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { CrawlConfiguration } from '../schemas/configuration.ts';
import { UnfoldError, type ErrorCode } from '../schemas/error.ts';
import { FRAME_SCHEMA, type FrameEnd, type FrameHeader } from '../schemas/frame.ts';
import type { SystemRef } from '../schemas/system.ts';
import { FrameWriter } from './frame-writer.ts';
import type { ManifestStore } from './manifest/manifest-store.ts';
import type { ManifestPlaces } from './manifest/recrawl.ts';
import type { FoundSystem } from './sources/source.ts';
import { publishFrame, type Spool, type SpoolPlace } from './spool.ts';
import { runWorker, type Failure } from './worker-process.ts';
import type { CrawlProgress } from './worker-report.ts';

/** A frame in the spool, finished. Discard it when it is indexed. */
export interface CrawledFrame {
  readonly system: SystemRef;
  readonly file: string;
  readonly end: FrameEnd;
  /** How long each phase took, in milliseconds, and the memory the worker needed at most; of crawls that ended. */
  readonly phases: Record<string, number>;
  readonly peakRssBytes: number | null;
}

/** What a crawl works with. */
export interface CrawlOptions {
  readonly spool: Spool;
  readonly crawl: CrawlConfiguration;
  /** Who crawls. */
  readonly crawler: FrameHeader['crawler'];
  /** Where what is remembered from crawl to crawl lies; without it frames are whole, and nothing is remembered. */
  readonly manifests?: ManifestStore;
  /** Frames are whole, whatever is remembered. */
  readonly full?: boolean;
  readonly signal?: AbortSignal;
  progress?(system: SystemRef, progress: CrawlProgress): void;
  /** Told once, however many systems have it. */
  notice?(message: string): void;
  /** What a worker that failed left on stderr. */
  log?(system: SystemRef, line: string): void;
}

/** These are about the data folder, not about the system: no frame can tell them. */
const OWN_FAILURES: readonly string[] = ['UNFOLD_DISK_FULL', 'UNFOLD_DATA_UNWRITABLE'] satisfies ErrorCode[];

/**
 * Crawls systems, some at a time, and yields every frame once it is whole. A system that cannot be opened, whose crawl
 * crashes, takes too long or is aborted yields a failed frame; the others go on. After an abort no further crawl is
 * begun. Throws UNFOLD_DISK_FULL or UNFOLD_DATA_UNWRITABLE. However it ends, no process is left.
 */
export async function* crawl(
  systems: readonly FoundSystem[],
  options: CrawlOptions,
): AsyncGenerator<CrawledFrame> {
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, ...(options.signal ? [options.signal] : [])]);
  const notices = new Set<string>();
  const once: CrawlOptions = {
    ...options,
    notice(message) {
      if (!notices.has(message)) options.notice?.(message);
      notices.add(message);
    },
  };
  const waiting = [...systems];
  const running = new Set<Promise<void>>();
  const finished: CrawledFrame[] = [];
  const failures: unknown[] = [];
  const work = async (system: FoundSystem): Promise<void> => {
    try {
      finished.push(await crawlOne(system, once, signal));
    } catch (error) {
      failures.push(error);
    }
  };
  const begin = (): void => {
    while (running.size < options.crawl.concurrency && !signal.aborted) {
      const system = waiting.shift();
      if (system === undefined) return;
      const task = work(system).finally(() => running.delete(task));
      running.add(task);
    }
  };
  try {
    begin();
    while (running.size > 0 || finished.length > 0) {
      const frame = finished.shift();
      if (frame) yield frame;
      else await Promise.race(running);
      if (failures.length > 0) throw failures[0];
      begin();
    }
  } finally {
    left.abort();
    await Promise.all(running);
  }
}

/** Crawls one system in a worker; where that yields no frame, writes one that says why. */
async function crawlOne(
  system: FoundSystem,
  options: CrawlOptions,
  signal: AbortSignal,
): Promise<CrawledFrame> {
  const at = new Date();
  const header: FrameHeader = {
    schema: FRAME_SCHEMA,
    id: randomUUID(),
    system: system.ref,
    at: at.toISOString(),
    features: [...(options.crawl.features ?? system.features)],
    crawler: options.crawler,
  };
  const { spool } = options;
  const place = spool.place(at, header.id);
  try {
    const order = {
      system,
      header,
      crawl: options.crawl,
      dataFolder: spool.dataFolder,
      scratch: place.scratch,
    };
    const outcome = await runWorker(order, place, manifestPlaces(options, system, place), options, signal);
    if ('end' in outcome) return { system: system.ref, file: place.finished, ...outcome };
    if (OWN_FAILURES.includes(outcome.code))
      throw new UnfoldError(outcome.code as ErrorCode, outcome.message);
    rmSync(place.manifest, { force: true });
    const end = await writeFailed(place, header, outcome);
    return { system: system.ref, file: place.finished, end, phases: {}, peakRssBytes: null };
  } finally {
    spool.clear(place);
  }
}

function manifestPlaces(
  { manifests, full }: CrawlOptions,
  { ref }: FoundSystem,
  place: SpoolPlace,
): ManifestPlaces | null {
  if (manifests === undefined) return null;
  return { base: full === true ? null : manifests.pathOf(ref.id), next: place.manifest };
}

/** The frame of a system that yielded no other: a header, the problem, the end. */
function writeFailed(place: SpoolPlace, header: FrameHeader, { code, message }: Failure): Promise<FrameEnd> {
  return publishFrame(place, (fd) => {
    const writer = new FrameWriter(fd, header);
    writer.problem({ code, extractor: 'crawl', message });
    return writer.end(new Date(), true);
  });
}
