// The way to Elasticsearch: real nodes, TLS and credentials before them, and what else may answer at a URL.
import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { hasTool } from '../../../crawler/process.ts';
import { connect } from '../../../indexer/engines/elasticsearch/connection.ts';
import { ElasticsearchConfiguration } from '../../../schemas/configuration.ts';
import { makeAuthority } from '../../certificates.ts';
import { describeElasticsearch } from '../../elasticsearch-cluster.ts';
import { listen, proxyBefore, type Listening, type ProxyOptions } from '../../elasticsearch-proxy.ts';
import { requirement } from '../../requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'unfold-connection-'));
const servers: Listening[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true });
});

interface Asked extends Partial<ElasticsearchConfiguration> {
  patienceMs?: number;
  signal?: AbortSignal;
}

const notices: string[] = [];

/** Connects and asks something; `connected`, or what the user reads. */
async function answer(nodes: string | string[], { patienceMs = 0, signal, ...more }: Asked = {}) {
  const configuration = ElasticsearchConfiguration.parse({ nodes: [nodes].flat(), ...more });
  const connecting = { signal: signal ?? new AbortController().signal, patienceMs };
  try {
    const client = await connect(configuration, { ...connecting, notice: (text) => notices.push(text) });
    const { number_of_nodes: found } = await client.cluster.health();
    await client.close();
    return found === 1 ? 'connected' : 'no node';
  } catch (error) {
    const { code, message, remedy } = error as { code: string; message: string; remedy: string };
    return `${code}: ${message} ${remedy}`;
  }
}

