// What the word at the caret may become: a field of the catalogue, or a value that systems of the answer have.
import type { Facet } from '../../schemas/answer.ts';
import type { Field } from './api.ts';
import { condition, count } from './words.ts';

/** Completions that are listed. */
const LISTED = 8;

/** A completion; it takes the place of the query from `start` to `end`. */
export interface Completion {
  readonly text: string;
  readonly about: string;
  readonly start: number;
  readonly end: number;
}

/** The completions of the word that ends at the caret. */
export function completions(
  query: string,
  caret: number,
  fields: readonly Field[],
  facets: readonly Facet[],
): Completion[] {
  const start = query.slice(0, caret).search(/[^\s()]*$/);
  const word = query.slice(start, caret).replace(/^-/, '');
  const place = { start: caret - word.length, end: caret };
  if (word === '') return [];
  const [, name, value] = /^([\w.-]+):(.*)$/.exec(word) ?? [];
  const found =
    name === undefined || value === undefined
      ? fieldsLike(word, fields)
      : valuesLike(name.toLowerCase(), value, facets);
  return found
    .filter(({ text }) => text !== word)
    .slice(0, LISTED)
    .map((option) => ({ ...option, ...place }));
}

function fieldsLike(word: string, fields: readonly Field[]): { text: string; about: string }[] {
  const begun = word.toLowerCase();
  const features = new Set(fields.map(({ feature }) => feature));
  const named = fields.map(({ name, description }) => ({ text: `${name}:`, about: description }));
  // Of other features the name is a field, too.
  const groups = (['file', 'connection'] as const)
    .filter((feature) => features.has(feature))
    .map((feature) => ({ text: `${feature}:(`, about: `What one ${feature} has` }));
  return [...named, ...groups].filter(({ text }) => text.startsWith(begun));
}

function valuesLike(
  field: string,
  begun: string,
  facets: readonly Facet[],
): { text: string; about: string }[] {
  const { buckets = [] } = facets.find((facet) => facet.field === field) ?? {};
  const wanted = begun.replace(/^"/, '').toLowerCase();
  return buckets
    .filter(({ value }) => value.toLowerCase().startsWith(wanted))
    .map(({ value, systems }) => ({ text: condition(field, value), about: count(systems, 'system') }));
}

/** The query with the completion in it, and where the caret is then: a value is complete, of a field it begins. */
export function completed(query: string, { text, start, end }: Completion): { query: string; caret: number } {
  const ending = /[:(]$/.test(text) || query.slice(end).startsWith(' ') ? '' : ' ';
  const before = query.slice(0, start) + text + ending;
  return { query: before + query.slice(end), caret: before.length };
}
