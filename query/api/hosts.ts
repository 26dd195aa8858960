// Who may speak to the server from a browser: pages of its own, under a name that it knows.
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UnfoldError } from '../../schemas/error.ts';

/** A page may load nothing from elsewhere, run nothing inline, and be framed by nobody. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sent with every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** An address as servers and URLs have it. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** `HOST:PORT`, an IPv6 address in brackets. */
export function hostAndPort({ host, port }: ListenAddress): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/**
 * A hook that refuses requests which a foreign page could have made: under a name that somebody made point here (DNS
 * rebinding), or from another origin. An address is no name, so nobody can rebind it.
 */
export function foreignRequestGuard(names: readonly string[]) {
  const known = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    done(refusal(request, known));
  };
}

function refusal({ headers }: FastifyRequest, known: ReadonlySet<string>): UnfoldError | undefined {
  const { host = '', origin } = headers;
  const name = nameOf(host);
  if (isIP(name) === 0 && !known.has(name))
    return new UnfoldError(
      'UNFOLD_ORIGIN_REFUSED',
      `This server does not go by the name ${name || '(none)'}.`,
    );
  const isForeign = origin !== undefined && URL.parse(origin)?.host !== host;
  // Following a link is no question that a foreign page could read the answer of.
  const isAsked = headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
  if (isForeign || isAsked)
    return new UnfoldError('UNFOLD_ORIGIN_REFUSED', 'Pages of other origins may not ask this server.');
  return undefined;
}

/** The name or address of a Host header. */
function nameOf(host: string): string {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host.toLowerCase()) ?? [];
  return bracketed ?? plain.replace(/\.$/, '');
}
