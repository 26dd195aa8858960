// What a fleet is asked: addresses and words that its texts hold, by how common they are.
import { addressesIn } from '../../indexer/terms/addresses.ts';
import { distinctWords } from '../../indexer/terms/words.ts';
import type { Fleet } from './fleet.ts';

export interface Questions {
  /** Addresses that packages and the fleet's settings write: on every system, or on many. */
  readonly shared: readonly string[];
  /** Each written by one system. */
  readonly own: readonly string[];
  /** Words of the packages' texts, the most common first. */
  readonly words: readonly string[];
}

const LOOKUPS = 100;

/** A hundred of a list, or as many as there are. */
export function spread(list: readonly string[], most = LOOKUPS): string[] {
  const number = Math.min(most, list.length);
  return Array.from({ length: number }, (_, i) => list[Math.floor((i * list.length) / number)] ?? '');
}

export function questionsFor(fleet: Fleet): Questions {
  const { files, settings } = fleet.material;
  const shared = new Set<string>();
  const counts = new Map<string, number>();
  for (const text of [
    ...files.map(({ content }) => content?.text ?? ''),
    ...settings.map((one) => one.text),
  ]) {
    for (const word of distinctWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const { low, high, text: address } of addressesIn(text)) if (low === high) shared.add(address);
  }
  const words = [...counts].sort(([a, inA], [b, inB]) => inB - inA || (a < b ? -1 : 1)).map(([word]) => word);
  const systems = Array.from({ length: fleet.shape.systems }, (_, system) => fleet.ownAddress(system));
  return {
    shared: [...shared].sort(),
    own: spread(systems),
    words: words.filter((word) => /^[a-z]{2,}$/.test(word)),
  };
}
