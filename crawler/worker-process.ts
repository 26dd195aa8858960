// Runs one crawl worker from the parent's side: hands over the order, passes on what it tells, ends it in time.
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SystemRef } from '../schemas/system.ts';
import type { CrawlOrder } from './crawl-system.ts';
import type { ManifestPlaces } from './manifest/recrawl.ts';
import { endGroup, inPrivateMounts, start } from './process.ts';
import type { SpoolPlace } from './spool.ts';
import type { CrawlProgress, WorkerMessage, WorkerResult } from './worker-report.ts';
import type { WorkerOrder } from './worker.ts';

/** The worker beside this file: source or built, whichever runs. */
const WORKER = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url));
/** A small young generation keeps the resident memory small; nothing of a large system is held. */
const WORKER_FLAGS = ['--max-old-space-size=256', '--max-semi-space-size=4'];
/** Threads give the memory of large texts back at once; what each kept for itself would add up. */
const WORKER_ENVIRONMENT = {
  NODE_OPTIONS: '',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '1048576',
};
/** What a worker that was asked to end may take to close what it opened. */
const GRACE_MS = 2000;
/** Why there is no frame. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Told what a worker says. */
export interface WorkerListener {
  progress?(system: SystemRef, progress: CrawlProgress): void;
  notice?(message: string): void;
  /** A line of its stderr. */
  log?(system: SystemRef, line: string): void;
}

/** Runs a worker to its end: the result of a frame that lies in its place, or why there is none. */
export async function runWorker(
  crawl: Omit<CrawlOrder, 'privateMounts'>,
  place: SpoolPlace,
  manifests: ManifestPlaces | null,
  listener: WorkerListener,
  signal: AbortSignal,
): Promise<WorkerResult | Failure> {
  const { deadlineSeconds } = crawl.crawl;
  const mounts = inPrivateMounts();
  const words = [...mounts, process.execPath, ...WORKER_FLAGS, WORKER];
  const child = start(words[0] ?? process.execPath, words.slice(1), { env: WORKER_ENVIRONMENT });
  const deadline = AbortSignal.timeout(deadlineSeconds * 1000);
  const order: WorkerOrder = {
    crawl: { ...crawl, privateMounts: mounts.length > 0 },
    place,
    manifests,
    parent: process.pid,
  };
  const stop = endOnAbort(child, AbortSignal.any([signal, deadline]));
  // A worker that ended early does not read its order; why it ended is told below.
  child.stdin.on('error', () => undefined).end(JSON.stringify(order));
  createInterface(child.stderr).on('line', (line) => listener.log?.(crawl.system.ref, line));
  const last = await listen(child.stdout, crawl.system.ref, listener);
  const { exitCode, signal: killedBy } = await child;
  stop();
  if (last && 'done' in last) return last.done;
  if (signal.aborted) return { code: 'UNFOLD_CRAWL_ABORTED', message: 'the crawl was interrupted' };
  if (deadline.aborted) {
    return { code: 'UNFOLD_CRAWL_TIMEOUT', message: `the crawl took longer than ${deadlineSeconds} s` };
  }
  if (last && 'failed' in last) return last.failed;
  return {
    code: 'UNFOLD_CRAWL_CRASHED',
    message: `the crawl ended with ${killedBy ?? `exit status ${exitCode ?? 'unknown'}`}`,
  };
}

/** Passes on messages; resolves to the last one when the worker closes its output. */
async function listen(
  output: NodeJS.ReadableStream,
  system: SystemRef,
  listener: WorkerListener,
): Promise<WorkerMessage | null> {
  let last: WorkerMessage | null = null;
  for await (const line of createInterface(output)) {
    last = JSON.parse(line) as WorkerMessage;
    if ('progress' in last) listener.progress?.(system, last.progress);
    else if ('notice' in last) listener.notice?.(last.notice);
  }
  return last;
}

/** Asks the worker to end, then ends it with all that is in its process group. Call the result when it has ended. */
function endOnAbort(
  child: { readonly pid?: number; kill(signal: 'SIGTERM'): boolean },
  signal: AbortSignal,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => endGroup(child), GRACE_MS);
  };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return () => {
    signal.removeEventListener('abort', abort);
    clearTimeout(timer);
  };
}
