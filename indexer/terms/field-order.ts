// The order of a field's values: that of its type.
import type { Entry, Feature } from '../../schemas/entries.ts';
import type { FieldType } from '../../schemas/fields.ts';
import { compareVersions, schemeOf } from './versions/compare-versions.ts';
import { foldCase } from './words.ts';

/** An entry that has a value. */
export interface Owner {
  readonly feature: Feature;
  readonly entry: Entry;
}

/** How two values compare; null where one of them is not of the type. Versions compare as their owner numbers its own. */
export function compareValues(type: FieldType, owner: Owner | null, a: string, b: string): number | null {
  switch (type) {
    case 'version':
      return compareVersions(owner === null ? 'natural' : schemeOf(owner.feature, owner.entry), a, b);
    case 'number':
      return compareNumbers(Number(a), Number(b));
    case 'date':
      return compareNumbers(Date.parse(a), Date.parse(b));
    case 'keyword':
    case 'text':
    case 'path':
    case 'address': {
      const [first, second] = [foldCase(a), foldCase(b)];
      return first < second ? -1 : first > second ? 1 : 0;
    }
  }
}

function compareNumbers(a: number, b: number): number | null {
  return Number.isFinite(a) && Number.isFinite(b) ? a - b : null;
}
