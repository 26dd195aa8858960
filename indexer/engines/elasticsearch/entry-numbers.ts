// Entries by number: a number tells the feature, and the block of numbers in which systems keep it.
import type { Feature } from '../../../schemas/entries.ts';
import { BLOCK_SIZE } from '../blocks.ts';
import { featureNumber, featureOfNumber } from '../feature-order.ts';

/** How many blocks a feature has. */
const BLOCKS_PER_FEATURE = 2 ** 32;

/** First block of a feature's entries. */
export function firstBlock(feature: Feature): number {
  return featureNumber(feature) * BLOCKS_PER_FEATURE;
}

/** The feature of the entries of a block. */
export function featureOfBlock(block: number): Feature {
  return featureOfNumber(Math.floor(block / BLOCKS_PER_FEATURE));
}

/** The block of an entry. */
export function blockOf(number: number): number {
  return Math.floor(number / BLOCK_SIZE);
}

/** The feature of an entry. */
export function featureOf(number: number): Feature {
  return featureOfBlock(blockOf(number));
}
