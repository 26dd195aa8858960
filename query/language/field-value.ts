// A term as the value of a field: one value, a glob, a regular expression, a comparison, a range, an address.
import type { Field } from '../../schemas/fields.ts';
import type { Leaf, PlanNode } from '../../schemas/plan.ts';
import { parseAddress } from '../../indexer/terms/addresses.ts';
import { portOf, rangeNotice, writtenRange } from './address-node.ts';
import { factOf } from './fact-group.ts';
import { takenLiterally, type Tell } from './notices.ts';
import { textNode } from './text-term.ts';
import { hasMeta, regexFault, wrongRegex } from './slashes.ts';
import type { Term } from './tree.ts';

type Operator = Extract<Leaf, { leaf: 'field' }>['op'];

const COMPARED = /^(>=|<=|>|<)(.*)$/s;

/** The condition that a field has such a value. */
export function valueNode(term: Term, field: Field, tell: Tell): PlanNode {
  if (field.type === 'text') return textNode(term, { within: 'content', feature: null }, tell);
  if (term.kind === 'regex') return regexValue(term, field, tell);
  if (field.type === 'address') return addressValue(term, field, tell);
  if (term.kind === 'phrase') return fieldLeaf(field, 'is', term.text);
  return orderedValue(term, field) ?? plainValue(term, field, tell);
}

/** Whether a term compares: `>=3`. */
export function isComparison({ kind, text }: Term): boolean {
  return kind === 'word' && COMPARED.test(text);
}

function fieldLeaf({ name }: Field, op: Operator, value: string): PlanNode {
  return { leaf: { leaf: 'field', field: name, op, value } };
}

/** The value itself, with wildcards where it has some. */
function plainValue({ text, span }: Term, field: Field, tell: Tell): PlanNode {
  if (text === '*') return { leaf: { leaf: 'field', field: field.name, op: 'exists' } };
  if (COMPARED.test(text)) {
    tell(takenLiterally(text, whyNotCompared(field), span));
    return fieldLeaf(field, 'is', text);
  }
  if (field.type !== 'path' || !/[^/]\/$/.test(text))
    return fieldLeaf(field, /[*?]/.test(text) ? 'glob' : 'is', text);
  const path = text.replace(/\/+$/, '');
  const message = `\`${text}\` was read as ${path}; ${field.name}:${path}/* finds what lies below.`;
  tell({ code: 'read-as-path', message, span });
  return plainValue({ kind: 'word', text: path, span }, field, tell);
}

/** What values of the types that have an order compare with. */
const BOUNDS: Partial<Record<Field['type'], string>> = {
  number: 'a number, such as >1024',
  version: 'a version, such as >=1.2.3',
  date: 'a date, such as >=2026-11-01',
};

function whyNotCompared({ name, type }: Field): string {
  const bound = BOUNDS[type];
  return bound === undefined ? `values of ${name}: have no order` : `${name}: compares with ${bound}`;
}

function regexValue({ text, span }: Term, field: Field, tell: Tell): PlanNode {
  const written = `/${text}/`;
  // Between slashes a path looks like an expression.
  if (field.type === 'path' && !hasMeta(text))
    return plainValue({ kind: 'word', text: written, span }, field, tell);
  const fault = regexFault(text);
  if (fault === null) return fieldLeaf(field, 'regex', text);
  tell(takenLiterally(written, wrongRegex(fault), span));
  return fieldLeaf(field, 'is', written);
}

/** A comparison or a range; null where the term is none, or the field has no order. */
function orderedValue({ text }: Term, field: Field): PlanNode | null {
  if (!(field.type in BOUNDS)) return null;
  const [, operator, compared = ''] = COMPARED.exec(text) ?? [];
  if (operator !== undefined)
    return isBound(compared, field) ? fieldLeaf(field, operator as Operator, compared.trim()) : null;
  const [, equal] = /^==?(.+)$/s.exec(text) ?? [];
  if (equal !== undefined) return fieldLeaf(field, /[*?]/.test(equal) ? 'glob' : 'is', equal);
  return rangeValue(text, field);
}

/** `a..b`, both ends included; one of them may be left open. */
function rangeValue(text: string, field: Field): PlanNode | null {
  const [, from, to] = /^(.*?)\.\.(.*)$/s.exec(text) ?? [];
  if (from === undefined || to === undefined) return null;
  const ends = [
    ['>=', from],
    ['<=', to],
  ] as const;
  const bounds = ends.filter(([, end]) => end !== '' && end !== '*');
  if (bounds.length === 0 || !bounds.every(([, end]) => isBound(end, field))) return null;
  const leaves = bounds.map(([operator, end]) => fieldLeaf(field, operator, end));
  const [first, second] = leaves;
  if (first !== undefined && second === undefined) return first;
  return factOf(field.feature, { and: leaves });
}

function isBound(text: string, { type }: Field): boolean {
  const value = text.trim();
  if (value === '' || /[*?\s]/.test(value)) return false;
  if (type === 'number') return Number.isFinite(Number(value));
  return type !== 'date' || !Number.isNaN(Date.parse(value));
}

/** The port beside an address field. */
const PORTS: ReadonlyMap<string, string> = new Map([
  ['local', 'port'],
  ['remote', 'remote-port'],
]);

function addressValue(term: Term, field: Field, tell: Tell): PlanNode {
  const range = writtenRange(term) ?? parseAddress(term.text.replace('..', '-'));
  if (range === null)
    return term.kind === 'phrase' ? fieldLeaf(field, 'is', term.text) : plainValue(term, field, tell);
  const notice = rangeNotice(term);
  if (notice !== null) tell(notice);
  const { low, high } = range;
  const address: PlanNode = {
    leaf: { leaf: 'address', low, high, relations: ['exact', 'contained'], field: field.name },
  };
  const port = portOf(term.text);
  if (port === null) return address;
  const name = PORTS.get(field.name);
  if (name === undefined) return plainValue(term, field, tell);
  return factOf(field.feature, {
    and: [address, { leaf: { leaf: 'field', field: name, op: 'is', value: String(Number(port)) } }],
  });
}
