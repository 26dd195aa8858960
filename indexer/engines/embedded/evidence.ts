// Reads the facts that are shown for a system.
import type { DatabaseSync } from 'node:sqlite';
import { EvidenceChoice } from '../evidence-choice.ts';
import type { Found, Judged, Support } from '../found.ts';
import type { MatchedFact } from '../search-engine.ts';
import { heldAt, heldAtValues, validity, type FactRow } from './facts.ts';
import type { MatchedEntries } from './matches.ts';
import { once } from './once.ts';
import { textReader } from './texts.ts';

/** Shows systems of an answer. */
export class EvidenceReader {
  readonly #matched: MatchedEntries;
  readonly #choice: EvidenceChoice;
  readonly #system: (index: number) => number;
  readonly #readText: ReturnType<typeof textReader>;
  readonly #readFact: (system: number, entry: number, past: number | null) => FactRow;

  constructor(
    db: DatabaseSync,
    found: Found<MatchedEntries>,
    at: number | null,
    systemNumber: (index: number) => number,
  ) {
    this.#matched = found.matched;
    this.#choice = new EvidenceChoice(found);
    this.#system = systemNumber;
    // Systems have much in common: each text of an answer is read once.
    this.#readText = once(textReader(db));
    const select = 'SELECT began, ended, mtime, ctime, inode FROM fact WHERE system = ? AND entry = ?';
    const held = db.prepare(`${select} AND ${heldAt(at)}`);
    const ended = db.prepare(`${select} AND began = ?`);
    this.#readFact = (system, entry, past) =>
      (past === null
        ? held.get(system, entry, ...heldAtValues(at))
        : ended.get(system, entry, past)) as unknown as FactRow;
  }

  /** The system's facts, best first, at most `limit` (null: all), and how many more there are. */
  show(judged: Judged, limit: number | null): { facts: MatchedFact[]; moreFacts: number } {
    const { entries, moreFacts } = this.#choice.choose(judged, limit);
    const system = this.#system(judged.index);
    return { facts: entries.map((entry) => this.#fact(system, entry, judged.support)), moreFacts };
  }

  #fact(system: number, entry: number, support: Support): MatchedFact {
    const { ids, past } = this.#matched;
    const { feature, key, content, whole } = this.#matched.stored(entry);
    const row = this.#readFact(system, ids[entry] ?? 0, past[entry] ?? null);
    const leaves = this.#choice.leaves(entry, support);
    const looked = this.#choice.looksIntoContent(entry, leaves);
    const text = looked && content !== null ? this.#readText(content) : null;
    return { feature, key, entry: whole(row, null), text, leaves, ...validity(row) };
  }
}
