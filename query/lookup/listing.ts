// What is listed of a lookup: the systems in scope, each with its evidence in order.
import type {
  Evidence,
  Lineage,
  Reconciliation,
  Relation,
  Role,
  SystemHit,
  Via,
} from '../../schemas/answer.ts';
import type { SystemRef } from '../../schemas/system.ts';
import { parseAddress, type AddressRange } from '../../indexer/terms/addresses.ts';
import { splitKey } from '../../indexer/engines/entry-parts.ts';
import { FEATURES } from '../../indexer/engines/feature-order.ts';
import { factWeight } from '../../indexer/engines/ranking.ts';
import type { Place, PlaceReader } from './places.ts';
import { reconciled } from './reconcile.ts';
import type { Term } from './term.ts';
import type { TermHit } from './term-search.ts';

/** What is to be listed. */
export interface Listing {
  readonly relations: readonly Relation[];
  readonly roles: readonly Role[];
  readonly reconcile: Reconciliation | null;
  /** Pieces of evidence per system; null: all. */
  readonly evidence: number | null;
  /** Ids of the systems that the answer speaks for. */
  readonly systems: ReadonlySet<string>;
}

/** A term with what was found of it, and how the asked one leads to it. */
export interface FoundTerm {
  readonly term: Term;
  readonly via: readonly Via[];
  readonly hits: readonly TermHit[];
}

/** What the closest evidence of a system is worth: its score. */
const CLOSENESS: Readonly<Record<Relation, number>> = {
  exact: 4,
  contained: 3,
  containing: 2,
  overlapping: 1,
};

/** The systems that have to do with one asked item: those with the closest evidence first, then by id. */
export function systemHits(found: readonly FoundTerm[], listing: Listing, reader: PlaceReader): SystemHit[] {
  const bySystem = new Map<string, { hit: TermHit; places: Map<string, Place> }>();
  const linked = found.flatMap(({ term, via }) =>
    term.kind === 'address' && via.length > 0 ? [term.range] : [],
  );
  for (const { term, via, hits } of found) {
    for (const hit of hits) {
      if (!listing.systems.has(hit.system.id)) continue;
      const known = bySystem.get(hit.system.id) ?? { hit, places: new Map<string, Place>() };
      for (const fact of hit.facts) {
        for (const place of reader.places(fact, term)) {
          const name = placeName(place);
          // The shortest way to a place comes first.
          if (!known.places.has(name)) known.places.set(name, reachedBy(place, via, linked));
        }
      }
      if (known.places.size > 0) bySystem.set(hit.system.id, known);
    }
  }
  return [...bySystem.values()]
    .flatMap(({ hit, places }) => listed(hit, [...places.values()], listing))
    .sort((a, b) => b.score - a.score || (a.system.id < b.system.id ? -1 : 1));
}

function placeName({ evidence }: Place): string {
  const { feature, key, line, address, name, port, role, validFrom } = evidence;
  return [feature, key, line, address ?? name, port, role, validFrom].join('\0');
}

/** A name stands for the address that led to it; the asked one for those that it leads to. */
function reachedBy({ evidence, spans }: Place, via: readonly Via[], linked: readonly AddressRange[]): Place {
  const last = via.at(-1);
  if (last === undefined) return { evidence, spans: spans.length > 0 ? spans : linked };
  const range = parseAddress(last.address);
  return {
    evidence: { ...evidence, via: [...via] },
    spans: spans.length === 0 && range !== null ? [range] : spans,
  };
}

function listed({ system, asOf, frame }: TermHit, places: readonly Place[], listing: Listing): SystemHit[] {
  const { relations, roles, reconcile, evidence: limit } = listing;
  const compared = reconcile === null ? places : reconciled(places, reconcile);
  const evidence = compared
    .map((place) => place.evidence)
    .filter(({ relation, role }) => relations.includes(relation) && roles.includes(role))
    .map((piece) => ({ piece, worth: worthOf(piece) }))
    .sort((a, b) => b.worth - a.worth || byPlace(a.piece, b.piece))
    .map(({ piece }) => piece);
  const [first] = evidence;
  if (first === undefined) return [];
  const shown = limit === null ? evidence : evidence.slice(0, limit);
  return [
    {
      system,
      score: closeness(first),
      asOf,
      frame,
      evidence: shown,
      moreEvidence: evidence.length - shown.length,
      ...lineageOf(system),
    },
  ];
}

type Piece = Place['evidence'];

/** Each step by which evidence was reached makes it less close. */
function closeness({ relation, via = [] }: Piece): number {
  return CLOSENESS[relation] / 2 ** via.length;
}

/** Closer evidence first; of equally close one configuration before documentation. */
function worthOf(piece: Piece): number {
  const { feature, key, line } = piece;
  return closeness(piece) * 100 + factWeight(feature, splitKey(feature, key).prefix, line === undefined);
}

function byPlace(a: Evidence, b: Evidence): number {
  return (
    FEATURES.indexOf(a.feature) - FEATURES.indexOf(b.feature) ||
    compare(a.key, b.key) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    compare(a.validFrom, b.validFrom)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Labels that say what a system was made from: our own, and those of OCI. */
const DERIVED_FROM = [
  'derivedFrom',
  'org.opencontainers.image.base.digest',
  'org.opencontainers.image.base.name',
];

function lineageOf({ labels, container }: SystemRef): { lineage?: Lineage } {
  const image = container?.image;
  const derivedFrom = DERIVED_FROM.map((label) => labels[label]).find((value) => value !== undefined);
  if (image === undefined && derivedFrom === undefined) return {};
  return {
    lineage: {
      ...(image === undefined ? {} : { image }),
      ...(derivedFrom === undefined ? {} : { derivedFrom }),
    },
  };
}
