// What an entry is called: a package, process or service by its name, a system by its host name.
import { FIELDS, type Field } from '../../schemas/fields.ts';
import type { Leaf } from '../../schemas/plan.ts';
import { foldCase } from './words.ts';

/** A value, folded, that one of these fields of an entry has to be. */
export interface Naming {
  readonly fields: readonly string[];
  readonly value: string;
}

/** A field that is called as its feature holds what an entry of it is called. */
const NAMING = FIELDS.filter(({ name, feature }) => name === feature || name === 'hostname');

/** Nothing has a longer name: engines look for whole ones. */
const LONGEST = 1000;

/** Which entries that satisfy a leaf are called as it asks; null where none can be. */
export function namingOf(leaf: Leaf): Naming | null {
  const fields = NAMING.filter((field) => canName(leaf, field)).map(({ name }) => name);
  const value = foldCase(askedText(leaf));
  return fields.length === 0 || value.length > LONGEST ? null : { fields, value };
}

function canName(leaf: Leaf, { name, feature }: Field): boolean {
  if (leaf.leaf === 'field') return leaf.op === 'is' && leaf.field === name;
  if (leaf.leaf !== 'word' && leaf.leaf !== 'phrase') return false;
  return leaf.within !== 'content' && (leaf.feature ?? feature) === feature;
}

function askedText(leaf: Leaf): string {
  if (leaf.leaf === 'word') return leaf.word;
  if (leaf.leaf === 'phrase') return leaf.text;
  return leaf.leaf === 'field' ? (leaf.value ?? '') : '';
}
