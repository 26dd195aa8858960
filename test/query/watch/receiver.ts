// A real receiver of webhooks, which answers as it is told.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Listens on this machine alone. */
export class Receiver {
  readonly received: Received[] = [];
  /** Statuses of the next answers; then 200. */
  readonly statuses: number[] = [];
  headers: Record<string, string> = {};
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        this.received.push({ headers: request.headers, body });
        response.writeHead(this.statuses.shift() ?? 200, this.headers).end('thanks');
      });
    });
  }

  /** Listens on a port, a free one by default; its URL. */
  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook?key=of-the-receiver`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}
