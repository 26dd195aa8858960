// A failure as data: recorded in the frame, shown in the coverage, never thrown away.
import { z } from 'zod';

export const Problem = z.object({
  /** One of ERROR_CODES; a string, so that frames of a newer crawler stay readable. */
  code: z.string(),
  /** The extractor, view or source that met it. */
  extractor: z.string(),
  /** Absolute within the system. Without a path the whole feature is in doubt. */
  path: z.string().optional(),
  message: z.string(),
});
export type Problem = z.infer<typeof Problem>;
