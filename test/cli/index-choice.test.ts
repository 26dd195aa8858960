// Which index a command works on, and that what is wrong with Elasticsearch is said before anything is done.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readConfiguration } from '../../cli/configuration.ts';
import { settings, type GlobalOptions } from '../../cli/settings.ts';
import { listen, type Listening } from '../elasticsearch-proxy.ts';
import { completeFrame, frameText, Place } from './process.ts';

const place = new Place();
const servers: Listening[] = [];
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});
afterAll(async () => {
  for (const server of servers) await server.close();
  place.remove();
});

const NODE = 'http://127.0.0.1:9200';

function file(text: string): string {
  const path = place.path('choice.yaml');
  writeFileSync(path, text);
  return path;
}

async function chosen(options: GlobalOptions, text = '', environment: Record<string, string> = {}) {
  Object.assign(process.env, { UNFOLD_ENGINE: '', ...environment });
  return (await settings({ data: '/data', config: file(text), ...options })).index;
}

const ELASTICSEARCH = `index:\n  engine: elasticsearch\n  elasticsearch:\n    nodes: ['${NODE}']\n`;

describe('the engine', () => {
  const embedded = { engine: 'embedded', dataFolder: '/data' };
  const elasticsearch = { engine: 'elasticsearch', elasticsearch: { nodes: [NODE], prefix: 'unfold' } };

  test.each<[string, GlobalOptions, string, Record<string, string>, object]>([
    ['by default', {}, '', {}, embedded],
    ['configured', {}, ELASTICSEARCH, {}, elasticsearch],
    ['of the environment', {}, ELASTICSEARCH, { UNFOLD_ENGINE: 'embedded' }, embedded],
    [
      'of an option',
      { engine: 'elasticsearch' },
      ELASTICSEARCH,
      { UNFOLD_ENGINE: 'embedded' },
      elasticsearch,
    ],
    ['of an option', { engine: 'embedded' }, ELASTICSEARCH, { UNFOLD_ENGINE: 'elasticsearch' }, embedded],
    ['of a named node', { elasticsearchNode: [NODE] }, '', { UNFOLD_ENGINE: 'embedded' }, elasticsearch],
    [
      'with other nodes than configured',
      { elasticsearchNode: ['http://other:1'] },
      `${ELASTICSEARCH}    prefix: mine\n`,
      {},
      { engine: 'elasticsearch', elasticsearch: { nodes: ['http://other:1'], prefix: 'mine' } },
    ],
  ])('%s', async (_name, options, text, environment, expected) => {
    expect(await chosen(options, text, environment)).toMatchObject(expected);
  });

  test.each<[GlobalOptions, Record<string, string>, string]>([
    [{ engine: 'elasticsearch' }, {}, 'No node'],
    [{}, { UNFOLD_ENGINE: 'sqlite' }, 'sqlite'],
    [{ engine: 'embedded', elasticsearchNode: [NODE] }, {}, '--elasticsearch-node'],
  ])('%j %j is a mistake', async (options, environment, message) => {
    await expect(chosen(options, '', environment)).rejects.toMatchObject({
      code: 'UNFOLD_USAGE',
      message: expect.stringContaining(message),
    });
  });
});

describe('credentials', () => {
  async function credentials(text: string, environment: Record<string, string>): Promise<unknown> {
    const named = Object.entries(environment).map(([name, value]) => [`UNFOLD_ELASTICSEARCH_${name}`, value]);
    const index = await chosen({}, ELASTICSEARCH + text, Object.fromEntries(named) as Record<string, string>);
    if (index.engine === 'embedded') return null;
    const { apiKey, username, password } = index.elasticsearch;
    return [apiKey, username, password];
  }

  test.each<[string, Record<string, string>, unknown]>([
    ['', {}, [undefined, undefined, undefined]],
    ['', { API_KEY: 'key' }, ['key', undefined, undefined]],
    ['', { API_KEY: '' }, [undefined, undefined, undefined]],
    ['', { USERNAME: 'me', PASSWORD: 'secret' }, [undefined, 'me', 'secret']],
    ['    username: me\n', { API_KEY: 'key', PASSWORD: 'secret' }, [undefined, 'me', 'secret']],
    ['    username: me\n    password: mine\n', { PASSWORD: 'secret' }, [undefined, 'me', 'mine']],
    ['    apiKey: mine\n', { API_KEY: 'key', USERNAME: 'me' }, ['mine', undefined, undefined]],
  ])('%j with %j', async (text, environment, expected) => {
    expect(await credentials(text, environment)).toEqual(expected);
  });

  test('a certificate file is relative to the configuration file', async () => {
    const index = await chosen({}, `${ELASTICSEARCH}    ca: tls/ca.pem\n`);
    expect(index).toMatchObject({ elasticsearch: { ca: place.path('tls/ca.pem') } });
  });

  test('config check shows none', async () => {
    const secrets = '    username: me\n    password: s3cret\n';
    writeFileSync(place.path('secret.yaml'), ELASTICSEARCH.replace('://', '://u:s3cret@') + secrets);
    for (const form of [[], ['--json']]) {
      const { status, stdout } = await place.unfold(['config', 'check', 'secret.yaml', ...form]);
      expect(status).toBe(0);
      expect(stdout).toContain('127.0.0.1:9200');
      expect(stdout).not.toContain('s3cret');
    }
  });
});

