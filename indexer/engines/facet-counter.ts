// Counts distinct systems by what they are, have, and matched with.
import type { Facet } from '../../schemas/answer.ts';
import type { FacetField } from '../../schemas/plan.ts';
import type { Found, Judged } from './judgement.ts';
import type { Candidate } from './matched.ts';

/** Values of a facet, by number. */
export class FacetValues {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a value. */
  number(value: string): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.list.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

/** Of what has no value. */
export const NO_VALUE = -1;

/** Counts values, each once per system. Systems are counted one after the other. */
export class FacetCounter {
  readonly #values: FacetValues;
  readonly #counts: number[] = [];
  readonly #last: number[] = [];

  constructor(values: FacetValues) {
    this.#values = values;
  }

  /** Counts the value of a number for a system. */
  add(value: number, system: number): void {
    if (value === NO_VALUE || this.#last[value] === system) return;
    this.#last[value] = system;
    this.#counts[value] = (this.#counts[value] ?? 0) + 1;
  }

  /** The values that most systems have. */
  facet(field: FacetField, size: number): Facet {
    const all = this.#values.list.flatMap((value, number) => {
      const systems = this.#counts[number] ?? 0;
      return systems === 0 ? [] : [{ value, systems }];
    });
    all.sort((a, b) => b.systems - a.systems || (a.value < b.value ? -1 : 1));
    return { field, buckets: all.slice(0, size), more: Math.max(0, all.length - size) };
  }
}

/** Counts what systems are. */
export function countKinds(size: number, systems: readonly Candidate[], judged: readonly Judged[]): Facet {
  const values = new FacetValues();
  const counter = new FacetCounter(values);
  for (const { index } of judged) counter.add(values.number(systems[index]?.ref.kind ?? ''), index);
  return counter.facet('kind', size);
}

/** Counts what systems matched with: the facts for which they are in the answer. */
export function countMatches(
  field: 'directory' | 'feature',
  size: number,
  judged: readonly Judged[],
  { matched, patternOf, kinds }: Found,
): Facet {
  const values = new FacetValues();
  const counter = new FacetCounter(values);
  const valueOf = kinds.examples.map((entry) => {
    if (field === 'feature') return values.number(matched.feature(entry));
    const directory = directoryOf(matched.prefix(matched.places[entry] ?? 0));
    return directory === '' ? NO_VALUE : values.number(directory);
  });
  const patterns = kinds.examples.map((entry) => patternOf[entry] ?? 0);
  for (const { index, support } of judged) {
    for (const kind of kinds.numbers.subarray(kinds.starts[index], kinds.starts[index + 1]))
      if (support.patterns[patterns[kind] ?? 0] === 1) counter.add(valueOf[kind] ?? NO_VALUE, index);
  }
  return counter.facet(field, size);
}

/** The directory of a place; only files have places that are not empty. */
function directoryOf(prefix: string): string {
  return prefix === '/' ? prefix : prefix.slice(0, -1);
}
