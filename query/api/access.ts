// Who asks, and what they may: everybody on this machine while there are no tokens, and whom a token names from then on.
import type { FastifyRequest } from 'fastify';
import { UnfoldError } from '../../schemas/error.ts';
import type { Scope } from '../../schemas/token.ts';
import type { Api } from './api.ts';
import type { TokenFile } from './token-file.ts';

/** Who asks. */
export interface Identity {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Only systems with all of these labels; null: all systems. */
  readonly labels: Readonly<Record<string, string>> | null;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route takes; every route under /v1 has one. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** Null until it is known. */
    identity: Identity | null;
  }
}

/** On a server that only this machine reaches, and that has no tokens. */
const LOOPBACK: Identity = { name: 'loopback', scopes: ['admin'], labels: null };

/** Tells who asks before the request is counted. Nobody is refused here. */
export function identifyBy(api: Api, tokens: TokenFile, isLoopback: boolean): void {
  api.decorateRequest('identity', null);
  api.addHook('onRequest', (request, _reply, done) => {
    request.identity = identityOf(request, tokens, isLoopback);
    done();
  });
}

/** Refuses who may not. Throws UNFOLD_TOKEN_MISSING, UNFOLD_SCOPE_MISSING; a route without a scope cannot be added. */
export function guard(api: Api): void {
  api.addHook('onRoute', ({ url, config }) => {
    if (url.startsWith('/v1/') && config?.scope === undefined) throw new Error(`${url} says no scope`);
  });
  api.addHook('onRequest', (request, _reply, done) => {
    const { scope } = request.routeOptions.config;
    if (scope !== undefined) requireScope(request, scope);
    done();
  });
}

/** Throws UNFOLD_SCOPE_MISSING where who asks may not do this as well. */
export function requireScope({ identity, headers }: FastifyRequest, scope: Scope): void {
  if (identity === null) {
    const given = headers.authorization !== undefined;
    throw new UnfoldError(
      'UNFOLD_TOKEN_MISSING',
      given ? 'The token is not known, or has expired.' : 'This server asks for a token.',
    );
  }
  if (!identity.scopes.includes(scope) && !identity.scopes.includes('admin'))
    throw new UnfoldError('UNFOLD_SCOPE_MISSING', `The token does not have the scope ${scope}.`);
}

function identityOf({ headers }: FastifyRequest, tokens: TokenFile, isLoopback: boolean): Identity | null {
  if (tokens.tokens() === null) return isLoopback ? LOOPBACK : null;
  const [, secret] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const token = secret === undefined ? null : tokens.find(secret, new Date());
  return token && { name: token.name, scopes: token.scopes, labels: token.labels };
}
