// Entries by number: a number tells the feature, and the block of numbers in which systems keep it.
import type { Feature } from '../../../schemas/entries.ts';
import { BLOCK_SIZE } from '../blocks.ts';

/** Features by the number that stands in entry numbers. They are never reused. */
const FEATURE_NUMBERS: Record<Feature, number> = {
  file: 0,
  package: 1,
  os: 2,
  process: 3,
  connection: 4,
  interface: 5,
};

const FEATURES_BY_NUMBER = new Map(
  Object.entries(FEATURE_NUMBERS).map(([feature, number]) => [number, feature as Feature]),
);

/** How many blocks a feature has. */
const BLOCKS_PER_FEATURE = 2 ** 32;

/** First block of a feature's entries. */
export function firstBlock(feature: Feature): number {
  return FEATURE_NUMBERS[feature] * BLOCKS_PER_FEATURE;
}

/** The feature of the entries of a block. */
export function featureOfBlock(block: number): Feature {
  const feature = FEATURES_BY_NUMBER.get(Math.floor(block / BLOCKS_PER_FEATURE));
  if (feature === undefined) throw new RangeError(`no feature has a block ${block}`);
  return feature;
}

/** The block of an entry. */
export function blockOf(number: number): number {
  return Math.floor(number / BLOCK_SIZE);
}

/** The feature of an entry. */
export function featureOf(number: number): Feature {
  return featureOfBlock(blockOf(number));
}
