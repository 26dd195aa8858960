// Syntax tree → plan: words, addresses, fields and groups get their meaning here, and `at:` leaves the tree.
import type { Notice } from '../../schemas/answer.ts';
import { UnfoldError } from '../../schemas/error.ts';
import type { Feature } from '../../schemas/entries.ts';
import type { Field } from '../../schemas/fields.ts';
import type { PlanNode } from '../../schemas/plan.ts';
import { parseAddress } from '../../indexer/terms/addresses.ts';
import { CHANGED_FIELDS, changedLeaf } from './change-span.ts';
import { factOf } from './fact-group.ts';
import { isComparison, valueNode } from './field-value.ts';
import { parseInstant } from './instant.ts';
import { fieldNamed, groupFeature, ownerOf } from './names.ts';
import { takenLiterally, type Tell } from './notices.ts';
import { whyForeign } from './foreign-field.ts';
import { leavesOf, simplify } from './simplify.ts';
import { ANYWHERE, literalNode, textNode } from './text-term.ts';
import { isTerm, type FieldQuery, type Parsed, type Query, type Term } from './tree.ts';
import { bindVersions } from './version-binding.ts';

/** The most conditions of one query. */
const MAX_CLAUSES = 1000;

/** What a query asks, as an engine takes it. `at` null is the newest state. */
export interface Resolved {
  where: PlanNode;
  at: string | null;
  notices: Notice[];
}

/** Gives a parsed query its meaning at the instant `now`. Throws UNFOLD_QUERY_TOO_LONG beyond MAX_CLAUSES. */
export function resolve(parsed: Parsed, now: Date): Resolved {
  const resolution = new Resolution(now, parsed.notices);
  const where = simplify(resolution.root(bindVersions(parsed.tree, resolution.tell)));
  const clauses = leavesOf(where).length;
  if (clauses > MAX_CLAUSES)
    throw new UnfoldError(
      'UNFOLD_QUERY_TOO_LONG',
      `The query has ${clauses} conditions; ${MAX_CLAUSES} is the most.`,
    );
  return { where, at: resolution.at?.toISOString() ?? null, notices: resolution.notices };
}

/** What terms are read as, and the feature of the one fact that conditions are on; null: facts of any, each its own. */
interface Context {
  readonly feature: Feature | null;
  readonly read: (term: Term) => PlanNode;
}

const NONE: PlanNode = { not: { all: true } };

class Resolution {
  at: Date | null = null;
  readonly notices: Notice[];
  readonly #now: Date;
  readonly #outside: Context;

  constructor(now: Date, notices: readonly Notice[]) {
    this.#now = now;
    this.notices = [...notices];
    this.#outside = { feature: null, read: (term) => textNode(term, ANYWHERE, this.tell) };
  }

  readonly tell: Tell = (notice) => void this.notices.push(notice);

