// From each asked term to what is searched for: the term itself, the addresses of a name, the names of an address.
import type { Notice, SystemHit, Via } from '../../schemas/answer.ts';
import { MOST_LINKS, Resolution, type Link } from '../names/resolution.ts';
import type { AskableIndex } from '../restricted.ts';
import type { SystemState } from '../../indexer/engines/search-engine.ts';
import { RELATIONS } from './choices.ts';
import { systemHits, type FoundTerm, type Listing } from './listing.ts';
import { PlaceReader } from './places.ts';
import { termKey, type Term } from './term.ts';
import { searchTerms, type Period, type TermHit } from './term-search.ts';

interface ChainOptions {
  readonly period: Period;
  readonly listing: Listing;
  /** Every system, also those that the answer does not speak for: all of them tell names. */
  readonly known: readonly SystemState[];
  readonly names: boolean;
  readonly signal: AbortSignal;
}

/** A term and how the asked one leads to it. */
interface Sought {
  readonly term: Term;
  readonly via: readonly Via[];
}

/** Finds what each term leads to. Chains are of two steps at most, so they end. */
export class Chains {
  readonly #engine: AskableIndex;
  readonly #options: ChainOptions;
  readonly #reader = new PlaceReader();
  readonly #resolution: Resolution;
  readonly #hits = new Map<string, readonly TermHit[]>();
  readonly #links = new Map<string, readonly Link[]>();

  constructor(engine: AskableIndex, options: ChainOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#resolution = new Resolution(
      engine,
      options.known.map(({ system }) => system),
      { reader: this.#reader, period: options.period, signal: options.signal },
    );
  }

  /** The systems of each term, in the order of the terms. */
  async find(terms: readonly Term[]): Promise<SystemHit[][]> {
    const sought = new Map(terms.map((term) => [termKey(term), [{ term, via: [] }] as Sought[]]));
    await this.#search([...sought.values()].flat());
    const { names } = this.#options;
    // What is added to a term is not followed in the same step.
    const asked = new Map([...sought].map(([key, own]) => [key, [...own]]));
    const first = await this.#step(
      sought,
      asked,
      ({ kind }) => kind === 'name' || (names && kind === 'address'),
    );
    if (names) await this.#step(sought, first, ({ kind }) => kind === 'address');
    const answers = new Map<string, SystemHit[]>();
    for (const [key, own] of sought) {
      const found = own.map(({ term, via }): FoundTerm => ({
        term,
        via,
        hits: this.#hits.get(termKey(term)) ?? [],
      }));
      answers.set(key, systemHits(found, this.#options.listing, this.#reader));
    }
    return terms.map((term) => answers.get(termKey(term)) ?? []);
  }

  /** Follows one step from what is sought last; gives what that adds, which has been searched for then. */
  async #step(
    sought: ReadonlyMap<string, Sought[]>,
    from: ReadonlyMap<string, readonly Sought[]>,
    isFollowed: (term: Term) => boolean,
  ): Promise<Map<string, Sought[]>> {
    const added = new Map<string, Sought[]>();
    for (const [key, last] of from) {
      const own = sought.get(key) ?? [];
      const known = new Set(own.map(({ term }) => termKey(term)));
      const more: Sought[] = [];
      for (const { term, via } of last.filter((one) => isFollowed(one.term))) {
        for (const link of await this.#linksOf(term)) {
          const isNew = !known.has(termKey(link.term));
          known.add(termKey(link.term));
          if (isNew) more.push({ term: link.term, via: [...via, link.via] });
        }
      }
      own.push(...more);
      added.set(key, more);
    }
    await this.#search([...added.values()].flat());
    return added;
  }

  async #linksOf(term: Term): Promise<readonly Link[]> {
    const key = termKey(term);
    const hits = this.#hits.get(key) ?? [];
    let links = this.#links.get(key);
    if (links === undefined) {
      links = await (term.kind === 'name'
        ? this.#resolution.addressesOf(term, hits)
        : term.kind === 'address'
          ? this.#resolution.namesOf(term, hits)
          : []);
      this.#links.set(key, links);
    }
    return links;
  }

  /** Searches for what was not searched for yet. */
  async #search(sought: readonly Sought[]): Promise<void> {
    const terms = new Map(sought.map(({ term }) => [termKey(term), term]));
    for (const key of this.#hits.keys()) terms.delete(key);
    const { period, listing, names, signal } = this.#options;
    // What is compared, or leads on, may be related in ways that are not listed.
    const relations = names || listing.reconcile !== null ? RELATIONS : listing.relations;
    const found = await searchTerms(this.#engine, [...terms.values()], { period, relations, signal });
    for (const [index, key] of [...terms.keys()].entries()) this.#hits.set(key, found[index] ?? []);
  }

  /** What the reader of the answer should know of it. */
  get notices(): Notice[] {
    if (!this.#resolution.isCut) return [];
    const message = `Of each item, names and addresses are followed to the first ${MOST_LINKS} only`;
    return [{ code: 'names-limited', message }];
  }
}
