// /v1/search, /v1/lookup, /v1/export: questions of the query language.
import { z } from 'zod';
import { Answer, LookupAnswer } from '../../../schemas/answer.ts';
import { describedAnswers, sendAnswer, type Api } from '../api.ts';
import type { Asking, LookupQuestion, SearchQuestion } from '../asking.ts';
import {
  cursorOf,
  ExportParameters,
  facetsOf,
  instantOf,
  limitOf,
  LookupBody,
  LookupParameters,
  periodOf,
  SearchParameters,
} from '../parameters.ts';
import { narrowings } from '../../facets.ts';
import { sendStream } from '../streams.ts';

/** Adds the routes. */
export function addAskingRoutes(api: Api, asking: Asking): void {
  addSearch(api, asking);
  addLookup(api, asking);
  addExport(api, asking);
}

function addSearch(api: Api, asking: Asking): void {
  api.get(
    '/v1/search',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'search',
        summary: 'Find systems by words, fields and addresses',
        tags: ['questions'],
        querystring: SearchParameters,
        response: describedAnswers(Answer),
      },
    },
    (request, reply) => {
      const { q, limit, evidence, facets, facetSize, narrow, cursor, explain } = request.query;
      const at = instantOf(request.query.at, 'at');
      request.audited = { what: q, at };
      return sendAnswer(
        asking,
        {
          ask: 'search',
          query: q,
          at,
          limit,
          cursor: cursorOf(cursor),
          evidence: limitOf(evidence),
          facets: facetsOf(facets, facetSize),
          narrowed: narrowings([narrow].flat()),
          explain: explain === 'true',
        },
        request,
        reply,
      );
    },
  );
}

function addLookup(api: Api, asking: Asking): void {
  const described = {
    summary: 'Find every place where addresses, networks, host names and ports are written',
    tags: ['questions'],
    response: describedAnswers(LookupAnswer),
  };
  api.get(
    '/v1/lookup',
    {
      config: { scope: 'search' },
      schema: { ...described, operationId: 'lookup', querystring: LookupParameters },
    },
    (request, reply) => {
      const { asked, role, ...wanted } = request.query;
      const question = lookupOf({ ...wanted, asked: [asked].flat(), roles: [role].flat() });
      request.audited = { what: question.asked.join(' '), at: question.at };
      return sendAnswer(asking, question, request, reply);
    },
  );
  api.post(
    '/v1/lookup',
    { config: { scope: 'search' }, schema: { ...described, operationId: 'lookupBatch', body: LookupBody } },
    (request, reply) => {
      const question = lookupOf(request.body);
      request.audited = { what: question.asked.join(' '), at: question.at };
      return sendAnswer(asking, question, request, reply);
    },
  );
}

function lookupOf(wanted: z.infer<typeof LookupBody>): LookupQuestion {
  const { asked, at, from, to, match, roles, scope, names, reconcile, evidence } = wanted;
  return {
    ask: 'lookup',
    asked,
    ...periodOf({ at, from, to }),
    match,
    roles,
    scope: scope ?? null,
    names,
    reconcile: reconcile ?? null,
    evidence: limitOf(evidence),
  };
}

function addExport(api: Api, asking: Asking): void {
  api.get(
    '/v1/export',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'export',
        summary: 'All systems of an answer with all of their evidence, as a stream',
        tags: ['questions'],
        querystring: ExportParameters,
        response: describedAnswers({
          description: 'The stream',
          content: { 'application/x-ndjson': { schema: z.string() }, 'text/csv': { schema: z.string() } },
        }),
      },
    },
    (request, reply) => {
      const { q, limit, evidence, format } = request.query;
      const at = instantOf(request.query.at, 'at');
      request.audited = { what: q, at };
      const question: SearchQuestion = {
        ask: 'search',
        query: q,
        at,
        limit: limitOf(limit),
        cursor: null,
        evidence: limitOf(evidence),
        facets: [],
        narrowed: [],
        explain: false,
      };
      const type = format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson';
      return sendStream(asking, { stream: 'search', format, question }, type, request, reply);
    },
  );
}
