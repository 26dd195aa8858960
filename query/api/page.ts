// The page: prebuilt files, read once, sent compressed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UnfoldError } from '../../schemas/error.ts';
import type { Api } from './api.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Names of files below hold a hash of what is in them. */
const HASHED = '/assets/';

/** A file as it is sent. */
interface PageFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** Views of the page that have paths of their own. */
const VIEWS = ['/system/*', '/lookup', '/compare', '/map', '/coverage'];

/** Adds a route per file of the folder, and the page at each of its views; without the folder, `/` says how to build it. */
export function addPageRoutes(api: Api, folder: string): void {
  const files = existsSync(join(folder, 'index.html')) ? readPage(folder) : new Map<string, PageFile>();
  for (const [path, file] of files) {
    const route = path === '/index.html' ? '/' : path;
    api.get(route, { schema: { hide: true } }, (request, reply) => sendFile(file, request, reply));
  }
  const index = files.get('/index.html');
  if (index !== undefined)
    for (const view of VIEWS)
      api.get(view, { schema: { hide: true } }, (request, reply) => sendFile(index, request, reply));
  if (files.size === 0)
    api.get('/', { schema: { hide: true } }, () => {
      throw new UnfoldError('UNFOLD_ROUTE_UNKNOWN', 'The page is not built here.', {
        remedy: '`npm run build` builds it; the API under /v1 needs none.',
      });
    });
}

function readPage(folder: string): Map<string, PageFile> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    names
      .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return [`/${relative(folder, file)}`, pageFile(file)];
      }),
  );
}

function pageFile(file: string): PageFile {
  const plain = readFileSync(file);
  return {
    type: TYPES[extname(file)] ?? '',
    plain,
    gzipped: gzipSync(plain, { level: 9 }),
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
  };
}

function sendFile(
  { type, plain, gzipped, etag }: PageFile,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const isHashed = request.url.startsWith(HASHED);
  reply.headers({
    etag,
    vary: 'accept-encoding',
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  reply.type(type);
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(plain);
  return reply.header('content-encoding', 'gzip').send(gzipped);
}
