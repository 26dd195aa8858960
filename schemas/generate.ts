// Writes schemas/json and docs/errors.md from the sources: `npm run generate`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Answer, LookupAnswer } from './answer.ts';
import { Comparison, Log } from './comparison.ts';
import { Configuration } from './configuration.ts';
import { ENTRY_SCHEMAS } from './entries.ts';
import { ERROR_CODES } from './error.ts';
import { EndLine, EntryLine, HeaderLine, ProblemLine, RemovedLine } from './frame.ts';
import { SearchPlan } from './plan.ts';
import { SavedSearchList, WatchEvent } from './saved-search.ts';

/** Every published schema by file name: `NAME.VERSION.json`. */
export function jsonSchemas(): Map<string, string> {
  const published: Record<string, z.ZodType> = {
    'frame-line.1': z.union([HeaderLine, EntryLine, RemovedLine, ProblemLine, EndLine]),
    'entry.1': z.object(ENTRY_SCHEMAS).partial(),
    'plan.1': SearchPlan,
    'answer.1': Answer,
    'lookup.1': LookupAnswer,
    'comparison.1': Comparison,
    'log.1': Log,
    'configuration.1': Configuration,
    'saved-searches.1': SavedSearchList,
    'event.1': WatchEvent,
  };
  const files = new Map<string, string>();
  for (const [name, schema] of Object.entries(published)) {
    const json = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
    files.set(`${name}.json`, `${JSON.stringify(json, null, 2)}\n`);
  }
  return files;
}

/** The reference of error codes, in Markdown. */
export function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, remedy]) => `| \`${code}\` | ${remedy} |\n`);
  return `# Error codes

Every error has a stable code, says what happened, and what to do. A code is never used for something else.

| code | what to do |
|---|---|
${rows.join('')}`;
}

if (import.meta.main) {
  writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorsPage());
  for (const [name, text] of jsonSchemas()) writeFileSync(join(import.meta.dirname, 'json', name), text);
}