async function server(handler: RequestListener): Promise<string> {
  const listening = await listen(handler);
  servers.push(listening);
  return listening.url;
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

describe('what is no Elasticsearch that can be used is named', () => {
  test.each<[string, string, RegExp]>([
    [
      'nothing listens',
      'http://127.0.0.1:1',
      /^UNFOLD_ENGINE_UNREACHABLE: http:\/\/127.0.0.1:1 .*ECONNREFUSED/,
    ],
    [
      'no such host',
      'http://no-such-host.invalid:9200',
      /^UNFOLD_ENGINE_UNREACHABLE: .*no-such-host.invalid/,
    ],
    ['a password in the URL', 'http://elastic:s3cret@127.0.0.1:1', /^(?!.*s3cret)UNFOLD_ENGINE_UNREACHABLE/],
  ])('%s', async (_name, url, expected) => {
    expect(await answer(url)).toMatch(expected);
  });

  test('a web server', async () => {
    const page: RequestListener = (_request, response) =>
      void response.writeHead(200, { server: 'nginx/1.22.1', 'content-type': 'text/html' }).end('<h1>Hello');
    expect(await answer(await server(page))).toMatch(
      /^UNFOLD_ENGINE_UNSUPPORTED: .*not Elasticsearch \(status 200, nginx\/1.22.1\).*URL/,
    );
    const gateway = await server((_request, response) => void response.writeHead(502).end());
    expect(await answer(gateway)).toMatch(/^UNFOLD_ENGINE_UNREACHABLE: .*502/);
  });

  test('something that answers without end', async () => {
    const endless = await server((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = setInterval(() => response.write('x'.repeat(100_000)), 1);
      response.once('close', () => clearInterval(more));
    });
    expect(await answer(endless)).toMatch(/^UNFOLD_ENGINE_/);
  });

  test('Elasticsearch 7, 10 and OpenSearch', async () => {
    const product = { 'x-elastic-product': 'Elasticsearch' };
    const seven = await server(json(200, { version: { number: '7.17.9' } }, product));
    expect(await answer(seven)).toMatch(/^UNFOLD_ENGINE_UNSUPPORTED: .*is Elasticsearch 7.17.9.*8 or 9/);
    const old = await server(json(200, { version: { number: '6.8.0' } }));
    expect(await answer(old)).toMatch(/^UNFOLD_ENGINE_UNSUPPORTED: .*is Elasticsearch 6.8.0/);
    const ten = await server(json(200, { version: { number: '10.0.0' } }, product));
    expect(await answer(ten)).toMatch(/^UNFOLD_ENGINE_UNSUPPORTED: .*is Elasticsearch 10.0.0/);
    const open = await server(json(200, { version: { number: '2.11.0', distribution: 'opensearch' } }));
    expect(await answer(open)).toMatch(/^UNFOLD_ENGINE_UNSUPPORTED: .*is OpenSearch 2.11.0/);
    const stripped = await server(json(200, { version: { number: '8.19.0' } }));
    expect(await answer(stripped)).toMatch(/^UNFOLD_ENGINE_UNSUPPORTED: .*header X-elastic-product/);
  });

  test('a certificate file that is not there', async () => {
    const ca = join(folder, 'no-such.pem');
    expect(await answer('https://127.0.0.1:1', { ca })).toMatch(/^UNFOLD_PATH_UNREADABLE: .*no-such.pem/);
  });
});

for (const major of [8, 9] as const)
  describeElasticsearch(major, (cluster) => {
    const node = (): string => cluster.nodes()[0] ?? '';
    const proxy = async (options: ProxyOptions): Promise<string> => {
      const listening = await proxyBefore(node(), options);
      servers.push(listening);
      return listening.url;
    };

    test('a real node, beside others that are away', async () => {
      expect(await answer(node())).toBe('connected');
      expect(await answer(['http://127.0.0.1:1', node(), 'http://127.0.0.1:2'])).toBe('connected');
    });

    test('https where there is no TLS, and http where there is', async () => {
      expect(await answer(node().replace('http:', 'https:'))).toMatch(
        /^UNFOLD_ENGINE_UNREACHABLE: .*without TLS.*http:\/\//,
      );
    });

    test('nodes that were away for long are asked as soon as they are back', async () => {
      let isAway = false;
      const before: NonNullable<ProxyOptions['before']> = (_request, response) => {
        if (isAway) response.destroy();
        return isAway;
      };
      const nodes = [await proxy({ before }), await proxy({ before }), await proxy({ before })];
      const client = await connect(ElasticsearchConfiguration.parse({ nodes }), {
        signal: new AbortController().signal,
        patienceMs: 0,
        notice: (text) => notices.push(text),
      });
      notices.length = 0;
      isAway = true;
      for (let request = 0; request < 20; request++)
        await expect(client.cluster.health({}, { maxRetries: 2, retryBackoff: () => 0 })).rejects.toThrow();
      isAway = false;
      expect(await client.cluster.health()).toMatchObject({ number_of_nodes: 1 });
      expect(notices).toEqual([
        expect.stringMatching(/cannot be reached.*; waiting$/),
        expect.stringMatching(/goes on after/),
      ]);
      await client.close();
    });

    test('a node that hangs counts as dead: the others are asked', async () => {
      const hanging = await server(() => undefined);
      const client = await connect(ElasticsearchConfiguration.parse({ nodes: [hanging, node()] }), {
        signal: new AbortController().signal,
        patienceMs: 0,
        notice: (text) => notices.push(text),
      });
      for (let request = 0; request < 4; request++)
        expect(await client.cluster.health({}, { requestTimeout: 500 })).toMatchObject({
          number_of_nodes: 1,
        });
      await client.close();
    });

    test('credentials', async () => {
      const accepted = new Set([
        `Basic ${Buffer.from('elastic:pass:word').toString('base64')}`,
        'ApiKey VGhlOktleQ==',
      ]);
      const url = await proxy({
        before({ headers }, response) {
          if (accepted.has(headers.authorization ?? '')) return false;
          response
            .writeHead(401, { 'x-elastic-product': 'Elasticsearch', 'www-authenticate': 'Basic' })
            .end('{}');
          return true;
        },
      });
      expect(await answer(url)).toMatch(
        /^UNFOLD_ENGINE_REFUSED: .*asks for credentials.*UNFOLD_ELASTICSEARCH_API_KEY/,
      );
      const wrong = await answer(url, { username: 'elastic', password: 'wr0ng' });
      expect(wrong).toMatch(/^UNFOLD_ENGINE_REFUSED: .*does not accept the credentials/);
      expect(wrong).not.toContain('wr0ng');
      expect(await answer(url, { apiKey: 'd3JvbmcK' })).toMatch(/^UNFOLD_ENGINE_REFUSED/);
      expect(await answer(url, { username: 'elastic', password: 'pass:word' })).toBe('connected');
      expect(await answer(url, { apiKey: 'VGhlOktleQ==' })).toBe('connected');
      expect(await answer(url.replace('://', '://elastic:pass%3Aword@'))).toBe('connected');
    });

    test('who may not ask for the version is let on', async () => {
      const forbidden = { error: { type: 'security_exception', reason: 'action [cluster:monitor/main]' } };
      const url = await proxy({
        before(request, response) {
          if (request.url === '/_cluster/health') return false;
          json(403, forbidden, { 'x-elastic-product': 'Elasticsearch' })(request, response);
          return true;
        },
      });
      expect(await answer(url)).toBe('connected');
    });

    test('a node that comes back in time is waited for, and the wait is said once', async () => {
      const back = Date.now() + 1500;
      const url = await proxy({
        before(_request, response) {
          if (Date.now() >= back) return false;
          response.writeHead(503, { 'x-elastic-product': 'Elasticsearch' }).end();
          return true;
        },
      });
      notices.length = 0;
      expect(await answer(url, { patienceMs: 30_000 })).toBe('connected');
      expect(notices).toEqual([expect.stringMatching(/^waiting up to 30 s: .*503/)]);
    });

    requirement(
      'openssl',
      hasTool('openssl'),
      'TLS needs certificates',
    )('TLS', async () => {
      const own = makeAuthority(folder, `own-${major}`, 'authority');
      const other = makeAuthority(folder, `other-${major}`, 'authority');
      const tls = own.sign('IP:127.0.0.1');
      const url = await proxy({ tls });
      const untrusted = /^UNFOLD_ENGINE_UNTRUSTED: .*caFingerprint/;
      expect(await answer(url)).toMatch(untrusted);
      expect(await answer(url, { ca: own.file })).toBe('connected');
      expect(await answer(url, { ca: other.file })).toMatch(untrusted);
      expect(await answer(url, { caFingerprint: own.fingerprint })).toBe('connected');
      expect(await answer(url, { caFingerprint: own.fingerprint.replaceAll(':', '').toLowerCase() })).toBe(
        'connected',
      );
      expect(await answer(url, { caFingerprint: other.fingerprint })).toMatch(untrusted);

      // Whoever shows the authority's certificate, which is public, behind one of their own is not believed.
      const forged = other.sign('IP:127.0.0.1');
      const impostor = await proxy({ tls: { ...forged, cert: forged.cert.replace(other.pem, own.pem) } });
      expect(await answer(impostor, { caFingerprint: own.fingerprint })).toMatch(untrusted);

      const elsewhere = await proxy({ tls: own.sign('DNS:elsewhere.example') });
      expect(await answer(elsewhere, { ca: own.file })).toMatch(
        /^UNFOLD_ENGINE_UNTRUSTED: .*127.0.0.1.*Name the node as its certificate/,
      );
      expect(await answer(url.replace('https:', 'http:'))).toMatch(/^UNFOLD_ENGINE_UN.*https:\/\//);
    });
  });

test('waiting ends when it is interrupted', async () => {
  const controller = new AbortController();
  const waiting = answer('http://127.0.0.1:1', { patienceMs: 600_000, signal: controller.signal });
  await setTimeout(300);
  controller.abort();
  expect(await waiting).toMatch(/aborted/);
});
