// Which feature a leaf of a plan asks about.
import type { Feature } from '../../schemas/entries.ts';
import { FIELDS } from '../../schemas/fields.ts';
import type { Leaf } from '../../schemas/plan.ts';

const FEATURE_OF: ReadonlyMap<string, Feature | 'system'> = new Map(
  FIELDS.map(({ name, feature }) => [name, feature]),
);

/**
 * The feature a frame has to tell of, so that no fact means no; null where no feature has to: of the system itself. Text
 * may stand in any feature, and in files above all.
 */
export function leafFeature(leaf: Leaf): Feature | null {
  switch (leaf.leaf) {
    case 'feature':
      return leaf.feature;
    case 'changed':
      return leaf.feature ?? null;
    case 'field':
      return fieldFeature(leaf.field);
    case 'address':
      return addressFeature(leaf);
    case 'content':
      return 'file';
    case 'word':
    case 'phrase':
    case 'regex':
      return leaf.feature ?? 'file';
  }
}

function addressFeature({ feature, field }: Extract<Leaf, { leaf: 'address' }>): Feature | null {
  return feature ?? (field === undefined ? 'file' : fieldFeature(field));
}

function fieldFeature(field: string): Feature | null {
  const feature = FEATURE_OF.get(field) ?? 'system';
  return feature === 'system' ? null : feature;
}
