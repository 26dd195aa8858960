// unfold serve: the index over HTTP.
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UnfoldError } from '../../schemas/error.ts';
import type { Api } from '../../query/api/api.ts';
import type { Ingest } from '../../query/api/asking.ts';
import { auditFile } from '../../query/api/audit.ts';
import { hostAndPort, isLoopback, type ListenAddress } from '../../query/api/hosts.ts';
import { Metrics } from '../../query/api/metrics.ts';
import { buildServer, isReady } from '../../query/api/server.ts';
import { unpackError } from '../../query/api/thread-messages.ts';
import { ThreadPool } from '../../query/api/thread-pool.ts';
import { EXIT } from '../failure.ts';
import type { IndexChoice } from '../index-choice.ts';
import { interruptible } from '../interrupt.ts';
import { makeDataFolder, settings, type GlobalOptions, type Settings } from '../settings.ts';
import { say } from '../terminal.ts';
import { packageFolder, version } from '../package.ts';
import type { AnswersData } from './serve-answers.ts';
import type { FramesData, FramesReply } from './serve-frames.ts';

/** Options of the command. */
export interface ServeOptions extends GlobalOptions {
  listen: ListenAddress;
  metrics?: ListenAddress;
  hostName?: string[];
  requests: number;
  deadline: number;
  readOnly?: boolean;
  log: string;
}

/** Threads that answer: as many as the smallest machine has processors. */
const THREADS = 2;
/** Exports at a time. */
const STREAMS = 2;
/** Questions that wait; more would wait longer than anybody does. */
const WAITING = 256;
/** An answer nobody waits for any more may take so long; a new thread takes as much. */
const ABANDONED_MS = 500;
/** Of one request with frames. */
const MAX_FRAMES_BYTES = 8 * 1024 ** 3;

/** Serves until it is interrupted; returns the exit status. Throws UNFOLD_LISTEN_REFUSED, UNFOLD_LISTEN_FAILED. */
export async function serveCommand(options: ServeOptions): Promise<number> {
  for (const { host } of [options.listen, options.metrics ?? options.listen]) refuseOthers(host);
  const { dataFolder, index, staleAfterHours } = await settings(options);
  makeDataFolder(dataFolder);
  const data: AnswersData = { index, staleAfterHours };
  const pool = new ThreadPool({
    script: script('serve-answers'),
    data,
    threads: THREADS,
    streams: STREAMS,
    waiting: WAITING,
    deadlineMs: options.deadline * 1000,
    abandonedMs: ABANDONED_MS,
  });
  const metrics = new Metrics(() => pool.state);
  let figures: Server | null = null;
  const api = await server(options, { dataFolder, index }, pool, metrics);
  try {
    await interruptible(async (signal) => {
      const { port } = await listening(api, options.listen);
      if (options.metrics !== undefined) {
        figures = metrics.server(() => isReady(pool));
        const { port: figuresPort } = await listeningForFigures(figures, options.metrics);
        say(`Figures are at http://${hostAndPort({ ...options.metrics, port: figuresPort })}/metrics`);
      }
      say(`Unfold is served at http://${hostAndPort({ ...options.listen, port })}`);
      await once(signal, 'abort');
      return EXIT.found;
    });
    return EXIT.found;
  } finally {
    (figures as Server | null)?.close();
    await api.close();
    await pool.close();
  }
}

function refuseOthers(host: string): void {
  if (isLoopback(host)) return;
  throw new UnfoldError(
    'UNFOLD_LISTEN_REFUSED',
    `Other machines reach ${host}, and nothing keeps them from asking everything.`,
  );
}

function server(
  options: ServeOptions,
  { dataFolder, index }: Pick<Settings, 'dataFolder' | 'index'>,
  pool: ThreadPool,
  metrics: Metrics,
): Promise<Api> {
  const folder = join(dataFolder, 'incoming');
  if (options.readOnly !== true) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return buildServer({
    version: version(),
    asking: pool,
    metrics,
    audit: auditFile(join(dataFolder, 'audit.ndjson'), (error) =>
      say(`the audit log cannot be written: ${String(error)}`),
    ),
    ingest:
      options.readOnly === true ? null : { ingest: ingestInto(index), folder, maxBytes: MAX_FRAMES_BYTES },
    page: pageFolder(),
    hostNames: options.hostName ?? [],
    requestsPerSecond: options.requests,
    log: { level: options.log, stream: process.stderr },
  });
}

/** Where `npm run build` puts the page; $UNFOLD_PAGE names another folder. */
function pageFolder(): string {
  return process.env['UNFOLD_PAGE'] ?? join(packageFolder(), 'dist/query/web');
}

/** Files are indexed one after the other, each in a thread of its own. */
function ingestInto(index: IndexChoice): Ingest {
  let before: Promise<unknown> = Promise.resolve();
  return (file, signal) => {
    const answer = before.then(() => indexInThread({ index, file }, signal));
    before = answer.catch(() => undefined);
    return answer;
  };
}

async function indexInThread(data: FramesData, signal: AbortSignal): ReturnType<Ingest> {
  signal.throwIfAborted();
  const thread = new Worker(script('serve-frames'), { workerData: data });
  const end = (): void => thread.postMessage('end');
  signal.addEventListener('abort', end, { once: true });
  try {
    const [reply] = (await once(thread, 'message')) as [FramesReply];
    if ('failure' in reply) throw unpackError(reply.failure);
    return reply.answer;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** A script beside this file: source or built, whichever runs. */
function script(name: string): URL {
  return new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
}

async function listening(api: Api, address: ListenAddress): Promise<AddressInfo> {
  await api.listen(address).catch((error: unknown) => {
    throw listenError(address, error);
  });
  return api.server.address() as AddressInfo;
}

async function listeningForFigures(figures: Server, address: ListenAddress): Promise<AddressInfo> {
  figures.listen(address.port, address.host);
  await once(figures, 'listening').catch((error: unknown) => {
    throw listenError(address, error);
  });
  return figures.address() as AddressInfo;
}

function listenError(address: ListenAddress, cause: unknown): UnfoldError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === 'EADDRINUSE' ? 'something listens there already' : message;
  return new UnfoldError('UNFOLD_LISTEN_FAILED', `${hostAndPort(address)} cannot be listened on: ${why}.`, {
    cause,
  });
}
