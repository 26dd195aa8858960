// Counts distinct systems by what they are, have, and matched with.
import type { DatabaseSync } from 'node:sqlite';
import type { Facet } from '../../../schemas/answer.ts';
import type { Feature } from '../../../schemas/entries.ts';
import type { FacetField } from '../../../schemas/plan.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { countKinds, countMatches, FacetCounter, FacetValues, NO_VALUE } from '../facet-counter.ts';
import type { Found, Judged } from '../judgement.ts';
import { firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import type { StateMemory } from './state-memory.ts';
import type { AnsweringSystem } from './systems.ts';

/** Where the facets `os` and `package` take their values from. */
const LABELS = { os: ['os', '$.platform'], package: ['package', '$.name'] } as const;

/** What facets are counted of. */
interface Counted {
  readonly systems: readonly AnsweringSystem[];
  readonly judged: readonly Judged[];
  readonly found: Found;
  readonly at: number | null;
}

/** Counts the facets of an answer. Entries never change, so what they are called is remembered between answers. */
export class FacetReader {
  readonly #db: DatabaseSync;
  readonly #memory: StateMemory;
  readonly #labels: Record<keyof typeof LABELS, { values: FacetValues; ofEntry: (number | undefined)[] }>;

  constructor(db: DatabaseSync, memory: StateMemory) {
    this.#db = db;
    this.#memory = memory;
    this.#labels = {
      os: { values: new FacetValues(), ofEntry: [] },
      package: { values: new FacetValues(), ofEntry: [] },
    };
  }

  count(fields: readonly { readonly field: FacetField; readonly size: number }[], counted: Counted): Facet[] {
    return fields.map(({ field, size }) => {
      switch (field) {
        case 'kind':
          return countKinds(size, counted.systems, counted.judged);
        case 'os':
        case 'package':
          return this.#countLabels(field, size, counted);
        case 'directory':
        case 'feature':
          return countMatches(field, size, counted.judged, counted.found);
      }
    });
  }

  #countLabels(field: keyof typeof LABELS, size: number, { systems, judged, at }: Counted): Facet {
    const counter = new FacetCounter(this.#labels[field].values);
    const read = this.#labelReader(field, at);
    // What systems have now is read once for many answers.
    const known = at === null ? this.#memory.of(field, () => new Map<number, Int32Array>()) : null;
    for (const { index } of judged) {
      const system = systems[index]?.number ?? 0;
      const labels = known?.get(system) ?? read(system);
      known?.set(system, labels);
      for (const label of labels) counter.add(label, index);
    }
    return counter.facet(field, size);
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
          label = value === null ? NO_VALUE : values.number(value);
          ofEntry[entry - first] = label;
        }
        if (label !== NO_VALUE) labels.add(label);
      });
      return Int32Array.from(labels);
    };
  }
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
