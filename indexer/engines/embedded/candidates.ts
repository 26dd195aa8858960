// Which subjects may have a text: those with the words that it consists of, or with words that its parts stand in.
import type { DatabaseSync } from 'node:sqlite';
import { regexOf } from '../../terms/regex.ts';
import { wordParts, type PartsNeeded, type WordPart } from '../../terms/word-parts.ts';
import { contentSubject, entrySubject } from './subjects.ts';
import { termsWith } from './vocabulary.ts';

/** A part of more terms tells little. */
const MOST_TERMS = 5000;
/** So many terms are asked for in one expression, which takes time for each of them at each row. */
const FEW_TERMS = 64;

/** Subjects with all these terms; without any term every subject there is. */
export function subjectsWithTerms(db: DatabaseSync, terms: readonly string[]): number[] {
  if (terms.length === 0) return everySubject(db);
  return matching(db)([...new Set(terms)].map(quoted).join(' AND '));
}

/** Subjects in which an expression may match. */
export function subjectsForRegex(db: DatabaseSync, pattern: string): Iterable<number> {
  const needed = wordParts(regexOf(pattern).needs);
  const parts = needed.flat(2);
  const terms = new Map<WordPart, Set<string> | null>();
  for (const [place, found] of termsWith(db, parts, MOST_TERMS).entries()) {
    const part = parts[place];
    if (part !== undefined) terms.set(part, found);
  }
  const choices = needed.flatMap((some) => choiceOf(some, terms) ?? []);
  if (choices.some(({ alternatives }) => alternatives.length === 0)) return [];
  const few = choices.filter(({ terms: number }) => number <= FEW_TERMS);
  if (few.length > 0) return matching(db)(few.map(expressionOf).join(' AND '));
  const [fewest] = choices.sort((a, b) => a.terms - b.terms);
  return fewest === undefined ? everySubject(db) : union(db, fewest);
}

/** What one of has to hold: for each alternative, of each of these lists a term. */
interface Choice {
  readonly alternatives: readonly (readonly ReadonlySet<string>[])[];
  /** How many terms there are in all of it. */
  readonly terms: number;
}

/** Null where an alternative cannot be found by terms. */
function choiceOf(some: PartsNeeded, terms: ReadonlyMap<WordPart, Set<string> | null>): Choice | null {
  const alternatives: ReadonlySet<string>[][] = [];
  for (const parts of some) {
    const found = parts.map((part) => terms.get(part) ?? null).filter((one) => one !== null);
    if (found.length === 0) return null;
    // A part that no word has is in no text.
    if (found.every(({ size }) => size > 0)) alternatives.push(found);
  }
  return { alternatives, terms: alternatives.flat().reduce((sum, { size }) => sum + size, 0) };
}

function quoted(term: string): string {
  return `"${term}"`;
}

function expressionOf({ alternatives }: Choice): string {
  const either = (some: readonly string[]) => `(${some.join(' OR ')})`;
  return either(
    alternatives.map((parts) => `(${parts.map((terms) => either([...terms].map(quoted))).join(' AND ')})`),
  );
}

/** Of each alternative the part with the fewest terms, a term at a time. */
function union(db: DatabaseSync, { alternatives }: Choice): Set<number> {
  const subjects = new Set<number>();
  const select = matching(db);
  for (const parts of alternatives) {
    const [fewest = new Set<string>()] = [...parts].sort((a, b) => a.size - b.size);
    for (const term of fewest) for (const subject of select(quoted(term))) subjects.add(subject);
  }
  return subjects;
}

function matching(db: DatabaseSync): (expression: string) => number[] {
  const select = db.prepare('SELECT rowid FROM word WHERE word MATCH ?');
  select.setReturnArrays(true);
  return (expression) => (select.all(expression) as unknown as [number][]).map(([subject]) => subject);
}

function everySubject(db: DatabaseSync): number[] {
  const ids = (table: string) => db.prepare(`SELECT id FROM ${table}`).all() as unknown as { id: number }[];
  return [
    ...ids('content').map(({ id }) => contentSubject(id)),
    ...ids('entry').map(({ id }) => entrySubject(id)),
  ];
}
