// The terms of the index in blocks of text: they are few compared with the texts, and looking through all of them finds
// those that a part of a word stands in.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { WordPart } from '../../terms/word-parts.ts';
import { termNeedsVerification } from '../../terms/words.ts';

/** Terms per block. */
const BLOCK = 5000;
/** Terms remembered as written. */
const REMEMBERED = 100_000;
/** A longer one is a slice that holds on to its text, and worth little: it is seldom seen again. */
const SHORT = 12;
/** What was added since it was filled may be repeated, or of texts that are gone; from so many bytes on it is filled anew. */
const MUCH = 64_000_000;

/**
 * Adds terms. One instance serves one transaction: what it remembers is void after a rollback. A block is terms, each
 * between line ends; `cut` where longer words may stand behind them. A term may stand in several blocks.
 */
export class VocabularyWriter {
  readonly #insert: StatementSync;
  readonly #known = new Set<string>();
  readonly #filled: number;
  #fresh: string[] = [];

  constructor(db: DatabaseSync, how: 'added' | 'filled') {
    this.#insert = db.prepare('INSERT INTO vocabulary(filled, cut, terms) VALUES (?, ?, ?)');
    this.#filled = how === 'filled' ? 1 : 0;
  }

  add(terms: readonly string[]): void {
    for (const term of terms) {
      if (this.#known.has(term)) continue;
      if (term.length <= SHORT) this.#known.add(term);
      this.#fresh.push(term);
    }
    if (this.#fresh.length >= BLOCK) this.flush();
    if (this.#known.size >= REMEMBERED) this.#known.clear();
  }

  /** Writes what was added; to be called before the transaction is committed. */
  flush(): void {
    const fresh = [...new Set(this.#fresh)];
    const cut = fresh.filter(termNeedsVerification);
    const whole = cut.length === 0 ? fresh : fresh.filter((term) => !termNeedsVerification(term));
    if (whole.length > 0) this.#insert.run(this.#filled, 0, block(whole));
    if (cut.length > 0) this.#insert.run(this.#filled, 1, block(cut));
    this.#fresh = [];
  }
}

function block(terms: readonly string[]): Buffer {
  return Buffer.from(`\n${terms.join('\n')}\n`);
}

/** Fills it with the terms that the index has. */
export function fillVocabulary(db: DatabaseSync): void {
  db.exec('DELETE FROM vocabulary');
  const writer = new VocabularyWriter(db, 'filled');
  for (const term of indexedTerms(db)) writer.add([term]);
  writer.flush();
}

/** Fills it anew where much of it may be of no use. */
export function tidyVocabulary(db: DatabaseSync): void {
  const { filled, added } = db
    .prepare(
      `SELECT coalesce(sum(length(terms)) FILTER (WHERE filled = 1), 0) AS filled,
       coalesce(sum(length(terms)) FILTER (WHERE filled = 0), 0) AS added FROM vocabulary`,
    )
    .get() as { filled: number; added: number };
  if (added > Math.max(filled, MUCH)) fillVocabulary(db);
}

/** Every term once. */
export function* indexedTerms(db: DatabaseSync): Generator<string> {
  db.exec("CREATE VIRTUAL TABLE temp.term USING fts5vocab('main', 'word', 'row')");
  try {
    for (const row of db.prepare('SELECT term FROM temp.term').iterate())
      yield (row as { term: string }).term;
  } finally {
    db.exec('DROP TABLE temp.term');
  }
}

/** How many terms of the index are not in it. */
export function missingInVocabulary(db: DatabaseSync): number {
  const there = new Set<string>();
  for (const row of db.prepare('SELECT terms FROM vocabulary').iterate())
    for (const term of allOf(bytesOf((row as { terms: Uint8Array }).terms))) there.add(term);
  let missing = 0;
  for (const term of indexedTerms(db)) if (!there.has(term)) missing += 1;
  return missing;
}

/** The terms of words that parts stand in, for each of them; null for a part with more than `most`. */
export function termsWith(
  db: DatabaseSync,
  parts: readonly WordPart[],
  most: number,
): (Set<string> | null)[] {
  const found: (Set<string> | null)[] = parts.map(() => new Set());
  const sought = parts.map(({ text, begins, ends }) =>
    Buffer.from(`${begins ? '\n' : ''}${text}${ends ? '\n' : ''}`),
  );
  for (const row of db.prepare('SELECT cut, terms FROM vocabulary').iterate()) {
    const { cut, terms } = row as { cut: number; terms: Uint8Array };
    const bytes = bytesOf(terms);
    for (const [place, part] of parts.entries()) {
      const some = found[place];
      if (some === null || some === undefined) continue;
      // Behind the end of what was cut may stand anything.
      const anywhere = cut === 1 && !part.begins;
      for (const term of anywhere ? allOf(bytes) : around(bytes, sought[place] ?? bytes)) some.add(term);
      if (some.size > most) found[place] = null;
    }
  }
  return found;
}

const LINE_END = 10;

function bytesOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function allOf(block: Buffer): string[] {
  return block.toString().slice(1, -1).split('\n');
}

/** The terms of a block in which bytes occur. */
function* around(block: Buffer, sought: Buffer): Generator<string> {
  for (let at = block.indexOf(sought); at >= 0;) {
    const start = sought[0] === LINE_END ? at + 1 : block.lastIndexOf(LINE_END, at) + 1;
    const end = block.indexOf(LINE_END, start);
    yield block.toString('utf8', start, end);
    at = block.indexOf(sought, end);
  }
}
