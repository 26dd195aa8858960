// The truth about a leaf of a plan: what an index answers must be what these functions say of the text itself.
import type { Entry, Feature } from '../../schemas/entries.ts';
import { FIELDS } from '../../schemas/fields.ts';
import type { Leaf } from '../../schemas/plan.ts';
import { addressesIn, relationOf } from './addresses.ts';
import { entryText, fieldValues } from './entry-terms.ts';
import { foldText } from './fold-text.ts';
import { foldCase, isWordAt, isWordBefore } from './words.ts';

type FieldLeaf = Extract<Leaf, { leaf: 'field' }>;

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

function phraseRanges(phrase: string, text: string): [number, number][] {
  const sought = foldCase(phrase);
  if (sought.trim() === '') return [];
  const { folded, original } = foldText(text);
  const pattern = phrasePattern(sought);
  const opensWord = isWordAt(sought, 0);
  const closesWord = isWordBefore(sought, sought.length);
  const found: [number, number][] = [];
  for (let match = pattern.exec(folded); match !== null; match = pattern.exec(folded)) {
    const start = match.index;
    const end = start + match[0].length;
    const glued = (opensWord && isWordBefore(folded, start)) || (closesWord && isWordAt(folded, end));
    if (glued) pattern.lastIndex = start + 1;
    else found.push([original(start), original(end)]);
  }
  return found;
}

/**
 * Where a leaf holds in a text: ranges in UTF-16 units of the text as given, end exclusive, in order.
 * A leaf on the field `content` holds where its value stands as a phrase; on any other field it holds nowhere.
 */
export function matchText(leaf: Leaf, text: string): [number, number][] {
  switch (leaf.leaf) {
    case 'word':
      return phraseRanges(leaf.word, text);
    case 'phrase':
      return phraseRanges(leaf.text, text);
    case 'address':
      return addressesIn(text)
        .filter((written) => {
          const relation = relationOf(leaf, written);
          return relation !== null && leaf.relations.includes(relation);
        })
        .map(({ start, end }) => [start, end]);
    case 'field':
      return leaf.field === 'content' && leaf.op === 'is' ? phraseRanges(leaf.value ?? '', text) : [];
    case 'changed':
      return [];
  }
}

function matchesValue(leaf: FieldLeaf, value: string): boolean {
  const asked = leaf.value ?? '';
  switch (leaf.op) {
    case 'exists':
      return true;
    case 'glob':
      return globToRegExp(asked).test(foldCase(value));
    case 'is': {
      const exact = FIELDS.find((field) => field.name === leaf.field)?.type === 'path';
      return exact ? value === asked : foldCase(value) === foldCase(asked);
    }
  }
}

/**
 * True if an entry itself satisfies a leaf, the content of a file aside: that is for `matchText`.
 * Fields of the system are not fields of an entry, nor is that it changed; a leaf on them is never satisfied here.
 */
export function matchesEntry(leaf: Leaf, feature: Feature, key: string, entry: Entry): boolean {
  if (leaf.leaf === 'field') {
    return fieldValues(feature, entry).some(
      ({ field, value }) => field === leaf.field && matchesValue(leaf, value),
    );
  }
  if (leaf.leaf === 'changed' || (leaf.feature !== undefined && leaf.feature !== feature)) return false;
  if (leaf.leaf !== 'address' && leaf.within === 'content') return false;
  return matchText(leaf, entryText(feature, key, entry)).length > 0;
}
