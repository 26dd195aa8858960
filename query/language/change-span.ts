// `changed:` and `changed.FEATURE:`: the span of time in which something changed.
import type { Feature } from '../../schemas/entries.ts';
import type { Leaf } from '../../schemas/plan.ts';
import { parseInstant } from './instant.ts';

type ChangedLeaf = Extract<Leaf, { leaf: 'changed' }>;

/** What a span without beginning comes after: no system has a frame from then. */
export const BEGINNING = '1970-01-01T00:00:00.000Z';

const FEATURES: readonly Feature[] = ['os', 'file', 'package', 'process', 'connection', 'interface'];

/** The names by which a query asks for changes, with the feature that each asks of; null: any. */
export const CHANGED_FIELDS: ReadonlyMap<string, Feature | null> = new Map<string, Feature | null>([
  ['changed', null],
  ...FEATURES.map((feature): [string, Feature] => [`changed.${feature}`, feature]),
]);

/** From one instant to another, both within (ms). A day is all of it; any other instant is no longer than itself. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The leaf of a span as people write it: `>now-1d`, `>=2026-11-01`, `<…`, `<=…`, `2026-11-01..2026-11-07`, a day for all of
 * it, any other instant for the time since, `*` for ever. Null where it is none of these.
 */
export function changedLeaf(text: string, now: Date, feature: Feature | null): ChangedLeaf | null {
  const span = text.trim() === '*' ? { start: 0, end: Infinity } : parseSpan(text, now);
  if (span === null) return null;
  return {
    leaf: 'changed',
    after: span.start <= 0 ? BEGINNING : new Date(span.start - 1).toISOString(),
    until: span.end === Infinity ? null : new Date(Math.max(0, span.end)).toISOString(),
    ...(feature === null ? {} : { feature }),
  };
}

function parseSpan(text: string, now: Date): Span | null {
  const [, operator = '', compared = ''] = /^\s*(>=|<=|>|<)(.*)$/s.exec(text) ?? [];
  if (operator !== '') {
    const named = spanOf(compared, now);
    return named && besides(operator, named);
  }
  const [from, ...rest] = text.split('..');
  if (from !== undefined && rest.length === 1) return range(from, rest.join(), now);
  const named = spanOf(text, now);
  return named && (isDay(text) ? named : { start: named.start, end: Infinity });
}

/** Of two spans all from the first to the last. */
function range(from: string, to: string, now: Date): Span | null {
  const first = spanOrOpen(from, now);
  const last = spanOrOpen(to, now);
  return first && last && { start: first.start, end: last.end };
}

function besides(operator: string, { start, end }: Span): Span {
  switch (operator) {
    case '>':
      return { start: end + 1, end: Infinity };
    case '>=':
      return { start, end: Infinity };
    case '<':
      return { start: 0, end: start - 1 };
    default:
      return { start: 0, end };
  }
}

/** An end of a range; nothing or `*` leaves it open. */
function spanOrOpen(text: string, now: Date): Span | null {
  return /^\s*\*?\s*$/.test(text) ? { start: 0, end: Infinity } : spanOf(text, now);
}

function spanOf(text: string, now: Date): Span | null {
  const end = parseInstant(text, now);
  if (end === null) return null;
  return { start: isDay(text) ? new Date(end).setUTCHours(0, 0, 0, 0) : end.getTime(), end: end.getTime() };
}

function isDay(text: string): boolean {
  return /^\s*(?:today|yesterday|\d{4}-\d{2}-\d{2})\s*$/i.test(text);
}
