// How much of the past the configuration lets stay.
import type { IndexKeeping, Retention } from '../indexer/engines/index-keeping.ts';
import type { IndexConfiguration } from '../schemas/configuration.ts';
import { configurationFile, type GlobalOptions } from './settings.ts';

/** Limits of the configuration; null: none. */
export type Limits = IndexConfiguration['retention'];

const DAY_MS = 86_400_000;

/** What the configuration file says; no limits without one. Throws UNFOLD_CONFIG_INVALID. */
export async function configuredRetention(options: GlobalOptions): Promise<Limits> {
  const file = configurationFile(options);
  if (file === null) return { days: null, frames: null };
  const { readConfiguration } = await import('./configuration.ts');
  return readConfiguration(file).index.retention;
}

/** Limits as of now. */
export function retentionOf({ days, frames }: Limits): Retention {
  return { before: days === null ? null : new Date(Date.now() - days * DAY_MS).toISOString(), frames };
}

/** Removes what is past the limits, where there are some. */
export async function retainConfigured(
  index: IndexKeeping,
  limits: Limits,
  signal: AbortSignal,
): Promise<void> {
  if (limits.days !== null || limits.frames !== null) await index.retain(retentionOf(limits), signal);
}
