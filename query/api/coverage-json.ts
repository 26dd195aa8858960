// Answers as JSON whose coverage is written once for as long as it is the same: that of a fleet with many gaps is most of an answer.
import type { LookupAnswer } from '../../schemas/answer.ts';
import type { Coverage } from '../../schemas/coverage.ts';

const WRITTEN = new WeakMap<Coverage, string>();

/** JSON of an answer of lookups without its clock. */
export function lookupsJson({
  lookups,
  coverage: all,
  ...rest
}: Omit<LookupAnswer, 'at' | 'tookMs'>): string {
  const parts = lookups.map(({ coverage, ...found }) => joined(found, 'coverage', coverageJson(coverage)));
  return joined(joined(rest, 'lookups', `[${parts.join(',')}]`), 'coverage', coverageJson(all));
}

/** Coverage is never changed once it is made. */
function coverageJson(coverage: Coverage): string {
  const json = WRITTEN.get(coverage) ?? JSON.stringify(coverage);
  WRITTEN.set(coverage, json);
  return json;
}

/** JSON, of an object which is not empty, and one more property. */
function joined(object: object | string, name: string, json: string): string {
  const text = typeof object === 'string' ? object : JSON.stringify(object);
  return `${text.slice(0, -1)},"${name}":${json}}`;
}
