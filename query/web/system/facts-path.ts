// Paths of facts in the API.
import type { Feature } from '../../../schemas/entries.ts';
import { systemApiPath } from '../system-path.ts';

/** Which facts. */
interface WantedFacts {
  readonly feature: Feature;
  /** Empty for now. */
  readonly at: string;
  readonly limit: number;
  readonly key?: string;
  readonly texts?: boolean;
  readonly cursor?: string | null;
}

/** The path of facts of a system. */
export function factsPath(
  system: string,
  { feature, at, limit, key, texts = false, cursor = null }: WantedFacts,
): string {
  const wanted = new URLSearchParams({ feature, limit: String(limit) });
  if (at !== '') wanted.set('at', at);
  if (key !== undefined) wanted.set('key', key);
  if (texts) wanted.set('texts', 'true');
  if (cursor !== null) wanted.set('cursor', cursor);
  return systemApiPath(system, `/facts?${wanted}`);
}
