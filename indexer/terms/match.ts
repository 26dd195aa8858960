// The truth about a leaf of a plan: what an index answers must be what these functions say of the text itself.
import type { Entry, Feature } from '../../schemas/entries.ts';
import { FIELDS, type FieldType } from '../../schemas/fields.ts';
import type { Leaf } from '../../schemas/plan.ts';
import { addressesIn, relationOf } from './addresses.ts';
import { entryText, fieldValues } from './entry-terms.ts';
import { compareValues, type Owner } from './field-order.ts';
import { foldText } from './fold-text.ts';
import { regexOf } from './regex.ts';
import { foldCase, isWordAt, isWordBefore } from './words.ts';

type FieldLeaf = Extract<Leaf, { leaf: 'field' }>;
type AddressLeaf = Extract<Leaf, { leaf: 'address' }>;

function escape(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/** So many times two stars between slashes may stand for no folder: each time doubles the pattern. */
const MOST_DEPTHS = 3;

/**
 * A pattern for a glob: `*` is any run of characters, `?` one, the rest literal; two stars between slashes are any
 * number of folders, none included. Test it on a value folded by `foldCase`. It takes time linear in the value for
 * each `*`: what stands between two of them is matched at its first place for good.
 */
export function globToRegExp(glob: string): RegExp {
  let globs = [''];
  for (const [depth, part] of foldCase(glob)
    .split(/(?<=\/)\*\*\//)
    .entries()) {
    const between = depth === 0 ? [''] : depth > MOST_DEPTHS ? ['*/'] : ['', '*/'];
    globs = globs.flatMap((before) => between.map((folders) => `${before}${folders}${part}`));
  }
  let groups = 0;
  const alternatives = globs.map((one) => {
    const [first = '', ...rest] = one.split(/\*+/).map((part) => part.split('?').map(escape).join('.'));
    const last = rest.pop();
    if (last === undefined) return first;
    const middle = rest.map((part) => `(?=(.*?${part}))\\${(groups += 1)}`).join('');
    return `${first}${middle}.*${last}`;
  });
  return new RegExp(`^(?:${alternatives.join('|')})$`, 'isu');
}

/** A folded literal in which a run of whitespace stands for any other. */
function phrasePattern(folded: string): RegExp {
  const inner = folded
    .trim()
    .split(/\s+/)
    .map(escape)
    .join(String.raw`\s+`);
  return new RegExp(`${/^\s/.test(folded) ? '\\s' : ''}${inner}${/\s$/.test(folded) ? '\\s' : ''}`, 'g');
}

type Ranges = Iterable<[start: number, end: number]>;

function* phraseRanges(phrase: string, text: string): Ranges {
  const sought = foldCase(phrase);
  if (sought.trim() === '') return;
  const { folded, original } = foldText(text);
  const pattern = phrasePattern(sought);
  const opensWord = isWordAt(sought, 0);
  const closesWord = isWordBefore(sought, sought.length);
  for (let match = pattern.exec(folded); match !== null; match = pattern.exec(folded)) {
    const start = match.index;
    const end = start + match[0].length;
    const glued = (opensWord && isWordBefore(folded, start)) || (closesWord && isWordAt(folded, end));
    if (glued) pattern.lastIndex = start + 1;
    else yield [original(start), original(end)];
  }
}

function* regexRanges(pattern: string, text: string): Ranges {
  const { folded, original } = foldText(text);
  for (const [start, end] of regexOf(pattern).ranges(folded)) yield [original(start), original(end)];
}

function* addressRanges(leaf: AddressLeaf, text: string): Ranges {
  for (const { start, end, ...written } of addressesIn(text)) {
    const relation = relationOf(leaf, written);
    if (relation !== null && leaf.relations.includes(relation)) yield [start, end];
  }
}

function rangesIn(leaf: Leaf, text: string): Ranges {
  switch (leaf.leaf) {
    case 'word':
      return phraseRanges(leaf.word, text);
    case 'phrase':
      return phraseRanges(leaf.text, text);
    case 'regex':
      return regexRanges(leaf.pattern, text);
    case 'address':
      return addressRanges(leaf, text);
    case 'field':
      return leaf.field === 'content' ? contentRanges(leaf, text) : [];
    case 'content':
    case 'feature':
    case 'changed':
      return [];
  }
}

function contentRanges({ op, value = '' }: FieldLeaf, text: string): Ranges {
  if (op === 'is') return phraseRanges(value, text);
  return op === 'regex' ? regexRanges(value, text) : [];
}

/** More places than these are not told: an expression may match at every one. */
const MOST_RANGES = 10_000;

/**
 * Where a leaf holds in a text (one on its hash holds for the text, and at no place in it): ranges in UTF-16 units of the text as given, end exclusive, in order, the first 10,000.
 * A leaf on the field `content` holds where its value stands as a phrase, or its expression matches; on any other field
 * it holds nowhere.
 */
export function matchText(leaf: Leaf, text: string): [number, number][] {
  const found: [number, number][] = [];
  for (const range of rangesIn(leaf, text)) if (found.push(range) >= MOST_RANGES) break;
  return found;
}

/** Whether a leaf holds somewhere in a text. */
export function holdsInText(leaf: Leaf, text: string): boolean {
  if (leaf.leaf === 'regex') return regexOf(leaf.pattern).holds(foldCase(text));
  for (const _ of rangesIn(leaf, text)) return true;
  return false;
}

/** Whether a value of a leaf's field is as the leaf says; its owner tells in which order versions come. */
export function matchesValue(leaf: FieldLeaf, value: string, owner: Owner | null = null): boolean {
  const asked = leaf.value ?? '';
  switch (leaf.op) {
    case 'exists':
      return true;
    case 'glob':
      return globToRegExp(asked).test(foldCase(value));
    case 'regex':
      return regexOf(asked).holds(foldCase(value));
    case 'is':
      return typeOf(leaf.field) === 'path' ? value === asked : foldCase(value) === foldCase(asked);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return isOrdered(leaf.op, compareValues(typeOf(leaf.field), owner, value, asked));
  }
}

function typeOf(field: string): FieldType {
  return FIELDS.find(({ name }) => name === field)?.type ?? 'keyword';
}

/** Null, of what cannot be compared, is in no order. */
function isOrdered(op: '<' | '<=' | '>' | '>=', order: number | null): boolean {
  if (order === null) return false;
  switch (op) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function valuesOf(field: string, feature: Feature, entry: Entry): string[] {
  return fieldValues(feature, entry).flatMap((one) => (one.field === field ? [one.value] : []));
}

/**
 * True if an entry itself satisfies a leaf, the content of a file aside: that is for `matchText`.
 * Fields of the system are not fields of an entry, nor is that it changed; a leaf on them is never satisfied here.
 */
export function matchesEntry(leaf: Leaf, feature: Feature, key: string, entry: Entry): boolean {
  if (leaf.leaf === 'field')
    return valuesOf(leaf.field, feature, entry).some((value) =>
      matchesValue(leaf, value, { feature, entry }),
    );
  if (
    leaf.leaf === 'changed' ||
    leaf.leaf === 'content' ||
    (leaf.feature !== undefined && leaf.feature !== feature)
  )
    return false;
  if (leaf.leaf === 'feature') return true;
  if (leaf.leaf === 'address' && leaf.field !== undefined)
    return valuesOf(leaf.field, feature, entry).some((value) => holdsInText(leaf, value));
  if (leaf.leaf !== 'address' && leaf.within === 'content') return false;
  return holdsInText(leaf, entryText(feature, key, entry));
}
