// What is written to find an entry, and has to go with it.
import type { Feature } from '../../../schemas/entries.ts';
import { entryText, fieldValues } from '../../terms/entry-terms.ts';
import { foldCase } from '../../terms/words.ts';
import { NO_STAMPS, putTogether } from '../entry-parts.ts';

type Part = Record<string, unknown>;

/** The searchable text of an entry itself. */
export function textOfEntry(feature: Feature, key: string, shared: Part, own: Part): string {
  return entryText(feature, key, putTogether(feature, key, { shared, own, stamps: NO_STAMPS, text: null }));
}

/** A field with its value, folded. */
export type FoldedField = readonly [field: string, value: string];

/** Fields of what an entry alone says. */
export function fieldsOfEntry(feature: Feature, key: string, own: Part): FoldedField[] {
  if (feature !== 'file') return [];
  const alone = putTogether(feature, key, { shared: {}, own, stamps: NO_STAMPS, text: null });
  return folded(feature, alone);
}

/** Fields of what many entries share. */
export function fieldsOfAttribute(feature: Feature, shared: Part): FoldedField[] {
  return folded(feature, shared);
}

function folded(feature: Feature, part: Part): FoldedField[] {
  return fieldValues(feature, part).map(({ field, value }) => [field, foldCase(value)] as const);
}
