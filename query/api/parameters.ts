// The parameters of requests, and what becomes of them.
import { z } from 'zod';
import { MatchMode, Reconciliation, Role } from '../../schemas/answer.ts';
import { Feature } from '../../schemas/entries.ts';
import { UnfoldError } from '../../schemas/error.ts';
import { FACET_FIELDS } from '../../schemas/facet-fields.ts';
import type { WantedFacet } from '../../schemas/plan.ts';
import { COMPARED_FEATURES } from '../compare/compare.ts';
import { parseInstant } from '../language/instant.ts';
import { USUAL_FACETS, wantedFacet } from '../facets.ts';
import { LONGEST_ASKED, MAX_ASKED } from '../lookup/term.ts';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const at = z
  .string()
  .max(64)
  .optional()
  .describe(
    'Answer as of then: 2026-11-22 (its end), 2026-11-22T10:00, now-1d, yesterday; UTC. Default: now.',
  );
const cursor = z.string().max(8192).optional().describe('From the answer before: goes on after its last.');
const evidence = z
  .union([z.literal('all'), count(0, 1000)])
  .describe('Pieces of evidence per system, or all.');

const query = z.string().default('').describe('The query; without it, all systems.');

const condition = z.string().min(1).max(4096);
const MOST_CONDITIONS = 1000;

export const SearchParameters = z.object({
  q: query,
  at,
  limit: count(1, 1000).default(20).describe('Systems to list.'),
  evidence: evidence.default(3),
  facets: z
    .string()
    .default(USUAL_FACETS.join(','))
    .describe(
      `What to count systems by, with commas between: ${FACET_FIELDS.join(', ')}; package~ngi: values with that text, ` +
        'directory/etc: directories right below, port:1000: a histogram. Empty: none.',
    ),
  narrow: z
    .union([condition, z.array(condition).max(MOST_CONDITIONS)])
    .default([])
    .describe(
      'Value of a facet, such as package:nginx or -kind:vm, that the answer is narrowed to; the facet still counts its ' +
        'other values. Of one field any of them suffices. May be given several times.',
    ),
  facetSize: count(1, 10_000).default(10).describe('Values per facet.'),
  cursor,
  explain: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Whether systems come with what their scores are the sum of.'),
});

export const ExportParameters = z.object({
  q: query,
  at,
  limit: count(1, 1_000_000).optional().describe('Systems to list. Default: all.'),
  evidence: evidence.default('all'),
  format: z
    .enum(['ndjson', 'csv'])
    .default('ndjson')
    .describe('NDJSON: a system a line, then the rest of the answer. CSV: a piece of evidence a row.'),
});

const item = z.string().min(1).max(LONGEST_ASKED);
/** `lookup` refuses more with a clearer word; twice as many are no mistake in counting. */
const asked = z
  .array(item)
  .min(1)
  .max(2 * MAX_ASKED);

const SOUGHT = 'address, network, range, host name, host:port or :port';

/** What the lookups by GET and by POST have in common. */
const lookupOptions = {
  at,
  from: z.string().max(64).optional().describe('Instead of `at`: what held at any time from this instant …'),
  to: z.string().max(64).optional().describe('… to this one. Default: now.'),
  match: MatchMode.default('any').describe('How what is written is related to what is asked.'),
  scope: z
    .string()
    .max(8192)
    .optional()
    .describe('Query for the systems that the answer speaks for, such as label:env=prod. Default: all.'),
  reconcile: Reconciliation.optional().describe(
    'Of each system only what its files write and its connections do not have, or the other way round.',
  ),
  evidence: evidence.default('all'),
};

const roles = z.array(Role).max(Role.options.length);
const NAMES = 'Looks for addresses by their names as well.';
const ROLES = 'What it is to its system. Default: any role.';

export const LookupParameters = z.object({
  asked: z.union([item, asked]).describe(`An ${SOUGHT}; may be given several times.`),
  role: z.union([Role, roles]).default([]).describe(`${ROLES} May be given several times.`),
  names: z.stringbool().default(false).describe(NAMES),
  ...lookupOptions,
});

export const LookupBody = z.strictObject({
  asked: asked.describe(`Each an ${SOUGHT}.`),
  roles: roles.default([]).describe(ROLES),
  names: z.boolean().default(false).describe(NAMES),
  ...lookupOptions,
});

export const InstantParameters = z.object({ at });

export const SystemsParameters = z.object({
  at,
  limit: count(1, 10_000).default(1000).describe('Systems to list.'),
  cursor,
});

export const SystemPath = z.object({
  id: z.string().min(1).max(4096).describe('Id of a system, percent-encoded, or a name that it alone has.'),
});

