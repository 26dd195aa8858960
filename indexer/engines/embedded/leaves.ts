// What satisfies a leaf of a plan: contents and entries, whichever systems have them.
import type { DatabaseSync } from 'node:sqlite';
import type { Feature } from '../../../schemas/entries.ts';
import type { Leaf } from '../../../schemas/plan.ts';
import { entryText } from '../../terms/entry-terms.ts';
import { holdsInText, matchesEntry } from '../../terms/match.ts';
import { foldCase, termNeedsVerification, words, wordTerm } from '../../terms/words.ts';
import { addressSubjects } from './addresses.ts';
import { subjectsForRegex, subjectsWithTerms } from './candidates.ts';
import { entryReader } from './entries.ts';
import { NO_STAMPS } from '../entry-parts.ts';
import type { Deadline } from '../deadline.ts';
import { fieldEntries } from './fields.ts';
import { featureOf, firstEntryId, IDS_PER_FEATURE } from './schema.ts';
import { contentSubject, entrySubject, isContent, subjectId } from './subjects.ts';
import { textReader } from './texts.ts';

type TextLeaf = Extract<Leaf, { leaf: 'word' | 'phrase' | 'regex' }>;
type FieldLeaf = Extract<Leaf, { leaf: 'field' }>;
type AddressLeaf = Extract<Leaf, { leaf: 'address' }>;

/** Subjects (contents and entries) that satisfy a leaf. */
export function leafSubjects(db: DatabaseSync, leaf: Leaf, deadline: Deadline): Iterable<number> {
  switch (leaf.leaf) {
    case 'word':
    case 'phrase':
    case 'regex':
      return wanted(leaf, leaf.within, textSubjects(db, leaf, deadline));
    case 'address':
      return wanted(leaf, 'any', writtenIn(db, leaf, addressSubjects(db, leaf)));
    case 'field':
      return leaf.field === 'content'
        ? contentSubjects(db, leaf, deadline)
        : fieldEntries(db, leaf).map(entrySubject);
    case 'content':
      return contentOf(db, leaf.sha256).map(contentSubject);
    case 'feature':
      return entriesOf(db, leaf.feature).map(entrySubject);
    case 'changed':
      return [];
  }
}

/** The field `content` holds a phrase, as the words of a query do, or what an expression matches. */
function contentSubjects(
  db: DatabaseSync,
  { op, value = '' }: FieldLeaf,
  deadline: Deadline,
): Iterable<number> {
  if (op === 'is') return leafSubjects(db, { leaf: 'phrase', text: value, within: 'content' }, deadline);
  return op === 'regex'
    ? leafSubjects(db, { leaf: 'regex', pattern: value, within: 'content' }, deadline)
    : [];
}

function contentOf(db: DatabaseSync, sha256: string): number[] {
  const row = db.prepare('SELECT id FROM content WHERE sha256 = ?').get(Buffer.from(sha256, 'hex'));
  return row === undefined ? [] : [(row as { id: number }).id];
}

function entriesOf(db: DatabaseSync, feature: Feature): number[] {
  const first = firstEntryId(feature);
  const select = db.prepare('SELECT id FROM entry WHERE id >= ? AND id < ?');
  select.setReturnArrays(true);
  return (select.all(first, first + IDS_PER_FEATURE) as unknown as [number][]).map(([id]) => id);
}

/** Drops what lies outside of the part or the feature that the leaf names. */
function* wanted(
  leaf: { readonly feature?: Feature | undefined },
  within: TextLeaf['within'],
  subjects: Iterable<number>,
): Generator<number> {
  for (const subject of subjects) {
    const content = isContent(subject);
    if (within !== 'any' && (within === 'content') !== content) continue;
    const feature = content ? 'file' : featureOf(subjectId(subject));
    if (leaf.feature === undefined || leaf.feature === feature) yield subject;
  }
}

/** Of the subjects those with the address in the field that the leaf names. */
function* writtenIn(db: DatabaseSync, leaf: AddressLeaf, subjects: Iterable<number>): Generator<number> {
  if (leaf.field === undefined) {
    yield* subjects;
    return;
  }
  const entryOf = entryReader(db);
  for (const subject of subjects) {
    if (isContent(subject)) continue;
    const { feature, key, whole } = entryOf(subjectId(subject));
    if (matchesEntry(leaf, feature, key, whole(NO_STAMPS, null))) yield subject;
  }
}

/** One whole word is found by its term alone; a phrase by all of its words, then by reading. */
function* textSubjects(db: DatabaseSync, leaf: TextLeaf, deadline: Deadline): Generator<number> {
  if (leaf.leaf === 'regex') {
    const holds = verifier(db, leaf, deadline);
    for (const subject of subjectsForRegex(db, leaf.pattern)) if (holds(subject)) yield subject;
    return;
  }
  const text = leaf.leaf === 'word' ? leaf.word : leaf.text;
  const found = words(text);
  const certain = found.length === 1 && found[0] === foldCase(text) && !termNeedsVerification(found[0]);
  const holds = certain ? () => true : verifier(db, leaf, deadline);
  for (const subject of subjectsWithTerms(db, found.map(wordTerm))) if (holds(subject)) yield subject;
}

/** Reads the subject's text and looks. */
function verifier(db: DatabaseSync, leaf: TextLeaf, deadline: Deadline): (subject: number) => boolean {
  const textOf = textReader(db);
  const entryOf = entryReader(db);
  return (subject) => {
    deadline.check();
    const id = subjectId(subject);
    if (isContent(subject)) return leaf.within !== 'entry' && holdsInText(leaf, textOf(id));
    if (leaf.within === 'content') return false;
    const { feature, key, whole } = entryOf(id);
    return holdsInText(leaf, entryText(feature, key, whole(NO_STAMPS, null)));
  };
}
