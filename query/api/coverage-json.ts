// Answers as JSON whose coverage is written once for as long as it is the same: that of a fleet with many gaps is most of an answer.
import type { LookupAnswer } from '../../schemas/answer.ts';
import type { Coverage } from '../../schemas/coverage.ts';

const WRITTEN = new WeakMap<Coverage, string>();

/** JSON of an answer of lookups without its clock. */
export function lookupsJson({ lookups, ...rest }: Omit<LookupAnswer, 'at' | 'tookMs'>): string {
  const parts = lookups.map(({ coverage, ...found }) => joined(found, 'coverage', coverageJson(coverage)));
  return joined(rest, 'lookups', `[${parts.join(',')}]`);
}

/** Coverage is never changed once it is made. */
function coverageJson(coverage: Coverage): string {
  const json = WRITTEN.get(coverage) ?? JSON.stringify(coverage);
  WRITTEN.set(coverage, json);
  return json;
}

/** JSON of an object, which is not empty, and one more property. */
function joined(object: object, name: string, json: string): string {
  return `${JSON.stringify(object).slice(0, -1)},"${name}":${json}}`;
}
