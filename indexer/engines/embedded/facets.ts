// Counts distinct systems by what they are, have, and matched with.
import type { DatabaseSync } from 'node:sqlite';
import type { Facet } from '../../../schemas/answer.ts';
import type { Feature } from '../../../schemas/entries.ts';
import type { FacetField } from '../../../schemas/plan.ts';
import { BLOCK_SIZE, unpackBlock } from './blocks.ts';
import type { Found } from './evidence.ts';
import type { Judged } from './judgement.ts';
import { featureOf, firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import type { AnsweringSystem } from './systems.ts';

/** Where the facets `os` and `package` take their values from. */
const LABELS = { os: ['os', '$.platform'], package: ['package', '$.name'] } as const;

/** Counts values, each once per system. Systems are counted one after the other. */
class Counter {
  readonly #systems = new Map<string, { count: number; last: number }>();

  add(value: string, system: number): void {
    const known = this.#systems.get(value);
    if (known === undefined) this.#systems.set(value, { count: 1, last: system });
    else if (known.last !== system) {
      known.count += 1;
      known.last = system;
    }
  }

  facet(field: FacetField, size: number): Facet {
    const all = [...this.#systems].map(([value, { count }]) => ({ value, systems: count }));
    all.sort((a, b) => b.systems - a.systems || (a.value < b.value ? -1 : 1));
    return { field, buckets: all.slice(0, size), more: Math.max(0, all.length - size) };
  }
}

/** Counts the facets of an answer. Entries never change, so what they are called is remembered between answers. */
export class FacetCounter {
  readonly #db: DatabaseSync;
  readonly #labels = new Map<number, string | null>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  count(
    fields: readonly { readonly field: FacetField; readonly size: number }[],
    answer: {
      systems: readonly AnsweringSystem[];
      judged: readonly Judged[];
      found: Found;
      at: number | null;
    },
  ): Facet[] {
    return fields.map(({ field, size }) => {
      const counter = new Counter();
      switch (field) {
        case 'kind':
          for (const { index } of answer.judged) counter.add(answer.systems[index]?.ref.kind ?? '', index);
          break;
        case 'os':
        case 'package':
          this.#countLabels(counter, field, answer);
          break;
        case 'directory':
        case 'feature':
          countMatches(counter, field, answer.judged, answer.found);
          break;
      }
      return counter.facet(field, size);
    });
  }

  #countLabels(
    counter: Counter,
    field: 'os' | 'package',
    answer: { systems: readonly AnsweringSystem[]; judged: readonly Judged[]; at: number | null },
  ): void {
    const [feature, pointer] = LABELS[field];
    const label = this.#labeller(pointer);
    const has = entriesOfSystem(this.#db, feature, answer.at);
    for (const { index } of answer.judged) {
      const system = answer.systems[index]?.number ?? 0;
      has(system, (entry) => {
        const value = label(entry);
        if (value !== null) counter.add(value, index);
      });
    }
  }

  #labeller(pointer: string): (entry: number) => string | null {
    const select = this.#db.prepare(
      'SELECT json ->> ? AS label FROM entry JOIN attribute ON attribute.id = entry.attribute WHERE entry.id = ?',
    );
    return (entry) => {
      let label = this.#labels.get(entry);
      if (label === undefined) {
        label = (select.get(pointer, entry) as { label: string | null }).label;
        this.#labels.set(entry, label);
      }
      return label;
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

function countMatches(
  counter: Counter,
  field: 'directory' | 'feature',
  judged: readonly Judged[],
  found: Found,
): void {
  const { facts, matched, prefixes } = found;
  const valueOf = (entry: number) =>
    field === 'feature'
      ? featureOf(matched.ids[entry] ?? 0)
      : directoryOf(prefixes.get(matched.places[entry] ?? 0) ?? '');
  for (const { index, support } of judged) {
    for (const entry of facts.entries.subarray(facts.starts[index], facts.starts[index + 1])) {
      if (support.patterns[matched.patternOf[entry] ?? 0] !== 1) continue;
      const value = valueOf(entry);
      if (value !== '') counter.add(value, index);
    }
  }
}

/** The directory of a place; only files have places that are not empty. */
function directoryOf(prefix: string): string {
  return prefix === '/' ? prefix : prefix.slice(0, -1);
}
