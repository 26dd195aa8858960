// What answers at a node: an Elasticsearch that Unfold can use, or what else.
import type { Client } from '@elastic/elasticsearch';
import { UnfoldError } from '../../../schemas/error.ts';
import { connectionError } from './errors.ts';

type Connection = Client['connectionPool']['connections'][number];

const SUPPORTED = [8, 9];
const TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 1_000_000;

interface Answer {
  readonly node: string;
  readonly status: number;
  /** Elasticsearch from 7.14 on says in a header that it is one. */
  readonly isElasticsearch: boolean;
  readonly server: string | null;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
}

/**
 * Asks all nodes and returns when one is an Elasticsearch of a supported version. Throws what is wrong otherwise:
 * UNFOLD_ENGINE_UNREACHABLE, _UNTRUSTED, _REFUSED or _UNSUPPORTED; of several errors one that will not pass.
 */
export async function probe(client: Client, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  try {
    // A signal for each: the client raises it when a node takes too long.
    const probes = client.connectionPool.connections.map((node) =>
      probeNode(node, AbortSignal.any([signal, enough.signal])),
    );
    await Promise.any(probes);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AggregateError)) throw error;
    const reasons = error.errors as unknown[];
    throw reasons.find((reason) => !isAway(reason)) ?? reasons[0];
  } finally {
    enough.abort();
  }
}

/** True for a node that may be back later. */
export function isAway(error: unknown): boolean {
  return error instanceof UnfoldError && error.code === 'UNFOLD_ENGINE_UNREACHABLE';
}

async function probeNode(connection: Connection, signal: AbortSignal): Promise<void> {
  const answer = await ask(connection, '/', '', signal);
  const { status, isElasticsearch } = answer;
  if (status === 401) throw refused(answer, connection.headers['authorization'] !== undefined);
  if (!isElasticsearch) throw somethingElse(answer);
  if (status === 429 || status >= 500)
    throw new UnfoldError('UNFOLD_ENGINE_UNREACHABLE', `${answer.node} is not ready: it answers ${status}.`);
  // A server of the core alone knows no `GET /`; who may not ask for the version may still read and write.
  const version = versionOf(answer) ?? localVersionOf(await ask(connection, LOCAL, LOCAL_FILTER, signal));
  if (version !== null && !SUPPORTED.includes(parseInt(version)))
    throw unsupported(answer, `Elasticsearch ${version}`);
}

const LOCAL = '/_nodes/_local';
const LOCAL_FILTER = 'filter_path=nodes.*.version';

async function ask(
  connection: Connection,
  path: string,
  querystring: string,
  signal: AbortSignal,
): Promise<Answer> {
  const node = connection.url.origin;
  try {
    const { statusCode, headers, body } = await connection.request(
      { method: 'GET', path, querystring, headers: { accept: 'application/json' } },
      {
        requestId: 0,
        name: 'probe',
        context: null,
        maxResponseSize: LARGEST_ANSWER,
        timeout: TIMEOUT_MS,
        signal,
      },
    );
    return {
      node,
      status: statusCode,
      isElasticsearch: headers['x-elastic-product'] === 'Elasticsearch',
      server: headers['server'] === undefined ? null : String(headers['server']),
      body: parsed(String(body)),
    };
  } catch (error) {
    throw connectionError(node, error instanceof Error ? error.message : String(error));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function versionOf({ body }: Answer): string | null {
  const { version } = (body ?? {}) as { version?: { number?: unknown } };
  return typeof version?.number === 'string' ? version.number : null;
}

function localVersionOf({ body }: Answer): string | null {
  const { nodes } = (body ?? {}) as { nodes?: Record<string, { version?: unknown }> };
  const [first] = Object.values(nodes ?? {});
  return typeof first?.version === 'string' ? first.version : null;
}

function refused({ node }: Answer, isKnown: boolean): UnfoldError {
  const what = isKnown ? 'does not accept the credentials' : 'asks for credentials';
  return new UnfoldError('UNFOLD_ENGINE_REFUSED', `${node} ${what}.`, {
    remedy:
      'Set $UNFOLD_ELASTICSEARCH_API_KEY, or $UNFOLD_ELASTICSEARCH_USERNAME and $UNFOLD_ELASTICSEARCH_PASSWORD, or their ' +
      'like in the configuration file (index.elasticsearch).',
  });
}

/** What answers without saying that it is Elasticsearch. */
function somethingElse(answer: Answer): UnfoldError {
  const { node, status, server, body } = answer;
  const version = versionOf(answer);
  if (version !== null) {
    const { distribution } = (body as { version: { distribution?: unknown } }).version;
    if (distribution === 'opensearch') return unsupported(answer, `OpenSearch ${version}`);
    if (!SUPPORTED.includes(parseInt(version))) return unsupported(answer, `Elasticsearch ${version}`);
    return new UnfoldError(
      'UNFOLD_ENGINE_UNSUPPORTED',
      `${node} answers without the header X-elastic-product.`,
      { remedy: 'Let the proxy before Elasticsearch pass the headers of its answers on.' },
    );
  }
  const who = server === null ? '' : `, ${server}`;
  if (status >= 500)
    return new UnfoldError(
      'UNFOLD_ENGINE_UNREACHABLE',
      `${node} has no Elasticsearch behind it: it answers ${status}${who}.`,
    );
  return new UnfoldError(
    'UNFOLD_ENGINE_UNSUPPORTED',
    `What answers at ${node} is not Elasticsearch (status ${status}${who}).`,
    { remedy: 'Check the URL, and its port: that of Elasticsearch is 9200 unless changed.' },
  );
}

function unsupported({ node }: Answer, what: string): UnfoldError {
  return new UnfoldError('UNFOLD_ENGINE_UNSUPPORTED', `${node} is ${what}, which Unfold cannot use.`);
}
