// /v1/systems, /v1/systems/{id} and what lies below, /v1/coverage: what is known of systems.
import type { z } from 'zod';
import {
  CoverageAnswer,
  DirectoryAnswer,
  FactsAnswer,
  SystemAnswer,
  SystemsAnswer,
} from '../../../schemas/api.ts';
import { Comparison, Log } from '../../../schemas/comparison.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { requireScope } from '../access.ts';
import { describedAnswers, sendAnswer, type Api } from '../api.ts';
import type { Asking, DiffQuestion, FactsQuestion } from '../asking.ts';
import {
  cursorOf,
  DiffParameters,
  DirectoryParameters,
  FactsParameters,
  featuresOf,
  FramesParameters,
  instantOf,
  InstantParameters,
  SystemPath,
  SystemsParameters,
} from '../parameters.ts';
import { sendStream } from '../streams.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Adds the routes. */
export function addSystemRoutes(api: Api, asking: Asking): void {
  addSystems(api, asking);
  addFacts(api, asking);
  addDirectory(api, asking);
  addFrames(api, asking);
  addDiff(api, asking);
  api.get(
    '/v1/coverage',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'coverage',
        summary: 'For which systems the index can speak, and for which it cannot, with the reasons',
        tags: ['systems'],
        querystring: InstantParameters,
        response: describedAnswers(CoverageAnswer),
      },
    },
    (request, reply) =>
      sendAnswer(asking, { ask: 'coverage', at: instantOf(request.query.at, 'at') }, request, reply),
  );
}

function addSystems(api: Api, asking: Asking): void {
  api.get(
    '/v1/systems',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'systems',
        summary: 'Every system of the index with its newest frame',
        tags: ['systems'],
        querystring: SystemsParameters,
        response: describedAnswers(SystemsAnswer),
      },
    },
    (request, reply) => {
      const { at, limit, cursor } = request.query;
      const question = { ask: 'systems', at: instantOf(at, 'at'), limit, cursor: cursorOf(cursor) } as const;
      return sendAnswer(asking, question, request, reply);
    },
  );
  api.get(
    '/v1/systems/:id',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'system',
        summary: 'One system with its newest frame, its problems and the failure of its last crawl',
        tags: ['systems'],
        params: SystemPath,
        querystring: InstantParameters,
        response: describedAnswers(SystemAnswer),
      },
    },
    (request, reply) => {
      const at = instantOf(request.query.at, 'at');
      return sendAnswer(asking, { ask: 'system', system: request.params.id, at }, request, reply);
    },
  );
}

function addFacts(api: Api, asking: Asking): void {
  api.get(
    '/v1/systems/:id/facts',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'facts',
        summary: 'What held on a system at an instant, or began and ended in a span',
        tags: ['systems'],
        params: SystemPath,
        querystring: FactsParameters,
        response: describedAnswers({
          description: 'Facts by feature, key and beginning',
          content: {
            'application/json': { schema: FactsAnswer },
            'application/x-ndjson': { schema: FactsAnswer.shape.facts.element },
          },
        }),
      },
    },
    (request, reply) => {
      const question = factsQuestion(request.params.id, request.query);
      if (question.texts) requireScope(request, 'read-content');
      request.audited = { what: `facts of ${question.system}`, at: null };
      if (request.query.format === 'json') return sendAnswer(asking, question, request, reply);
      return sendStream(asking, { stream: 'facts', question }, 'application/x-ndjson', request, reply);
    },
  );
}

function addDirectory(api: Api, asking: Asking): void {
  api.get(
    '/v1/systems/:id/directory',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'directory',
        summary: 'What lies right below a directory of a system',
        tags: ['systems'],
        params: SystemPath,
        querystring: DirectoryParameters,
        response: describedAnswers(DirectoryAnswer),
      },
    },
    (request, reply) => {
      const { id: system } = request.params;
      const { path, limit } = request.query;
      const at = instantOf(request.query.at, 'at');
      request.audited = { what: `directory ${path} of ${system}`, at };
      return sendAnswer(asking, { ask: 'directory', system, path, at, limit }, request, reply);
    },
  );
}

function addFrames(api: Api, asking: Asking): void {
  api.get(
    '/v1/systems/:id/frames',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'frames',
        summary: 'The crawls of a system, newest first: what each brought, and where crawls are missing',
        tags: ['systems'],
        params: SystemPath,
        querystring: FramesParameters,
        response: describedAnswers(Log),
      },
    },
    (request, reply) => {
      const { id: system } = request.params;
      request.audited = { what: `frames of ${system}`, at: null };
      return sendAnswer(asking, { ask: 'frames', system, limit: request.query.limit }, request, reply);
    },
  );
}

function addDiff(api: Api, asking: Asking): void {
  api.get(
    '/v1/systems/:id/diff',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'diff',
        summary: 'What differs between two states of a system, or of two systems, as a stream',
        tags: ['systems'],
        params: SystemPath,
        querystring: DiffParameters,
        response: describedAnswers(Comparison),
      },
    },
    (request, reply) => {
      const question = diffQuestion(request.params.id, request.query);
      if (question.texts) requireScope(request, 'read-content');
      const other = question.with === null ? '' : ` and ${question.with}`;
      request.audited = { what: `differences of ${question.system}${other}`, at: question.to };
      return sendStream(asking, { stream: 'diff', question }, JSON_TYPE, request, reply);
    },
  );
}

function diffQuestion(
  system: string,
  { from, to, with: other, feature, path, all, texts }: z.output<typeof DiffParameters>,
): DiffQuestion {
  return {
    system,
    with: other ?? null,
    from: instantOf(from, 'from'),
    to: instantOf(to, 'to'),
    features: featuresOf(feature) ?? (path === undefined ? null : ['file']),
    path: path ?? null,
    minor: all,
    texts,
  };
}

function factsQuestion(
  system: string,
  { at, after, until, feature, key, texts, limit, cursor }: z.output<typeof FactsParameters>,
): FactsQuestion {
  return {
    ask: 'facts',
    system,
    span: spanOf(at, after, until),
    texts,
    feature: feature ?? null,
    key: key ?? null,
    limit,
    cursor: cursorOf(cursor),
  };
}

function spanOf(
  at: string | undefined,
  after: string | undefined,
  until: string | undefined,
): FactsQuestion['span'] {
  const begin = instantOf(after, 'after');
  if (begin === null && until === undefined) return { at: instantOf(at, 'at') };
  if (begin === null || at !== undefined)
    throw new UnfoldError('UNFOLD_REQUEST_INVALID', '`until` needs `after`, and neither goes with `at`', {
      place: { parameter: begin === null ? 'until' : 'at' },
    });
  return { after: begin, until: instantOf(until, 'until') };
}
