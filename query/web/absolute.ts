// Relative times as the instants that they stood for, so that what is shared says the same tomorrow.
import { parseInstant } from '../language/instant.ts';

/** A relative instant by now as an absolute one; `shown` is the instant of the answer that it led to. */
export function absolute(written: string, shown: string): string {
  return isRelative(written) ? shown : written;
}

/** A query with `at:now-1d`, `changed:>now-1h` and their kin as instants; `at:` as that of the answer. */
export function absoluteTimes(query: string, shown: string): string {
  return query.replace(
    /\b(at|changed):([<>]=?)?("?)(now-\d+[smhdw]|yesterday|today|now)(\.\.(?:now-\d+[smhdw]|yesterday|today|now)?)?\3(?![\w-])/gi,
    (_all, field: string, order = '', _quote: string, from: string, to?: string) => {
      const begin = field.toLowerCase() === 'at' ? shown : resolved(from);
      const end = to === undefined ? '' : `..${to.length > 2 ? resolved(to.slice(2)) : ''}`;
      return `${field}:${String(order)}${begin}${end}`;
    },
  );
}

function isRelative(written: string): boolean {
  return /^(now|today|yesterday)/i.test(written);
}

function resolved(written: string): string {
  return parseInstant(written, new Date())?.toISOString() ?? written;
}