test.each([
  ['index:\n  engine: sqlite\n', '/choice.yaml:2:11: index.engine: '],
  [
    'index:\n  engine: elasticsearch\n',
    '/choice.yaml:2:11: index.engine: elasticsearch needs elasticsearch.nodes',
  ],
  ['index:\n  elasticsearch:\n    nodes: []\n', '/choice.yaml:3:12: index.elasticsearch.nodes: '],
  ['index:\n  elasticsearch:\n    nodes: [localhost]\n', '/choice.yaml:3:13: index.elasticsearch.nodes.0: '],
  [`${ELASTICSEARCH}    perfix: a\n`, '/choice.yaml:5:5: unknown key perfix; did you mean prefix?'],
  [`${ELASTICSEARCH}    prefix: Ab\n`, '/choice.yaml:5:13: index.elasticsearch.prefix: '],
  [
    `${ELASTICSEARCH}    caFingerprint: ab\n`,
    '/choice.yaml:5:20: index.elasticsearch.caFingerprint: must be',
  ],
  [
    `${ELASTICSEARCH}    apiKey: a\n    username: b\n`,
    '/choice.yaml:5:13: index.elasticsearch.apiKey: either',
  ],
  ['index: elasticsearch\n', '/choice.yaml:1:8: index: '],
])('%j is a mistake with its line', (text, message) => {
  expect(() => readConfiguration(file(text))).toThrow(message);
});

test('a search in the embedded index loads neither Elasticsearch nor a schema', async () => {
  await place.index([completeFrame('a1', 'alpha\n')]);
  const coverage = place.path('coverage');
  const { status } = await place.unfold(['search', 'alpha'], { env: { NODE_V8_COVERAGE: coverage } });
  expect(status).toBe(0);
  const loaded = readdirSync(coverage)
    .flatMap(
      (name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')) as { result: { url: string }[] },
    )
    .flatMap(({ result }) => result.map(({ url }) => url));
  expect(loaded).toContainEqual(expect.stringContaining('/embedded/engine.ts'));
  expect(loaded.filter((url) => /\/node_modules\/(@elastic|zod|undici)\//.test(url))).toEqual([]);
});

describe('what is wrong with Elasticsearch is said, with exit status 2', () => {
  beforeAll(() => {
    mkdirSync(place.path('root'));
    writeFileSync(place.path('frame.ndjson'), frameText(completeFrame('a1', 'alpha\n')));
  });

  const answering =
    (status: number, body: unknown, headers: Record<string, string>): RequestListener =>
    (_request, response) => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    };
  const product = { 'x-elastic-product': 'Elasticsearch' };

  test.each<[string, RequestListener | null, string, RegExp]>([
    ['nothing listens', null, 'UNFOLD_ENGINE_UNREACHABLE', /Check the URL/],
    ['no credentials', answering(401, {}, product), 'UNFOLD_ENGINE_REFUSED', /UNFOLD_ELASTICSEARCH_API_KEY/],
    ['a web server', answering(200, {}, { server: 'nginx' }), 'UNFOLD_ENGINE_UNSUPPORTED', /Check the URL/],
    [
      'version 7',
      answering(200, { version: { number: '7.17.9' } }, product),
      'UNFOLD_ENGINE_UNSUPPORTED',
      /Elasticsearch 7\.17\.9.*Use Elasticsearch 8 or 9/s,
    ],
  ])('%s', async (_name, handler, code, words) => {
    const server = handler === null ? null : await listen(handler);
    if (server !== null) servers.push(server);
    const url = server?.url ?? 'http://127.0.0.1:1';
    const reading = [['search', 'alpha'], ['lookup', '10.0.0.1'], ['systems'], ['frame', 'show', 'a1']];
    // Who writes waits a minute for a node that is away.
    const writing =
      server === null
        ? []
        : [
            ['index', 'frame.ndjson'],
            ['crawl', 'rootfs:root'],
          ];
    for (const args of [...reading, ...writing]) {
      const { status, stdout, stderr } = await place.unfold([...args, '--elasticsearch-node', url]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(new RegExp(`^error ${code}: `));
      expect(stderr).toMatch(words);
      expect(stderr).not.toContain('    at ');
    }
    expect(readdirSync(place.folder)).not.toContain('spool');
  });
});
