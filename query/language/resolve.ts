// Syntax tree → plan: words, addresses and fields get their meaning here, and `at:` leaves the tree.
import type { Notice } from '../../schemas/answer.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { Feature } from '../../schemas/entries.ts';
import { FIELDS, type Field } from '../../schemas/fields.ts';
import type { Leaf, PlanNode } from '../../schemas/plan.ts';
import { parseAddress } from '../../indexer/terms/addresses.ts';
import { foldCase, words } from '../../indexer/terms/words.ts';
import { CHANGED_FIELDS, changedLeaf } from './change-span.ts';
import { parseInstant } from './instant.ts';
import { nearest } from './nearest.ts';
import { takenLiterally } from './parse.ts';
import { leavesOf, simplify } from './simplify.ts';
import type { Parsed, Query, Term } from './tree.ts';

/** The most conditions of one query. */
const MAX_CLAUSES = 1000;

const FIELD_BY_NAME: ReadonlyMap<string, Field> = new Map(FIELDS.map((field) => [field.name, field]));

/** All that may stand before a colon, but `at`. */
const NAMES: readonly string[] = [...CHANGED_FIELDS.keys(), ...FIELD_BY_NAME.keys()];

/** What a query asks, as an engine takes it. `at` null is the newest state. */
export interface Resolved {
  where: PlanNode;
  at: string | null;
  notices: Notice[];
}

/** Gives a parsed query its meaning at the instant `now`. Throws UNFOLD_QUERY_TOO_LONG beyond MAX_CLAUSES. */
export function resolve(parsed: Parsed, now: Date): Resolved {
  const resolution = new Resolution(now, parsed.notices);
  const where = simplify(resolution.root(parsed.tree));
  const clauses = leavesOf(where).length;
  if (clauses > MAX_CLAUSES)
    throw new UnfoldError(
      'UNFOLD_QUERY_TOO_LONG',
      `The query has ${clauses} conditions; ${MAX_CLAUSES} is the most.`,
    );
  return { where, at: resolution.at?.toISOString() ?? null, notices: resolution.notices };
}

type AddressLeaf = Extract<Leaf, { leaf: 'address' }>;

/** Every relation: without a match mode an address is found however it is covered. */
const ANY_RELATION: AddressLeaf['relations'] = ['exact', 'contained', 'containing', 'overlapping'];

/** The leaf for an address, network or range that `parseAddress` knows. */
export function addressLeaf({ low, high }: { low: string; high: string }): AddressLeaf {
  return { leaf: 'address', low, high, relations: ANY_RELATION };
}

/** Relations from close to far: a leaf each, so that what is closer stands first in an answer. */
const NEARNESS: readonly AddressLeaf['relations'][] = [
  ['exact'],
  ['contained'],
  ['containing', 'overlapping'],
];

/** Any relation to an address, network or range, in facts of the feature or of any. */
export function addressNode(
  range: { low: string; high: string },
  feature?: AddressLeaf['feature'],
): PlanNode {
  const leaf = { ...addressLeaf(range), ...(feature === undefined ? {} : { feature }) };
  return { or: NEARNESS.map((relations) => leafOf({ ...leaf, relations })) };
}

class Resolution {
  at: Date | null = null;
  readonly notices: Notice[];
  readonly #now: Date;

  constructor(now: Date, notices: readonly Notice[]) {
    this.#now = now;
    this.notices = [...notices];
  }

