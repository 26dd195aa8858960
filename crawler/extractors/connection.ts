// Sockets: what listens, and who is connected with whom.
import type { ConnectionEntry } from '../../schemas/entries.ts';
import type { Extraction, ExtractionContext, Extractor } from './extractor.ts';

class ConnectionExtraction implements Extraction {
  readonly live = { connection: (connection: ConnectionEntry): void => this.#connection(connection) };
  readonly #context: ExtractionContext;
  readonly #keys = new Set<string>();

  constructor(context: ExtractionContext) {
    this.#context = context;
  }

  /** Several sockets may listen at one place for one service; the first stands for them. */
  #connection(connection: ConnectionEntry): void {
    const key = keyOf(connection);
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#context.emit(key, connection);
  }
}

function keyOf({ transport, local, remote, path, namespace }: ConnectionEntry): string {
  const place = [
    transport,
    local === undefined ? path : endpoint(local),
    remote && endpoint(remote),
    namespace,
  ];
  return place.filter((part) => part !== undefined).join(' ');
}

function endpoint({ ip, port }: NonNullable<ConnectionEntry['local']>): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

/** Extracts every connection. */
export const connection: Extractor = {
  name: 'connection',
  feature: 'connection',
  requires: ['connections'],
  reads: [],
  start: (context) => new ConnectionExtraction(context),
};
