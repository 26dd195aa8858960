// /v1/saved: searches that have names, and where their events go.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  SavedSearchesAnswer,
  SavedSearchName,
  ShownSavedSearch,
  Webhook,
} from '../../../schemas/saved-search.ts';
import { shownSearch, type SavedFile } from '../../saved/saved-file.ts';
import { describedAnswers, type Api } from '../api.ts';

const SavedPath = z.object({ name: SavedSearchName });

const SavedBody = z.strictObject({
  query: z.string().describe('The query.'),
  webhook: Webhook.partial({ secret: true })
    .nullable()
    .default(null)
    .describe(
      'Where events go; null: to stdout of `unfold watch`. The secret signs them, and is never shown: left out, it stays what it was for the same URL.',
    ),
});

const tags = ['saved searches'];

/** Adds the routes that read. Who may search sees names and queries; webhooks are for administrators, who alone may save. */
export function addSavedRoutes(api: Api, saved: SavedFile): void {
  api.get(
    '/v1/saved',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'savedSearches',
        summary: 'Every saved search',
        tags,
        response: describedAnswers(SavedSearchesAnswer),
      },
    },
    (request, reply) => {
      const searches = saved.searches().map((search) => shownTo(request, shownSearch(search)));
      return reply.send({ schema: 'unfold.saved-searches-answer/1', searches });
    },
  );
  api.get(
    '/v1/saved/:name',
    {
      config: { scope: 'search' },
      schema: {
        operationId: 'savedSearch',
        summary: 'One saved search',
        tags,
        params: SavedPath,
        response: describedAnswers(ShownSavedSearch),
      },
    },
    (request, reply) => reply.send(shownTo(request, shownSearch(saved.named(request.params.name)))),
  );
}

/** Adds the routes that change what is saved. */
export function addSavingRoutes(api: Api, saved: SavedFile): void {
  api.put(
    '/v1/saved/:name',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'saveSearch',
        summary: 'Save a search under a name, in place of what has it',
        tags,
        params: SavedPath,
        body: SavedBody,
        response: describedAnswers(ShownSavedSearch),
      },
    },
    (request, reply) => {
      const { name } = request.params;
      request.audited = { what: `saved search ${name}: ${request.body.query}`, at: null };
      return reply.send(shownSearch(saved.save(name, request.body, new Date())));
    },
  );
  api.delete(
    '/v1/saved/:name',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'removeSearch',
        summary: 'Remove a saved search, with the events that wait',
        tags,
        params: SavedPath,
        response: describedAnswers(ShownSavedSearch),
      },
    },
    (request, reply) => {
      const { name } = request.params;
      request.audited = { what: `removed saved search ${name}`, at: null };
      return reply.send(shownSearch(saved.remove(name)));
    },
  );
}

function shownTo({ identity }: FastifyRequest, shown: ShownSavedSearch): ShownSavedSearch {
  if (identity?.scopes.includes('admin') === true) return shown;
  const { name, query, changed } = shown;
  return { name, query, changed };
}