  /** `at:` holds for a whole query, so only here, outside of NOT and OR, it is an instant. */
  root(query: Query): PlanNode {
    if (query.kind === 'and') return { and: query.items.map((item) => this.root(item)) };
    if (query.kind !== 'field' || query.name !== 'at') return this.#node(query, this.#anywhere);
    const instant = isTerm(query.value) ? parseInstant(query.value.text, this.#now) : null;
    if (instant === null || this.at !== null) return this.#node(query, this.#anywhere);
    this.at = instant;
    return { all: true };
  }

  /** Terms of a field's value are read as the field's. */
  #node(query: Query, read: (term: Term) => PlanNode): PlanNode {
    switch (query.kind) {
      case 'all':
        return { all: true };
      case 'not':
        return { not: this.#node(query.item, read) };
      case 'and':
        return { and: query.items.map((item) => this.#node(item, read)) };
      case 'or':
        return { or: query.items.map((item) => this.#node(item, read)) };
      case 'field':
        return this.#field(query, query.name);
      case 'word':
      case 'phrase':
        return read(query);
    }
  }

  #field(query: Extract<Query, { kind: 'field' }>, name: string): PlanNode {
    const field = FIELD_BY_NAME.get(name);
    if (field !== undefined) return this.#node(query.value, (term) => this.#value(term, field));
    const feature = CHANGED_FIELDS.get(name);
    if (feature !== undefined) return this.#node(query.value, (term) => this.#changed(name, term, feature));
    // An `at:` that is no instant, a second one, or one that would hold for a part only.
    const text = isTerm(query.value) ? `${name}:${query.value.text}` : name;
    const why = 'at: takes one instant for the whole query, such as 2026-11-22, now-1d or yesterday';
    this.notices.push(takenLiterally(text, why, query.span));
    return textLeaf(text, 'any');
  }

  readonly #anywhere = (term: Term): PlanNode => this.#text(term, 'any');

  #changed(name: string, term: Term, feature: Feature | null): PlanNode {
    const leaf = changedLeaf(term.text, this.#now, feature);
    if (leaf !== null) return leafOf(leaf);
    const text = `${name}:${term.text}`;
    const why = `${name}: takes a time, such as >now-1d, >=2026-11-01, 2026-11-01..2026-11-07 or today`;
    this.notices.push(takenLiterally(text, why, term.span));
    return textLeaf(text, 'any');
  }

  /** Text, or an address in any notation; `within` a file's content, or anywhere. */
  #text(term: Term, within: 'any' | 'content'): PlanNode {
    const text = textLeaf(term.text, within);
    if (term.kind === 'phrase') return text;
    const address = parseAddress(term.text);
    if (address === null) {
      this.#explainLiteral(term);
      return text;
    }
    const found = addressNode(address, within === 'content' ? 'file' : undefined);
    // The address finds its facts; with a port, the text must stand there as well.
    return hasPort(term.text) ? { and: [found, text] } : found;
  }

  #value(term: Term, field: Field): PlanNode {
    if (field.type === 'text') return this.#text(term, 'content');
    if (term.kind === 'word' && term.text === '*')
      return leafOf({ leaf: 'field', field: field.name, op: 'exists' });
    const isGlob = term.kind === 'word' && /[*?]/.test(term.text);
    if (/^[<>]/.test(term.text))
      this.notices.push(takenLiterally(term.text, 'values are compared for equality', term.span));
    return leafOf({
      leaf: 'field',
      field: field.name,
      op: isGlob ? 'glob' : 'is',
      value: term.text,
    });
  }

  /** Says why a bare word that looks like more than text is only text. */
  #explainLiteral(term: Term): void {
    const [, name, value] = /^([A-Za-z][\w.-]+):([^/\\:].*)?$/s.exec(term.text) ?? [];
    if (name === undefined || isPort(value) || isColonSeparatedHex(term.text)) {
      this.#explainWildcard(term);
      return;
    }
    if (name.toLowerCase() === 'at' || NAMES.includes(name.toLowerCase())) {
      this.notices.push(takenLiterally(term.text, `${name}: has no value that can be read`, term.span));
      return;
    }
    if (value === undefined) return;
    const near = nearest(name, NAMES);
    const hint = near === null ? '' : `; did you mean ${near}:`;
    this.notices.push(takenLiterally(term.text, `there is no field ${name}${hint}`, term.span));
  }

  #explainWildcard(term: Term): void {
    if (term.text.includes('*'))
      this.notices.push(takenLiterally(term.text, '* is a wildcard in field values only', term.span));
  }
}

function isTerm(query: Query): query is Term {
  return query.kind === 'word' || query.kind === 'phrase';
}

function isPort(value: string | undefined): boolean {
  return value !== undefined && /^\d{1,5}$/.test(value);
}

function isColonSeparatedHex(text: string): boolean {
  return /^[\da-f:.%/]+$/i.test(text);
}

/** Of an address: `10.1.2.3:443`, `10.1.2.3#53`, `[fe80::1]:443`. */
function hasPort(address: string): boolean {
  return /^(?:[^:]+|\[.*\])[:#@]\d{1,5}$/.test(address);
}

function textLeaf(text: string, within: 'any' | 'content'): PlanNode {
  const [word, ...more] = words(text);
  const folded = foldCase(text);
  if (word === folded && more.length === 0) return leafOf({ leaf: 'word', word, within });
  return leafOf({ leaf: 'phrase', text: folded, within });
}

function leafOf(leaf: Leaf): PlanNode {
  return { leaf };
}
