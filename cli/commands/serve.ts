// unfold serve: the index over HTTP.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
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
import { TokenFile } from '../../query/api/token-file.ts';
import { SavedFile } from '../../query/saved/saved-file.ts';
import { EXIT } from '../failure.ts';
import type { IndexChoice } from '../index-choice.ts';
import { interruptible } from '../interrupt.ts';
import { configuredRetention, type Limits } from '../retention.ts';
import { makeDataFolder, settings, type GlobalOptions, type Settings } from '../settings.ts';
import { say } from '../terminal.ts';
import { packageFolder, version } from '../package.ts';
import type { AnswersData } from './serve-answers.ts';
import type { FramesData, FramesReply } from './serve-frames.ts';

/** Options of the command. */
export interface ServeOptions extends GlobalOptions {
  listen: ListenAddress;
  metrics?: ListenAddress;
  page?: string;
  tlsCert?: string;
  tlsKey?: string;
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
  const { dataFolder, index, staleAfterHours } = await settings(options);
  const retention = await configuredRetention(options);
  makeDataFolder(dataFolder);
  const tokens = new TokenFile(dataFolder);
  refuseOthers(options, tokens);
  const tls = tlsOf(options);
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
  const api = await server(options, { dataFolder, index, retention, tokens, tls, pool, metrics }).catch(
    async (error: unknown) => {
      await pool.close();
      throw error;
    },
  );
  try {
    await interruptible(async (signal) => {
      const { port } = await listening(api, options.listen);
      if (options.metrics !== undefined) {
        figures = metrics.server(() => isReady(pool));
        const { port: figuresPort } = await listeningForFigures(figures, options.metrics);
        say(`Figures are at http://${hostAndPort({ ...options.metrics, port: figuresPort })}/metrics`);
      }
      const scheme = options.tlsCert === undefined ? 'http' : 'https';
      say(`Unfold is served at ${scheme}://${hostAndPort({ ...options.listen, port })}`);
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

/** Without tokens everybody may ask everything, so only this machine may reach it; figures never need one. */
function refuseOthers({ listen, metrics }: ServeOptions, tokens: TokenFile): void {
  if (metrics !== undefined && !isLoopback(metrics.host))
    throw new UnfoldError(
      'UNFOLD_LISTEN_REFUSED',
      `Other machines reach ${metrics.host}; figures are for this one.`,
      {
        remedy: 'Let --metrics be on 127.0.0.1 or [::1].',
      },
    );
  if (isLoopback(listen.host) || (tokens.tokens() ?? []).length > 0) return;
  throw new UnfoldError(
    'UNFOLD_LISTEN_REFUSED',
    `Other machines reach ${listen.host}, and without tokens nothing keeps them from asking everything.`,
  );
}

/** What a server is made of, besides its options. */
interface Parts extends Pick<Settings, 'dataFolder' | 'index'> {
  readonly retention: Limits;
  readonly tokens: TokenFile;
  readonly tls: Tls | null;
  readonly pool: ThreadPool;
  readonly metrics: Metrics;
}

async function server(options: ServeOptions, { dataFolder, index, ...parts }: Parts): Promise<Api> {
  const folder = join(dataFolder, 'incoming');
  if (options.readOnly !== true) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return buildServer({
    version: version(),
    asking: parts.pool,
    metrics: parts.metrics,
    audit: auditFile(join(dataFolder, 'audit.ndjson'), (error) =>
      say(`the audit log cannot be written: ${String(error)}`),
    ),
    tokens: parts.tokens,
    saved: new SavedFile(dataFolder),
    isLoopback: isLoopback(options.listen.host),
    tls: parts.tls,
    ingest:
      options.readOnly === true
        ? null
        : { ingest: ingestInto(index, parts.retention), folder, maxBytes: MAX_FRAMES_BYTES },
    page: options.page ?? join(packageFolder(), 'dist/query/web'),
    hostNames: options.hostName ?? [],
    requestsPerSecond: options.requests,
    log: { level: options.log, stream: process.stderr },
  });
}

/** Certificate chain and key, PEM. */
interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Certificate and key; null where none are named. Throws UNFOLD_TLS_INVALID. */
function tlsOf({ tlsCert, tlsKey }: ServeOptions): Tls | null {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  try {
    const tls = { cert: readFileSync(tlsCert ?? ''), key: readFileSync(tlsKey ?? '') };
    if (!new X509Certificate(tls.cert).checkPrivateKey(createPrivateKey(tls.key)))
      throw new Error('the key is not that of the certificate');
    return tls;
  } catch (cause) {
    const { message } = cause as Error;
    throw new UnfoldError('UNFOLD_TLS_INVALID', `--tls-cert and --tls-key cannot be used: ${message}.`, {
      cause,
    });
  }
}

/** Files are indexed one after the other, each in a thread of its own. */
function ingestInto(index: IndexChoice, retention: Limits): Ingest {
  let before: Promise<unknown> = Promise.resolve();
  return (file, signal) => {
    const answer = before.then(() => indexInThread({ index, file, retention }, signal));
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
