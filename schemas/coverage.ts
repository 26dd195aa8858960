// For which systems an answer speaks.
import { z } from 'zod';

/** A system the answer cannot fully speak for. */
export const CoverageGap = z.object({
  system: z.string(),
  status: z.enum(['failed', 'partial', 'stale', 'never-crawled']),
  code: z.string().nullable(),
  reason: z.string(),
  /** Instant of the last frame that had entries. */
  lastFrame: z.string().nullable(),
});
export type CoverageGap = z.infer<typeof CoverageGap>;

/** `complete` only if there are systems in scope, and every one answered with a complete, fresh frame. */
export const Coverage = z.object({
  complete: z.boolean(),
  inScope: z.int().nonnegative(),
  answered: z.int().nonnegative(),
  partial: z.int().nonnegative(),
  stale: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  /** Systems of which their frames leave open whether they belong to the answer: each has a gap. */
  unknown: z.int().nonnegative(),
  gaps: z.array(CoverageGap),
});
export type Coverage = z.infer<typeof Coverage>;
