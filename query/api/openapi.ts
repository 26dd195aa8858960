// The OpenAPI document, made of the schemas that check the requests.
import swagger from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Answer, Evidence, Facet, LookupAnswer, Notice, SystemHit } from '../../schemas/answer.ts';
import {
  ApiProblem,
  ContentAnswer,
  CoverageAnswer,
  DirectoryAnswer,
  FactsAnswer,
  FieldsAnswer,
  IngestAnswer,
  SystemAnswer,
  SystemsAnswer,
  SystemSummary,
} from '../../schemas/api.ts';
import { Change, ComparedEnd, Comparison, Log, LogEntry } from '../../schemas/comparison.ts';
import { Coverage, CoverageGap } from '../../schemas/coverage.ts';
import { SavedSearchesAnswer, ShownSavedSearch } from '../../schemas/saved-search.ts';
import { SystemRef } from '../../schemas/system.ts';
import type { Api } from './api.ts';

/** Shapes that the document names once. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Answer,
  LookupAnswer,
  SystemHit,
  Evidence,
  Facet,
  Notice,
  Coverage,
  CoverageGap,
  SystemRef,
  SystemSummary,
  SystemsAnswer,
  SystemAnswer,
  FactsAnswer,
  DirectoryAnswer,
  ContentAnswer,
  Log,
  LogEntry,
  Comparison,
  ComparedEnd,
  Change,
  CoverageAnswer,
  FieldsAnswer,
  IngestAnswer,
  SavedSearchesAnswer,
  ShownSavedSearch,
  Problem: ApiProblem,
};

const TAGS = [
  { name: 'questions', description: 'Questions of the query language. Every answer carries its coverage.' },
  { name: 'systems', description: 'What is known of systems.' },
  { name: 'saved searches', description: 'Searches with names, and where events of them go.' },
  { name: 'frames', description: 'Frames of crawlers on other machines.' },
  { name: 'server', description: 'The server itself.' },
];

/** Describes the routes that are added after it. */
export async function describeRoutes(api: Api, version: string): Promise<void> {
  const registry = z.registry<{ id?: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const named = createJsonSchemaTransformObject({ schemaRegistry: registry });
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Unfold',
        version,
        description: 'Search your data center like the Web. Instants are ISO 8601, in UTC.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: TAGS,
    },
    transform: createJsonSchemaTransform({ schemaRegistry: registry }),
    transformObject: (document) => {
      const whole = named(document);
      if ('components' in whole) dropInputs(whole.components.schemas ?? {});
      return whole;
    },
  });
}

/** Shapes are those of answers: as something that is sent to the server, none of them is referred to. */
function dropInputs(schemas: Record<string, unknown>): void {
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) Reflect.deleteProperty(schemas, name);
}
