// The HTTP server: who may ask, how often, what is told of it, and every route.
import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import rateLimit from '@fastify/rate-limit';
import fastify, { LogController, type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { UnfoldError } from '../../schemas/error.ts';
import { guard, identifyBy } from './access.ts';
import type { Api } from './api.ts';
import type { Asking } from './asking.ts';
import type { Audit } from './audit.ts';
import { foreignRequestGuard, SECURITY_HEADERS } from './hosts.ts';
import type { Metrics } from './metrics.ts';
import { describeRoutes } from './openapi.ts';
import { addPageRoutes } from './page.ts';
import { problemOf, PROBLEM_TYPE } from './problems.ts';
import { addReferenceRoutes } from './reference.ts';
import { addAskingRoutes } from './routes/asking-routes.ts';
import { addSavedRoutes, addSavingRoutes } from './routes/saved-routes.ts';
import { addContentRoutes } from './routes/content-routes.ts';
import { addFrameRoutes, type IngestOptions } from './routes/frame-routes.ts';
import { addServerRoutes } from './routes/server-routes.ts';
import { addSystemRoutes } from './routes/system-routes.ts';
import type { SavedFile } from '../saved/saved-file.ts';
import type { TokenFile } from './token-file.ts';

/** What a server is made of. */
export interface ServerOptions {
  readonly version: string;
  readonly asking: Asking;
  readonly metrics: Metrics;
  readonly audit: Audit;
  readonly tokens: TokenFile;
  readonly saved: SavedFile;
  /** Whether only this machine reaches the server. */
  readonly isLoopback: boolean;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  /** Null: frames are not taken, and nothing is saved. */
  readonly ingest: IngestOptions | null;
  /** Folder of the built page. */
  readonly page: string;
  /** Names, besides addresses and localhost, under which the server is known. */
  readonly hostNames: readonly string[];
  /** Requests per second of one client. */
  readonly requestsPerSecond: number;
  readonly log: { readonly level: string; readonly stream: Writable };
}

/** A body of JSON. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Percent-encoded, an id is up to three times as long. */
const MAX_PATH_PARAMETER = 3 * 4096;
const MAX_CONNECTIONS = 2000;

/** Builds the server; `listen` on it begins to serve. */
export async function buildServer(options: ServerOptions): Promise<Api> {
  const api = bareServer(options).withTypeProvider<ZodTypeProvider>();
  api.server.maxConnections = MAX_CONNECTIONS;
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  // Text is what forms of foreign pages can send.
  api.removeContentTypeParser('text/plain');
  api.decorateRequest('audited', null);
  api.addHook('onRequest', foreignRequestGuard(options.hostNames));
  identifyBy(api, options.tokens, options.isLoopback);
  logAndAudit(api, options.audit);
  options.metrics.watch(api);
  api.setErrorHandler(sendProblem);
  await api.register(rateLimit, {
    max: options.requestsPerSecond,
    timeWindow: 1000,
    enableDraftSpec: true,
    keyGenerator: ({ identity, ip }) =>
      identity === null || identity.name === 'loopback' ? ip : identity.name,
    errorResponseBuilder: (_request, { max }) =>
      new UnfoldError('UNFOLD_RATE_LIMITED', `More than ${max} requests came within a second.`),
  });
  guard(api);
  api.setNotFoundHandler({ preHandler: api.rateLimit() }, ({ method, url }) => {
    throw new UnfoldError('UNFOLD_ROUTE_UNKNOWN', `There is no ${method} ${url.split('?', 1)[0] ?? ''}.`);
  });
  await describeRoutes(api, options.version);
  addAskingRoutes(api, options.asking);
  addSystemRoutes(api, options.asking);
  addContentRoutes(api, options.asking);
  addSavedRoutes(api, options.saved);
  if (options.ingest !== null) {
    addSavingRoutes(api, options.saved);
    addFrameRoutes(api, options.ingest);
  }
  addServerRoutes(api, () => isReady(options.asking));
  addPageRoutes(api, options.page);
  addReferenceRoutes(api);
  return api;
}

/** Whether the index can be asked now. */
export function isReady(asking: Asking): Promise<boolean> {
  return asking.answer({ ask: 'ready' }, null, AbortSignal.timeout(5000)).then(
    () => true,
    () => false,
  );
}

function bareServer({ log, tls }: ServerOptions) {
  const connections = { headersTimeout: 10_000, connectionsCheckingInterval: 5000 };
  return fastify({
    logger: { level: log.level, stream: log.stream },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER },
    connectionTimeout: 60_000,
    requestTimeout: 300_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: true,
    ...(tls === null ? { http: connections } : { https: { ...connections, ...tls, minVersion: 'TLSv1.2' } }),
    frameworkErrors: (error, request, reply) =>
      void sendProblem(error, request as FastifyRequest, reply as FastifyReply),
  });
}

/** A line of the log per request, with its route in place of what was asked; what was asked is for the audit log alone. */
function logAndAudit(api: Api, audit: Audit): void {
  api.addHook('onResponse', (request, reply, done) => {
    const { method, audited, id, ip } = request;
    const route = `${method} ${request.routeOptions.url ?? 'unknown'}`;
    const status = reply.statusCode;
    request.log.info({ route, status, ms: Math.round(reply.elapsedTime * 10) / 10, address: ip }, 'answered');
    if (audited !== null) {
      const { what, at, systems = null } = audited;
      const time = new Date().toISOString();
      audit({
        time,
        request: id,
        who: request.identity?.name ?? 'nobody',
        address: ip,
        route,
        what,
        at,
        status,
        systems,
      });
    }
    done();
  });
}

function sendProblem(
  error: FastifyError | UnfoldError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemOf(error, request.id);
  if (problem.code === 'UNFOLD_INTERNAL') request.log.error({ err: error }, 'failed');
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="unfold"');
  if (problem.status === 503) void reply.header('retry-after', '1');
  // A request that no route was found for has met no hook.
  void reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}
