// Paths of the views of a system, and of lookups.
import { pathWith } from './location.ts';

/** The path of a system's view; parameters that are empty are left out. */
export function systemPath(id: string, wanted: Readonly<Record<string, string>> = {}): string {
  const filled = Object.entries(wanted).filter(([, value]) => value !== '');
  return pathWith(`/system/${encodeURIComponent(id)}`, new URLSearchParams(filled));
}

/** The path of a system in the API. */
export function systemApiPath(id: string, below = ''): string {
  return `/v1/systems/${encodeURIComponent(id)}${below}`;
}
