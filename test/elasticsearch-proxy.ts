// What may stand between Unfold and a real node: TLS, a guard that asks for credentials, a narrow or slow way.
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server that listens until it is closed. */
export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** PEM: the key, and the certificates to show. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Runs before a request goes on; returns true where it has answered itself. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
}

/** A server on a port of its own. */
export async function listen(
  handler: RequestListener,
  tls?: NonNullable<ProxyOptions['tls']>,
): Promise<Listening> {
  const server: Server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A proxy before a node. */
export function proxyBefore(node: string, { tls, before }: ProxyOptions): Promise<Listening> {
  const target = new URL(node);
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if ((await before?.(request, response)) === true) {
      request.resume();
      return;
    }
    const { method, url: path, headers } = request;
    const onward = ask({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  }
  return listen((request, response) => void pass(request, response), tls);
}
