// What is alike in the facts of a system counts once.
import type { Matched } from './matched.ts';
import { Numbers, type MatchedFacts } from './matched-facts.ts';

/**
 * Matching entries of one place and one pattern are alike: worth the same, counted the same. Those of system s are of
 * the kinds `numbers[starts[s]]` up to `numbers[starts[s + 1]]`, each once; `examples` are entries, one of each kind.
 */
export interface Kinds {
  readonly examples: readonly number[];
  readonly starts: Int32Array;
  readonly numbers: Int32Array;
}

/** The kinds of what matched, by system. */
export function kindsOf(
  places: Matched['places'],
  { patternOf, patterns }: Pick<Matched, 'patternOf' | 'patterns'>,
  { starts, entries }: MatchedFacts,
): Kinds {
  const known = new Map<number, number>();
  const examples: number[] = [];
  const kindOf = Int32Array.from(places, (place, entry) => {
    const name = place * patterns.length + (patternOf[entry] ?? 0);
    const kind = known.get(name) ?? examples.push(entry) - 1;
    known.set(name, kind);
    return kind;
  });
  const last = new Int32Array(examples.length).fill(-1);
  const own = new Int32Array(starts.length);
  const numbers = new Numbers();
  for (let system = 0; system + 1 < starts.length; system++) {
    const end = starts[system + 1] ?? 0;
    for (let i = starts[system] ?? 0; i < end; i++) {
      const kind = kindOf[entries[i] ?? 0] ?? 0;
      if (last[kind] === system) continue;
      last[kind] = system;
      numbers.push(kind);
    }
    own[system + 1] = numbers.length;
  }
  return { examples, starts: own, numbers: numbers.values };
}
