// Features in order, and by number: that of the catalogue, here without loading its schema.
import type { Feature } from '../../schemas/entries.ts';

/** Every feature in catalogue order. */
export const FEATURES: readonly Feature[] = ['os', 'file', 'package', 'process', 'connection', 'interface'];

/** Features by the number that stands in numbers of entries. They are never reused; `file` has the smallest. */
const NUMBERED: readonly Feature[] = ['file', 'package', 'os', 'process', 'connection', 'interface'];

/** The number of a feature. */
export function featureNumber(feature: Feature): number {
  return NUMBERED.indexOf(feature);
}

/** The feature of a number; throws RangeError where none has it. */
export function featureOfNumber(number: number): Feature {
  const feature = NUMBERED[number];
  if (feature === undefined) throw new RangeError(`no feature has the number ${number}`);
  return feature;
}
