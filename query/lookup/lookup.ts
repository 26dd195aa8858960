// A batch of addresses, networks, ranges, names and ports → every system that has to do with each, with every place.
import type { LookupAnswer, MatchMode, Notice, Reconciliation, Role } from '../../schemas/answer.ts';
import type { Coverage } from '../../schemas/coverage.ts';
import type { Feature } from '../../schemas/entries.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { SystemState } from '../../indexer/engines/search-engine.ts';
import type { AskableIndex } from '../restricted.ts';
import { Chains } from './chains.ts';
import { RELATIONS, ROLES } from './choices.ts';
import type { Listing } from './listing.ts';
import { RECONCILED } from './reconcile.ts';
import { scopeCoverage, scopeOf, unseenAt, type Scope } from './scope.ts';
import { parseTerms, type Term } from './term.ts';

/** What to look for besides the items themselves, and how to answer. */
export interface LookupOptions {
  /** The instant to answer for, or the end of the window; null means now. */
  at: Date | null;
  /** The beginning of a window: what held at any time in it. Null: what held at the instant. */
  from?: Date | null;
  match?: MatchMode;
  /** Empty: all. Systems whose frames do not tell of one of the roles asked for are gaps. */
  roles?: readonly Role[];
  /** A query for the systems that the answer speaks for; null: all. */
  scope?: string | null;
  /** Whether an address is also looked for by its names. A name is always looked for by its addresses. */
  names?: boolean;
  reconcile?: Reconciliation | null;
  /** Pieces of evidence per system; null means all. */
  evidence: number | null;
  staleAfterHours: number;
  signal: AbortSignal;
}

/** What a frame has to tell of, so that no evidence means that there is none. */
const TOLD_BY: Readonly<Record<Role, Feature>> = {
  references: 'file',
  listens: 'connection',
  'connects-to': 'connection',
  owns: 'interface',
};

const DEFAULTS = {
  from: null,
  match: 'any',
  roles: [],
  scope: null,
  names: false,
  reconcile: null,
} as const satisfies Partial<LookupOptions>;

type Wanted = LookupOptions & Required<Pick<LookupOptions, keyof typeof DEFAULTS>>;

/**
 * Answers a batch, each item by itself, in the order given. Throws UNFOLD_QUERY_INVALID if one of them is no address,
 * network, range, name or port, or the window ends before it begins; UNFOLD_QUERY_TOO_LONG for more than MAX_ASKED.
 */
export async function lookup(
  engine: AskableIndex,
  asked: readonly string[],
  options: LookupOptions,
): Promise<LookupAnswer> {
  const started = performance.now();
  const now = new Date();
  const wanted: Wanted = { ...DEFAULTS, ...options };
  const terms = parseTerms(asked);
  const at = wanted.at ?? now;
  checkWindow(wanted.from, at);
  checkCompared(terms, wanted.reconcile);
  const period = { at: wanted.at?.toISOString() ?? null, since: wanted.from?.toISOString() ?? null };
  const { signal } = wanted;
  const scope = await scopeOf(engine, wanted.scope, { at: period.at, now, signal });
  const features = neededFeatures(wanted.roles, wanted.reconcile);
  const unseen = await unseenAt(engine, scope, period.since, signal);
  const coverage = scopeCoverage(scope, { at, staleAfterHours: wanted.staleAfterHours, features }, unseen);
  const listing = listingOf(wanted, scope);
  const chains = new Chains(engine, { period, listing, known: scope.known, names: wanted.names, signal });
  const found = await chains.find(terms);
  const each = coverageOfEach(coverage, asked.length);
  return {
    schema: 'unfold.lookup/1',
    ...echo(wanted, at),
    tookMs: Math.round((performance.now() - started) * 10) / 10,
    notices: [...scope.notices, ...chains.notices, ...each.notices],
    lookups: asked.map((text, index) => ({
      asked: text,
      systems: found[index] ?? [],
      coverage: each.coverage,
    })),
    coverage,
  };
}

/** What was asked besides the items. */
function echo({ from, match, roles, scope, reconcile }: Wanted, at: Date) {
  return {
    at: at.toISOString(),
    ...(from === null ? {} : { from: from.toISOString() }),
    match,
    roles: roles.length === 0 ? [...ROLES] : [...new Set(roles)],
    ...(scope === null ? {} : { scope }),
    ...(reconcile === null ? {} : { reconcile }),
  };
}

function listingOf({ match, roles, reconcile, evidence }: Wanted, { states }: Scope): Listing {
  return {
    relations: match === 'any' ? RELATIONS : [match],
    roles: roles.length === 0 ? ROLES : roles,
    reconcile,
    evidence,
    systems: new Set(states.filter(tellsOf(reconcile)).map(({ system }) => system.id)),
  };
}

/** Beyond so many gaps for all items together an answer would be little else. */
const MOST_GAPS = 20_000;

/** The coverage of each item: that of the whole, of which the gaps of a large batch are told once. */
function coverageOfEach(coverage: Coverage, items: number): { coverage: Coverage; notices: Notice[] } {
  if (coverage.gaps.length * items <= MOST_GAPS || items === 1) return { coverage, notices: [] };
  const message =
    'The systems that cannot fully be spoken for are listed once, in the coverage of the whole answer';
  return { coverage: { ...coverage, gaps: [] }, notices: [{ code: 'gaps-once', message }] };
}

function checkWindow(from: Date | null, until: Date): void {
  if (from === null || from <= until) return;
  throw new UnfoldError('UNFOLD_QUERY_INVALID', 'The window ends before it begins.', {
    remedy: 'Give `from` an instant that is not later than `to`.',
    place: { parameter: 'from' },
  });
}

/** A port of no host is nothing that files and connections could both have. */
function checkCompared(terms: readonly Term[], reconcile: Reconciliation | null): void {
  const index = terms.findIndex(({ kind }) => kind === 'port');
  if (reconcile === null || index < 0) return;
  throw new UnfoldError('UNFOLD_QUERY_INVALID', 'A port alone cannot be reconciled.', {
    remedy: 'Name the addresses that it is of, such as 10.1.0.0/16:5432.',
    place: { parameter: 'asked', index },
  });
}

/** An address stands in files above all; what else is needed was asked for. */
function neededFeatures(roles: readonly Role[], reconcile: Reconciliation | null): ReadonlySet<Feature> {
  if (reconcile !== null) return new Set(RECONCILED);
  return new Set(roles.length === 0 ? (['file'] as const) : roles.map((role) => TOLD_BY[role]));
}

/** Where files and connections are compared, a system has to tell of both. */
function tellsOf(reconcile: Reconciliation | null): (state: SystemState) => boolean {
  return ({ frame }) =>
    reconcile === null || RECONCILED.every((feature) => frame?.header.features.includes(feature));
}
