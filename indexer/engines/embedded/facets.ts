// The values that systems have for facets, as the index tells them.
import type { DatabaseSync } from 'node:sqlite';
import type { Feature } from '../../../schemas/entries.ts';
import type { FacetField } from '../../../schemas/plan.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { FacetValues, NO_VALUE, type FacetSource, type FacetSources } from '../facet-counter.ts';
import { isRead, knownSource, type ReadField } from '../facet-sources.ts';
import type { Found, Judged } from '../found.ts';
import { firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import type { StateMemory } from './state-memory.ts';
import type { AnsweringSystem } from './systems.ts';

/** Which entries have the value of a facet, and where it stands in them; `where` is true of those that count. */
const READ: Readonly<Record<ReadField, readonly [feature: Feature, pointer: string, where: string]>> = {
  os: ['os', '$.platform', '1'],
  package: ['package', '$.name', '1'],
  port: ['connection', '$.local.port', "json ->> '$.state' = 'listening'"],
};

/** What facets are counted of. */
interface Counted {
  readonly systems: readonly AnsweringSystem[];
  readonly found: Found;
  readonly at: number | null;
}

/** What entries are called. */
interface Labels {
  readonly values: FacetValues;
  readonly ofEntry: (number | undefined)[];
}

function noLabels(): Labels {
  return { values: new FacetValues(), ofEntry: [] };
}

/** Reads the values of facets. Entries never change, so what they are called is remembered between answers. */
export class FacetReader {
  readonly #db: DatabaseSync;
  readonly #memory: StateMemory;
  readonly #labels: Readonly<Record<ReadField, Labels>> = {
    os: noLabels(),
    package: noLabels(),
    port: noLabels(),
  };

  constructor(db: DatabaseSync, memory: StateMemory) {
    this.#db = db;
    this.#memory = memory;
  }

  /** The sources of one answer's facets, each made once. */
  sources(counted: Counted): FacetSources {
    const { systems, found } = counted;
    const made = new Map<FacetField, FacetSource>();
    return (field) => {
      const source =
        made.get(field) ??
        (isRead(field) ? this.#labelSource(field, counted) : knownSource(field, systems, found));
      made.set(field, source);
      return source;
    };
  }

  #labelSource(field: ReadField, { systems, at }: Counted): FacetSource {
    const read = this.#labelReader(field, at);
    // What systems have now is read once for many answers.
    const noneKnown = () => new Map<number, Int32Array>();
    const known = at === null ? this.#memory.of(field, noneKnown) : noneKnown();
    const of = ({ index }: Judged) => {
      const system = systems[index]?.number ?? 0;
      const labels = known.get(system) ?? read(system);
      known.set(system, labels);
      return labels;
    };
    return { values: this.#labels[field].values, of };
  }

  /** Reads the labels that a system has. */
  #labelReader(field: ReadField, at: number | null): (system: number) => Int32Array {
    const [feature, pointer, where] = READ[field];
    const { values, ofEntry } = this.#labels[field];
    const select = this.#db.prepare(
      `SELECT iif(${where}, json ->> ?, NULL) AS label
       FROM entry JOIN attribute ON attribute.id = entry.attribute WHERE entry.id = ?`,
    );
    const first = firstEntryId(feature);
    const has = entriesOfSystem(this.#db, feature, at);
    return (system) => {
      const labels = new Set<number>();
      has(system, (entry) => {
        let label = ofEntry[entry - first];
        if (label === undefined) {
          const { label: value } = select.get(pointer, entry) as { label: string | number | null };
          label = value === null ? NO_VALUE : values.number(String(value));
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
