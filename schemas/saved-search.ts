// Saved searches: named queries whose answers are watched, and the events that tell of their changes.
import { z } from 'zod';
import { SystemHit } from './answer.ts';
import { Coverage, CoverageGap } from './coverage.ts';
import { SystemRef } from './system.ts';

/** Stands in URLs and on command lines. */
export const SavedSearchName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be up to 64 letters, digits, dots, hyphens and underscores',
  );

/** Where events go. Credentials do not stand in it: they would be told wherever the URL is. */
export const WebhookUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((url) => URL.canParse(url) && new URL(url).username === '' && new URL(url).password === '', {
    message: 'must have no user name and no password',
  });

/** What signs events: HMAC-SHA256. */
export const WebhookSecret = z.string().min(16).max(1024);

export const Webhook = z.strictObject({
  url: WebhookUrl,
  /** Null: events are not signed. */
  secret: WebhookSecret.nullable(),
});
export type Webhook = z.infer<typeof Webhook>;

export const SavedSearch = z.strictObject({
  name: SavedSearchName,
  query: z.string(),
  /** Null: events go to stdout. */
  webhook: Webhook.nullable(),
  changed: z.iso.datetime(),
});
export type SavedSearch = z.infer<typeof SavedSearch>;

/** The file of the data folder. */
export const SavedSearchList = z.strictObject({
  schema: z.literal('unfold.saved-searches/1'),
  searches: z.array(SavedSearch),
});
export type SavedSearchList = z.infer<typeof SavedSearchList>;

/** A saved search as it is shown: its secret never is. `webhook` is left out where who asks may not see it. */
export const ShownSavedSearch = z.object({
  name: z.string(),
  query: z.string(),
  webhook: z.object({ url: z.string(), signed: z.boolean() }).nullable().optional(),
  changed: z.string(),
});
export type ShownSavedSearch = z.infer<typeof ShownSavedSearch>;

export const SavedSearchesAnswer = z.object({
  schema: z.literal('unfold.saved-searches-answer/1'),
  searches: z.array(ShownSavedSearch),
});

/** A system that left the answer, or of which it cannot be told any more whether it belongs there. */
export const DepartedSystem = z.object({
  system: SystemRef,
  /** What was said of it while it could be told. */
  last: SystemHit.pick({ asOf: true, frame: true, evidence: true, moreEvidence: true }),
  /** `gone`: the index does not have the system any more. */
  gone: z.literal(true).optional(),
  /** Why it cannot be told. */
  gaps: z.array(CoverageGap),
});
export type DepartedSystem = z.infer<typeof DepartedSystem>;

/** A system of the answer, with what makes its place there doubtful. */
export const ArrivedSystem = SystemHit.extend({ gaps: z.array(CoverageGap) });
export type ArrivedSystem = z.infer<typeof ArrivedSystem>;

/** What changed in the answer to a saved search since the event before. */
export const WatchEvent = z.object({
  schema: z.literal('unfold.event/1'),
  /** The same however often it is delivered. */
  id: z.uuid(),
  search: z.object({ name: z.string(), query: z.string() }),
  /** The instant of the answer. */
  at: z.string(),
  /** The first answer to the query: everything in it entered. */
  first: z.boolean(),
  entered: z.array(ArrivedSystem),
  /** Not in the answer any more, as a crawl has shown. */
  left: z.array(DepartedSystem),
  /** They were in the answer; whether they still belong there cannot be told. */
  unknown: z.array(DepartedSystem),
  /** Told again, after `unknown`: they are still in the answer. */
  known: z.array(ArrivedSystem),
  /** Systems beyond those listed. */
  more: z.object({
    entered: z.int().nonnegative(),
    left: z.int().nonnegative(),
    unknown: z.int().nonnegative(),
    known: z.int().nonnegative(),
  }),
  /** Systems in the answer now. */
  total: z.int().nonnegative(),
  /** For which systems the answer speaks. Of its gaps, the first. */
  coverage: Coverage,
});
export type WatchEvent = z.infer<typeof WatchEvent>;
