// Which systems have the matching entries: arrays of numbers, put together by system.

/** An array of numbers that grows. */
export class Numbers {
  length = 0;
  #values = new Int32Array(4096);

  push(value: number): void {
    this.reserve(1)[this.length++] = value;
  }

  /** The array behind, with room for so many more. */
  reserve(more: number): Int32Array {
    if (this.length + more > this.#values.length) {
      const longer = new Int32Array(Math.max(this.length + more, this.#values.length * 2));
      longer.set(this.#values);
      this.#values = longer;
    }
    return this.#values;
  }

  get values(): Int32Array {
    return this.#values.subarray(0, this.length);
  }
}

/** Matching facts by system: those of system s are `entries[starts[s]]` up to `entries[starts[s + 1]]`, as indexes of Matched. */
export interface MatchedFacts {
  readonly starts: Int32Array;
  readonly entries: Int32Array;
}

/** Matching entries in runs of one system each. */
export class Runs {
  readonly #systems = new Numbers();
  readonly #ends = new Numbers();
  readonly #entries = new Numbers();

  /** Adds a run of at most `most` entries, which `write` puts into the array from an index on, and returns where they end. */
  add(system: number, most: number, write: (entries: Int32Array, at: number) => number): void {
    const entries = this.#entries;
    const end = write(entries.reserve(most), entries.length);
    if (end === entries.length) return;
    entries.length = end;
    this.#systems.push(system);
    this.#ends.push(end);
  }

  /** Adds a run of one entry. */
  addOne(system: number, entry: number): void {
    this.add(system, 1, (entries, at) => {
      entries[at] = entry;
      return at + 1;
    });
  }

  /** Puts together what is one system's. */
  bySystem(systems: number): MatchedFacts {
    const [ofRun, ends, all] = [this.#systems.values, this.#ends.values, this.#entries.values];
    const starts = new Int32Array(systems + 1);
    const lengthOf = (run: number) => (ends[run] ?? 0) - (ends[run - 1] ?? 0);
    for (const [run, system] of ofRun.entries())
      starts[system + 1] = (starts[system + 1] ?? 0) + lengthOf(run);
    for (let system = 0; system < systems; system++)
      starts[system + 1] = (starts[system + 1] ?? 0) + (starts[system] ?? 0);
    const next = starts.slice();
    const entries = new Int32Array(all.length);
    for (const [run, system] of ofRun.entries()) {
      entries.set(all.subarray(ends[run - 1] ?? 0, ends[run]), next[system]);
      next[system] = (next[system] ?? 0) + lengthOf(run);
    }
    return { starts, entries };
  }
}

/** A fact that changed, as an index of Matched, and the index under which it stood as one that just holds. */
export interface ChangedFact {
  readonly entry: number;
  readonly insteadOf: number | null;
}

/** Facts that hold, with those that changed, of each system by its index. */
export function withChanges(
  { starts, entries }: MatchedFacts,
  changesOf: (system: number) => readonly ChangedFact[],
): MatchedFacts {
  const runs = new Runs();
  const systems = starts.length - 1;
  for (let system = 0; system < systems; system++) {
    const changes = changesOf(system);
    const replaced = new Set(changes.map(({ insteadOf }) => insteadOf));
    const held = entries.subarray(starts[system], starts[system + 1]);
    runs.add(system, held.length + changes.length, (all, at) => {
      let end = at;
      for (const entry of held) if (!replaced.has(entry)) all[end++] = entry;
      for (const { entry } of changes) all[end++] = entry;
      return end;
    });
  }
  return runs.bySystem(systems);
}
