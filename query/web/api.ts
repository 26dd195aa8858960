// What the page asks of the API.
import type { Answer } from '../../schemas/answer.ts';
import type { ApiProblem, CoverageAnswer, FieldsAnswer } from '../../schemas/api.ts';
import type { z } from 'zod';

/** A field of the query language. */
export type Field = z.infer<typeof FieldsAnswer>['fields'][number];

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

/** Sends this token from now on. */
export function sendToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
}

/** Facets that the page shows. */
const FACETS = 'kind,os,package,directory';

/** What a search asks. */
export interface SearchRequest {
  readonly query: string;
  readonly limit: number;
  readonly evidence?: number | 'all';
  readonly facetSize?: number;
  readonly cursor?: string | null;
}

/** The address of a search in the API. */
export function searchPath({ query, limit, evidence = 3, facetSize, cursor = null }: SearchRequest): string {
  const parameters = new URLSearchParams({ q: query, limit: String(limit), evidence: String(evidence) });
  parameters.set('facets', facetSize === undefined ? '' : FACETS);
  if (facetSize !== undefined) parameters.set('facetSize', String(facetSize));
  if (cursor !== null) parameters.set('cursor', cursor);
  return `/v1/search?${parameters}`;
}

/** Answers a search. Throws RequestProblem, or AbortError. */
export function search(request: SearchRequest, signal: AbortSignal): Promise<Answer> {
  return fetched<Answer>(searchPath(request), signal);
}

/** For which systems the index can speak. */
export function coverage(): Promise<z.infer<typeof CoverageAnswer>> {
  return fetched('/v1/coverage');
}

/** Every field of the query language. */
export async function fields(): Promise<Field[]> {
  return (await fetched<z.infer<typeof FieldsAnswer>>('/v1/fields')).fields;
}

async function fetched<T>(path: string, signal?: AbortSignal): Promise<T> {
  const token = sessionStorage.getItem(TOKEN);
  const headers: HeadersInit = token === null ? {} : { authorization: `Bearer ${token}` };
  const init = signal === undefined ? { headers } : { headers, signal };
  const response = await fetch(path, init).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
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
