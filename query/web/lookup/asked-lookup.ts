// What a lookup asks, as the address has it. Long lists stand behind its `#`: servers refuse addresses that are too long.
import type { MatchMode, Reconciliation, Role } from '../../../schemas/answer.ts';
import { pathWith } from '../location.ts';

/** Characters of a list that stand before the `#`. */
const SHORT = 2000;

/** A lookup as people see it; what is empty is not asked for. */
export interface AskedLookup {
  /** Addresses, networks, ranges, names and ports, one a line. */
  readonly items: string;
  readonly match: MatchMode;
  readonly roles: readonly Role[];
  readonly names: boolean;
  readonly reconcile: Reconciliation | '';
  readonly scope: string;
  /** Without `from`, `to` is the instant; with it they are a window. */
  readonly from: string;
  readonly to: string;
}

export const MATCH_MODES: readonly MatchMode[] = ['any', 'exact', 'contained', 'containing', 'overlapping'];
export const ROLES: readonly Role[] = ['references', 'listens', 'connects-to', 'owns'];
export const RECONCILIATIONS: readonly Reconciliation[] = [
  'configured-not-connected',
  'connected-not-configured',
];

/** What an address asks. */
export function lookupOf({ searchParams, hash }: URL): AskedLookup {
  const behind = new URLSearchParams(hash.slice(1));
  const text = (name: string): string => searchParams.get(name) ?? '';
  return {
    items: listed([...searchParams.getAll('asked'), ...behind.getAll('asked')].join('\n')).join('\n'),
    match: MATCH_MODES.find((mode) => mode === text('match')) ?? 'any',
    roles: ROLES.filter((role) => searchParams.getAll('role').includes(role)),
    names: text('names') === 'true',
    reconcile: RECONCILIATIONS.find((one) => one === text('reconcile')) ?? '',
    scope: text('scope'),
    from: text('from'),
    to: text('to') === '' ? text('at') : text('to'),
  };
}

/** The path that asks it. */
export function lookupPathOf({
  items,
  match,
  roles,
  names,
  reconcile,
  scope,
  from,
  to,
}: AskedLookup): string {
  const wanted = new URLSearchParams();
  const list = listed(items).join(',');
  if (list !== '' && list.length <= SHORT) wanted.set('asked', list);
  if (match !== 'any') wanted.set('match', match);
  for (const role of roles) wanted.append('role', role);
  if (names) wanted.set('names', 'true');
  if (reconcile !== '') wanted.set('reconcile', reconcile);
  if (scope !== '') wanted.set('scope', scope);
  if (from !== '') wanted.set('from', from);
  if (to !== '') wanted.set(from === '' ? 'at' : 'to', to);
  const path = pathWith('/lookup', wanted);
  return list.length > SHORT ? `${path}#${new URLSearchParams({ asked: list })}` : path;
}

/** The body of the request; null where nothing is asked. */
export function lookupBody(asked: AskedLookup, evidence: number | 'all'): string | null {
  const { items, match, roles, names, reconcile, scope, from, to } = asked;
  const list = listed(items);
  if (list.length === 0) return null;
  return JSON.stringify({
    asked: list,
    match,
    roles,
    names,
    evidence,
    ...(reconcile === '' ? {} : { reconcile }),
    ...(scope.trim() === '' ? {} : { scope }),
    ...(from === '' ? {} : { from }),
    ...(to === '' ? {} : { [from === '' ? 'at' : 'to']: to }),
  });
}

/** The items of a text: what stands between blanks, commas and semicolons, what follows a # left out; a range may have blanks around its hyphen. */
function listed(text: string): string[] {
  const items = text
    .replace(/(^|\s)#.*$/gm, '$1')
    .replace(/[ \t]+-[ \t]+/g, '-')
    .split(/[\n,;]+/)
    // A netmask stays with its address.
    .flatMap((line) =>
      /^\s*\S+\s+(255|0)\.[\d.]+\s*$/.test(line) ? [line.trim()] : line.trim().split(/\s+/),
    )
    .filter((item) => item !== '');
  return [...new Set(items)];
}
