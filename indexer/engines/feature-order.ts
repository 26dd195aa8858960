// The order of features in answers: that of the catalogue, here without loading its schema.
import type { Feature } from '../../schemas/entries.ts';

/** Every feature in catalogue order. */
export const FEATURES: readonly Feature[] = ['os', 'file', 'package', 'process', 'connection', 'interface'];
