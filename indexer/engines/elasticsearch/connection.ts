// The way to Elasticsearch: a client over all nodes of the configuration, sure of what answers there.
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Client, ClusterConnectionPool, Transport, type ClientOptions } from '@elastic/elasticsearch';
import type { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { authorityOf } from './certificates.ts';
import { sayTroubles } from './notices.ts';
import { isAway, probe } from './probe.ts';

/** How one connects. */
export interface Connecting {
  readonly signal: AbortSignal;
  /** How long to wait for nodes that do not answer yet: a restarting cluster. 0: not at all. */
  readonly patienceMs: number;
  /** Told when waiting begins, now and later, and when it ends. */
  readonly notice: (message: string) => void;
}

/** Longest for one request: a bulk on a busy node takes many seconds, a node that hangs takes for ever. */
const REQUEST_MS = 60_000;
const CONNECTIONS_PER_NODE = 8;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/**
 * A client for the nodes, once one of them has shown to be an Elasticsearch that can be used. Close it. Throws
 * UNFOLD_ENGINE_UNREACHABLE, _UNTRUSTED, _REFUSED, _UNSUPPORTED, UNFOLD_PATH_UNREADABLE.
 */
export async function connect(
  configuration: ElasticsearchConfiguration,
  { signal, patienceMs, notice }: Connecting,
): Promise<Client> {
  const deadline = Date.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      const client = await connectOnce(configuration, signal);
      sayTroubles(client, notice);
      return client;
    } catch (error) {
      if (!(error instanceof UnfoldError) || !isAway(error) || Date.now() > deadline) throw error;
      if (pause === FIRST_PAUSE_MS) notice(`waiting up to ${patienceMs / 1000} s: ${error.message}`);
    }
    await setTimeout(pause * (0.5 + Math.random()), undefined, { signal });
  }
}

async function connectOnce(configuration: ElasticsearchConfiguration, signal: AbortSignal): Promise<Client> {
  const client = new Client(await clientOptions(configuration, signal));
  try {
    await probe(client, signal);
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function clientOptions(
  configuration: ElasticsearchConfiguration,
  signal: AbortSignal,
): Promise<ClientOptions> {
  const urls = configuration.nodes.map((node) => new URL(node));
  const tls = await tlsOptions(configuration, urls, signal);
  return {
    nodes: urls.map(withoutCredentials),
    ...authentication(configuration, urls),
    ...(tls === null ? {} : { tls }),
    agent: { connections: CONNECTIONS_PER_NODE },
    requestTimeout: REQUEST_MS,
    // Every node is tried at once; waiting between rounds is for those who know how long they may (patience.ts).
    maxRetries: urls.length - 1,
    Transport: HastyTransport,
    // The client's own choice offers no node at all for hundreds of requests after some have failed.
    ConnectionPool: ClusterConnectionPool,
  };
}

/** A node that hangs counts as dead, so that the others are asked: the client alone has no option for it. */
class HastyTransport extends Transport {
  constructor(options: ConstructorParameters<typeof Transport>[0]) {
    super({ ...options, retryOnTimeout: true });
  }
}

/** Credentials in a URL would stand in messages. */
function withoutCredentials({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function authentication(
  { apiKey, username, password }: ElasticsearchConfiguration,
  urls: readonly URL[],
): Pick<ClientOptions, 'auth'> {
  if (apiKey !== undefined) return { auth: { apiKey } };
  if (username !== undefined) return { auth: { username, password: password ?? '' } };
  const url = urls.find((each) => each.username !== '');
  if (url === undefined) return {};
  return {
    auth: { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
  };
}

async function tlsOptions(
  { ca, caFingerprint }: ElasticsearchConfiguration,
  urls: readonly URL[],
  signal: AbortSignal,
): Promise<NonNullable<ClientOptions['tls']> | null> {
  if (ca !== undefined) return { ca: readAuthority(ca) };
  const [first] = urls.filter(({ protocol }) => protocol === 'https:');
  if (caFingerprint === undefined || first === undefined) return null;
  // An authority may itself be signed by another, which nobody needs to know.
  return { ca: await authorityOf(first, caFingerprint, signal), allowPartialTrustChain: true };
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UnfoldError('UNFOLD_PATH_UNREADABLE', `The authority's certificate ${file} cannot be read.`, {
      remedy: 'Check index.elasticsearch.ca and the permissions of the file.',
      cause,
    });
  }
}
