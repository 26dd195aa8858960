// Figures for Prometheus, on a port of their own.
import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolState } from './thread-pool.ts';

/** From a cached answer to one at its deadline, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Measures a server and what answers for it. */
export class Metrics {
  readonly #registry = new Registry();

  constructor(state: () => PoolState) {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of ['running', 'waiting', 'streams'] as const) {
      new Gauge({
        name: `unfold_questions_${name}`,
        help: `Questions ${name === 'streams' ? 'that are answered as streams' : name} now.`,
        registers: [this.#registry],
        collect() {
          this.set(state()[name]);
        },
      });
    }
  }

  /** Counts the requests of a server by route, never by what was asked. */
  watch(api: FastifyInstance): void {
    const seconds = new Histogram({
      name: 'unfold_http_request_seconds',
      help: 'Seconds from a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [this.#registry],
    });
    api.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      const labels = { method: request.method, route, status: reply.statusCode };
      seconds.observe(labels, reply.elapsedTime / 1000);
      done();
    });
  }

  /** A server of the figures alone; `ready` as /readyz answers it. */
  server(ready: () => Promise<boolean>): Server {
    return createServer({ headersTimeout: 5000, requestTimeout: 5000 }, (request, response) => {
      const reply = (status: number, text: string, type = 'text/plain'): void =>
        void response
          .writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' })
          .end(text);
      switch (request.url ?? '') {
        case '/metrics':
          void this.#registry.metrics().then((text) => reply(200, text, this.#registry.contentType));
          break;
        case '/livez':
          reply(200, 'alive\n');
          break;
        case '/readyz':
          void ready().then((isReady) => reply(isReady ? 200 : 503, isReady ? 'ready\n' : 'not ready\n'));
          break;
        default:
          reply(404, 'not found\n');
      }
    });
  }
}
