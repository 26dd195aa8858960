// What the page asks of the API.
import { signal } from '@preact/signals';
import type { Answer } from '../../schemas/answer.ts';
import type { ApiProblem, CoverageAnswer, FieldsAnswer } from '../../schemas/api.ts';
import type { z } from 'zod';

/** What can be asked. */
export type Reference = z.infer<typeof FieldsAnswer>;
/** A field of the query language. */
export type Field = Reference['fields'][number];

/** A request that was refused, or never answered. */
export class RequestProblem extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor({ code, detail, remedy }: Pick<ApiProblem, 'code' | 'detail' | 'remedy'>) {
    super(detail);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Where the token is while this tab is open, and nowhere else. */
const TOKEN = 'unfold-token';

/** How often somebody gave a token: what was refused before may be asked again. */
export const tokensGiven = signal(0);

/** Sends this token from now on. */
export function sendToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
  tokensGiven.value++;
}

/** Values per facet: those that are shown, and those that the box completes. */
const FACET_SIZE = 50;
/** Facets that the page shows. */
export const FACETS: readonly string[] = ['kind', 'os', 'label', 'package', 'port', 'directory/', 'crawled'];

/** What a search asks. */
export interface SearchRequest {
  readonly query: string;
  readonly narrow?: readonly string[];
  readonly at?: string;
  readonly limit: number;
  readonly evidence?: number | 'all';
  readonly facets?: readonly string[];
  readonly facetSize?: number;
  readonly cursor?: string | null;
}

/** The address of a search in the API. */
export function searchPath({ query, limit, evidence = 3, facets = [], ...more }: SearchRequest): string {
  const { narrow = [], at = '', facetSize = FACET_SIZE, cursor = null } = more;
  const parameters = new URLSearchParams({ q: query, limit: String(limit), evidence: String(evidence) });
  parameters.set('facets', facets.join(','));
  if (facets.length > 0) parameters.set('facetSize', String(facetSize));
  for (const condition of narrow) parameters.append('narrow', condition);
  if (at !== '') parameters.set('at', at);
  if (cursor !== null) parameters.set('cursor', cursor);
  return `/v1/search?${parameters}`;
}

/** Answers a search. Throws RequestProblem, or AbortError. */
export function search(request: SearchRequest, signal: AbortSignal): Promise<Answer> {
  return fetched<Answer>(searchPath(request), { signal });
}

/** For which systems the index can speak. */
export function coverage(): Promise<z.infer<typeof CoverageAnswer>> {
  return fetched('/v1/coverage');
}

/** The reference of the query language. */
export function reference(): Promise<Reference> {
  return fetched('/v1/fields');
}

/** What a request came to, as something to be shown. */
export function problemOf(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error;
  return new RequestProblem({
    code: 'unreadable',
    detail: 'The answer of the server cannot be read.',
    remedy: error instanceof Error ? error.message : 'Reload the page.',
  });
}

/** The answer of the API at a path. Throws RequestProblem, or what the signal was aborted with. */
export async function fetched<T>(path: string, init: RequestInit = {}): Promise<T> {
  const token = sessionStorage.getItem(TOKEN);
  const headers = new Headers(init.headers);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  const response = await fetch(path, { ...init, headers }).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw new RequestProblem({
      code: 'unreachable',
      detail: 'The server does not answer.',
      remedy: 'Is `unfold serve` still running?',
    });
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new RequestProblem(body as ApiProblem);
  return body as T;
}