export const FactsParameters = z.object({
  at,
  after: z
    .string()
    .max(64)
    .optional()
    .describe('Instead of `at`: facts that began or ended later than this instant …'),
  until: z.string().max(64).optional().describe('… and not later than this one. Default: now.'),
  feature: Feature.optional(),
  key: z.string().max(8192).optional().describe('The fact of this key.'),
  texts: z.stringbool().default(false).describe('true: with the texts of files.'),
  limit: count(1, 10_000).default(1000).describe('Facts to list; NDJSON has all of them.'),
  format: z.enum(['json', 'ndjson']).default('json').describe('NDJSON: all facts, one a line.'),
  cursor,
});

export const ContentPath = z.object({
  sha256: z
    .string()
    .regex(/^[0-9A-Fa-f]{64}$/, 'must be 64 hex digits')
    .describe('SHA-256 of the text.'),
});

export const ContentParameters = z.object({
  at,
  format: z
    .enum(['text', 'json'])
    .default('text')
    .describe('JSON: with the systems that have it, and where.'),
  limit: count(1, 1000).default(100).describe('Systems to list, in JSON.'),
  cursor,
});

export const DirectoryParameters = z.object({
  at,
  path: z.string().startsWith('/').max(8192).default('/').describe('Absolute path of the directory.'),
  limit: count(1, 10_000).default(2000).describe('Names to list.'),
});

export const FramesParameters = z.object({
  limit: count(1, 10_000).default(20).describe('Frames to list, the newest first.'),
});

const COMPARED = `Features to compare, with commas between: ${COMPARED_FEATURES.join(', ')}. Default: all.`;

export const DiffParameters = z.object({
  from: z
    .string()
    .max(64)
    .optional()
    .describe('The state as of then. Default: the frame before that of `to`; now where `with` is given.'),
  to: z.string().max(64).optional().describe('… against the state as of then. Default: now.'),
  with: SystemPath.shape.id.optional().describe('Another system whose state at `to` is compared.'),
  feature: z.string().max(256).optional().describe(COMPARED),
  path: z.string().max(8192).optional().describe('Glob for paths: files alone, unless `feature` says more.'),
  all: z.stringbool().default(false).describe('true: also what was merely touched.'),
  texts: z.stringbool().default(false).describe('true: with the lines that differ in files.'),
});

/** The features of a list; null where none is given. Throws UNFOLD_REQUEST_INVALID. */
export function featuresOf(list: string | undefined): Feature[] | null {
  if (list === undefined || list === '') return null;
  const features = z.array(z.enum(COMPARED_FEATURES)).safeParse([...new Set(list.split(','))]);
  if (features.success) return features.data;
  throw new UnfoldError(
    'UNFOLD_REQUEST_INVALID',
    `feature: ${JSON.stringify(list)} names what is no feature`,
    {
      remedy: `Choose from ${COMPARED_FEATURES.join(', ')}.`,
      place: { parameter: 'feature' },
    },
  );
}

/** An instant in the form of plans; null where none is given. Throws UNFOLD_REQUEST_INVALID. */
export function instantOf(text: string | undefined, parameter: string): string | null {
  if (text === undefined || text === '') return null;
  const instant = parseInstant(text, new Date());
  if (instant !== null) return instant.toISOString();
  throw new UnfoldError('UNFOLD_REQUEST_INVALID', `${parameter}: ${JSON.stringify(text)} is not an instant`, {
    remedy: 'Write it as 2026-11-22, 2026-11-22T10:00, now-1d or yesterday (UTC).',
    place: { parameter },
  });
}

/** The instant or the window of a lookup. Throws UNFOLD_REQUEST_INVALID. */
export function periodOf({ at, from, to }: { [name in 'at' | 'from' | 'to']?: string | undefined }): {
  at: string | null;
  from: string | null;
} {
  const window = { from: instantOf(from, 'from'), to: instantOf(to, 'to') };
  const instant = instantOf(at, 'at');
  if (instant !== null && (window.from ?? window.to) !== null)
    throw new UnfoldError('UNFOLD_REQUEST_INVALID', 'at: there is a window already, by `from` and `to`', {
      place: { parameter: 'at' },
    });
  if (window.to !== null && window.from === null)
    throw new UnfoldError('UNFOLD_REQUEST_INVALID', 'to: the window has no `from`', {
      place: { parameter: 'to' },
    });
  return { at: instant ?? window.to, from: window.from };
}

/** The facets of a list. Throws UNFOLD_REQUEST_INVALID. */
export function facetsOf(list: string, size: number): WantedFacet[] {
  const asked = list.split(',').filter((name) => name !== '');
  return [...new Set(asked)].map((one) => wantedFacet(one, size));
}

/** A limit as questions have it. */
export function limitOf(limit: 'all' | number | undefined): number | null {
  return limit === undefined || limit === 'all' ? null : limit;
}

/** A cursor as questions have it. */
export function cursorOf(cursor: string | undefined): string | null {
  return cursor === undefined || cursor === '' ? null : cursor;
}
