// The names of facets; apart from the plan, whose schema a search does not load.

/**
 * What systems are counted by: what they are (kind, label as key=value, os, package, port they listen on), when they were
 * crawled, and the directory and the feature of the facts for which they are in the answer.
 */
export const FACET_FIELDS = [
  'kind',
  'label',
  'os',
  'package',
  'port',
  'crawled',
  'directory',
  'feature',
] as const;
