// What the server says of itself: /v1/fields, /openapi.json, /livez, /readyz.
import { z } from 'zod';
import { FieldsAnswer } from '../../../schemas/api.ts';
import { reference } from '../../language/reference.ts';
import { describedAnswers, type Api } from '../api.ts';

const FIELDS_ANSWER = JSON.stringify(reference());

/** Adds the routes; `ready` tells whether the index can be asked. */
export function addServerRoutes(api: Api, ready: () => Promise<boolean>): void {
  api.get(
    '/v1/fields',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'fields',
        summary: 'The query language: what can be asked, and every `field:`',
        tags: ['server'],
        response: describedAnswers(FieldsAnswer),
      },
    },
    (_request, reply) => reply.type('application/json; charset=utf-8').send(FIELDS_ANSWER),
  );
  api.get('/openapi.json', { schema: { hide: true } }, () => api.swagger());
  api.get('/livez', { schema: health('live', 'Whether the server runs') }, (_request, reply) =>
    reply.type('text/plain').send('alive\n'),
  );
  api.get(
    '/readyz',
    { schema: health('ready', 'Whether there is an index to be asked') },
    async (_request, reply) => {
      const isReady = await ready();
      return reply
        .type('text/plain')
        .code(isReady ? 200 : 503)
        .send(isReady ? 'ready\n' : 'not ready\n');
    },
  );
}

function health(operationId: string, summary: string) {
  const text = { description: 'A word', content: { 'text/plain': { schema: z.string() } } };
  const response: Record<string, unknown> = { 200: text, 503: text };
  return { operationId, summary, tags: ['server'], response };
}
