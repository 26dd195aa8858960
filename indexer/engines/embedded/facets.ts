// Counts distinct systems by what they are, have, and matched with.
import type { DatabaseSync } from 'node:sqlite';
import type { Facet } from '../../../schemas/answer.ts';
import type { Feature } from '../../../schemas/entries.ts';
import type { FacetField } from '../../../schemas/plan.ts';
import { BLOCK_SIZE, unpackBlock } from './blocks.ts';
import type { Found } from './evidence.ts';
import type { Judged } from './judgement.ts';
import { featureOf, firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import type { StateMemory } from './state-memory.ts';
import type { AnsweringSystem } from './systems.ts';

/** Where the facets `os` and `package` take their values from. */
const LABELS = { os: ['os', '$.platform'], package: ['package', '$.name'] } as const;

/** Of what has no value. */
const NONE = -1;

/** Values by number. */
class Values {
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

/** Counts values, each once per system. Systems are counted one after the other. */
class Counter {
  readonly #counts: number[] = [];
  readonly #last: number[] = [];

  /** Counts the value of a number for a system. */
  add(value: number, system: number): void {
    if (this.#last[value] === system) return;
    this.#last[value] = system;
    this.#counts[value] = (this.#counts[value] ?? 0) + 1;
  }

  facet(field: FacetField, values: Values, size: number): Facet {
    const all = values.list.flatMap((value, number) => {
      const systems = this.#counts[number] ?? 0;
      return systems === 0 ? [] : [{ value, systems }];
    });
    all.sort((a, b) => b.systems - a.systems || (a.value < b.value ? -1 : 1));
    return { field, buckets: all.slice(0, size), more: Math.max(0, all.length - size) };
  }
}

/** What facets are counted of. */
interface Counted {
  readonly systems: readonly AnsweringSystem[];
  readonly judged: readonly Judged[];
  readonly found: Found;
  readonly at: number | null;
}

/** Counts the facets of an answer. Entries never change, so what they are called is remembered between answers. */
export class FacetCounter {
  readonly #db: DatabaseSync;
  readonly #memory: StateMemory;
  readonly #labels: Record<keyof typeof LABELS, { values: Values; ofEntry: (number | undefined)[] }>;

  constructor(db: DatabaseSync, memory: StateMemory) {
    this.#db = db;
    this.#memory = memory;
    this.#labels = {
      os: { values: new Values(), ofEntry: [] },
      package: { values: new Values(), ofEntry: [] },
    };
  }

  count(fields: readonly { readonly field: FacetField; readonly size: number }[], counted: Counted): Facet[] {
    return fields.map(({ field, size }) => {
      switch (field) {
        case 'kind':
          return countKinds(size, counted);
        case 'os':
        case 'package':
          return this.#countLabels(field, size, counted);
        case 'directory':
        case 'feature':
          return countMatches(field, size, counted);
      }
    });
  }

  #countLabels(field: keyof typeof LABELS, size: number, { systems, judged, at }: Counted): Facet {
    const counter = new Counter();
    const read = this.#labelReader(field, at);
    // What systems have now is read once for many answers.
    const known = at === null ? this.#memory.of(field, () => new Map<number, Int32Array>()) : null;
    for (const { index } of judged) {
      const system = systems[index]?.number ?? 0;
      const labels = known?.get(system) ?? read(system);
      known?.set(system, labels);
      for (const label of labels) counter.add(label, index);
    }
    return counter.facet(field, this.#labels[field].values, size);
  }

  /** Reads the labels that a system has. */
  #labelReader(field: keyof typeof LABELS, at: number | null): (system: number) => Int32Array {
    const [feature, pointer] = LABELS[field];
    const { values, ofEntry } = this.#labels[field];
    const select = this.#db.prepare(
      'SELECT json ->> ? AS label FROM entry JOIN attribute ON attribute.id = entry.attribute WHERE entry.id = ?',
    );
    const first = firstEntryId(feature);
    const has = entriesOfSystem(this.#db, feature, at);
    return (system) => {
      const labels = new Set<number>();
      has(system, (entry) => {
        let label = ofEntry[entry - first];
        if (label === undefined) {
          const { label: value } = select.get(pointer, entry) as { label: string | null };
          label = value === null ? NONE : values.number(value);
          ofEntry[entry - first] = label;
        }
        if (label !== NONE) labels.add(label);
      });
      return Int32Array.from(labels);
    };
  }
}

function countKinds(size: number, { systems, judged }: Counted): Facet {
  const values = new Values();
  const counter = new Counter();
  for (const { index } of judged) counter.add(values.number(systems[index]?.ref.kind ?? ''), index);
  return counter.facet('kind', values, size);
}

/** Reads which entries of a feature a system has at an instant (null: now). */
function entriesOfSystem(
  db: DatabaseSync,
  feature: Feature,
  at: number | null,
): (system: number, each: (entry: number) => void) => void {
  const first = firstEntryId(feature);
  const end = first + IDS_PER_FEATURE;
  const held = db.prepare('SELECT block, packed FROM presence WHERE system = ? AND block >= ? AND block < ?');
  const ended = db.prepare(
    `SELECT entry FROM fact WHERE system = ? AND entry >= ? AND entry < ?
     AND ended IS NOT NULL AND ended > ? AND began <= ?`,
  );
  held.setReturnArrays(true);
  ended.setReturnArrays(true);
  return (system, each) => {
    for (const row of held.all(system, first / BLOCK_SIZE, end / BLOCK_SIZE)) {
      const [block, packed] = row as unknown as [number, Uint8Array];
      unpackBlock(packed, (offset, began) => {
        if (at === null || began <= at) each(block * BLOCK_SIZE + offset);
      });
    }
    if (at === null) return;
    for (const [entry] of ended.all(system, first, end, at, at) as unknown as [number][]) each(entry);
  };
}

function countMatches(field: 'directory' | 'feature', size: number, { judged, found }: Counted): Facet {
  const { kinds, matched, prefixes } = found;
  const values = new Values();
  const valueOf = kinds.examples.map((entry) => {
    if (field === 'feature') return values.number(featureOf(matched.ids[entry] ?? 0));
    const directory = directoryOf(prefixes.get(matched.places[entry] ?? 0) ?? '');
    return directory === '' ? NONE : values.number(directory);
  });
  const patternOf = kinds.examples.map((entry) => matched.patternOf[entry] ?? 0);
  const counter = new Counter();
  for (const { index, support } of judged) {
    for (const kind of kinds.numbers.subarray(kinds.starts[index], kinds.starts[index + 1])) {
      const value = valueOf[kind] ?? NONE;
      if (value !== NONE && support.patterns[patternOf[kind] ?? 0] === 1) counter.add(value, index);
    }
  }
  return counter.facet(field, values, size);
}

/** The directory of a place; only files have places that are not empty. */
function directoryOf(prefix: string): string {
  return prefix === '/' ? prefix : prefix.slice(0, -1);
}