  /** `at:` holds for a whole query, so only here, outside of NOT and OR, it is an instant. */
  root(query: Query): PlanNode {
    if (query.kind === 'and') return { and: query.items.map((item) => this.root(item)) };
    if (query.kind !== 'field' || query.name !== 'at') return this.#node(query, this.#outside);
    const instant = isTerm(query.value) ? parseInstant(query.value.text, this.#now) : null;
    if (instant === null || this.at !== null) return this.#node(query, this.#outside);
    this.at = instant;
    return { all: true };
  }

  #node(query: Query, context: Context): PlanNode {
    switch (query.kind) {
      case 'all':
        return { all: true };
      case 'not':
        this.#explainSign(query);
        return { not: this.#node(query.item, context) };
      case 'and':
        return { and: query.items.map((item) => this.#node(item, context)) };
      case 'or':
        return { or: query.items.map((item) => this.#node(item, context)) };
      case 'field':
        return this.#field(query, context);
      case 'word':
      case 'phrase':
      case 'regex':
        return context.read(query);
    }
  }

  /** An option of a command excludes what a reader of it may look for. */
  #explainSign({ item, span }: Extract<Query, { kind: 'not' }>): void {
    if (item.kind !== 'word' || item.text.length > 1 || item.span[0] - span[0] !== 1) return;
    const message = `\`-${item.text}\` excludes systems with ${item.text}; write "-${item.text}" in quotes to search for it.`;
    this.tell({ code: 'operator-sign', message, span });
  }

  #field(query: FieldQuery, { feature: within }: Context): PlanNode {
    const { name, value } = query;
    const field = fieldNamed(name, within);
    const owner = ownerOf(field?.name ?? name);
    if (within !== null && owner !== null && owner !== within) return this.#foreign(query, owner, within);
    const group = groupFeature(name);
    if (group !== null && (field === null || !holdsOnlyValues(value)))
      return this.#group(value, group, field);
    if (field !== null) return this.#values(value, field, within);
    return CHANGED_FIELDS.has(name) ? this.#changes(query, within) : this.#misplacedAt(query, within);
  }

  /** Conditions on one fact of a feature. What has no name of its own is a value of the field of that name, or text. */
  #group(query: Query, feature: Feature, named: Field | null): PlanNode {
    const field = named?.feature === feature ? named : null;
    const text = (term: Term) => textNode(term, { within: 'any', feature }, this.tell);
    const read = (term: Term) =>
      field === null || isAddress(term) ? text(term) : valueNode(bare(term), field, this.tell);
    return factOf(feature, this.#node(query, { feature, read }));
  }

  #values(query: Query, field: Field, within: Feature | null): PlanNode {
    const isName = field.name === field.feature;
    const read = (term: Term) => valueNode(isName ? bare(term) : term, field, this.tell);
    const node = this.#node(query, { feature: within, read });
    // `port:(>1024 <2048)`: who compares twice means one value.
    const isInterval =
      query.kind === 'and' && query.items.every((item) => isTerm(item) && isComparison(item));
    return isInterval ? factOf(field.feature, node) : node;
  }

  #changes({ name, value }: FieldQuery, within: Feature | null): PlanNode {
    const feature = CHANGED_FIELDS.get(name) ?? within;
    const read = (term: Term): PlanNode => {
      const leaf = changedLeaf(term.text, this.#now, feature);
      if (leaf !== null) return { leaf };
      const text = `${name}:${term.text}`;
      const why = `${name}: takes a time, such as >now-1d, >=2026-11-01, 2026-11-01..2026-11-07 or today`;
      this.tell(takenLiterally(text, why, term.span));
      return literalNode(text, { within: 'any', feature });
    };
    return this.#node(value, { feature: within, read });
  }

  /** An `at:` that is no instant, a second one, or one that would hold for a part only. */
  #misplacedAt({ name, value, span }: FieldQuery, feature: Feature | null): PlanNode {
    const text = isTerm(value) ? `${name}:${value.text}` : name;
    const why = 'at: takes one instant for the whole query, such as 2026-11-22, now-1d or yesterday';
    this.tell(takenLiterally(text, why, span));
    return literalNode(text, { within: 'any', feature });
  }

  /** What another thing has, no fact of this feature can satisfy. */
  #foreign({ name, span }: FieldQuery, owner: Field['feature'], within: Feature): PlanNode {
    this.tell({ code: 'never-holds', message: whyForeign(name, owner, within), span });
    return NONE;
  }
}

/** In `package:(name:nginx)` the name is what `package:` asks for anyway. */
function bare(term: Term): Term {
  const [prefix] = /^name:(?=.)/i.exec(term.kind === 'word' ? term.text : '') ?? [''];
  if (prefix === '') return term;
  return {
    ...term,
    text: term.text.slice(prefix.length),
    span: [term.span[0] + prefix.length, term.span[1]],
  };
}

/** Whether the parentheses of a field hold its values alone: conditions on systems, a fact each. */
function holdsOnlyValues(query: Query): boolean {
  if (query.kind === 'field') return false;
  if (query.kind === 'not') return holdsOnlyValues(query.item);
  if (query.kind === 'and' || query.kind === 'or') return query.items.every(holdsOnlyValues);
  return !isTerm(query) || !isAddress(query);
}

function isAddress({ kind, text }: Term): boolean {
  return kind === 'word' && parseAddress(text) !== null;
}
