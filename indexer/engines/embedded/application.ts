// One frame on its way into the index: which facts open, hold and end.
import type { DatabaseSync } from 'node:sqlite';
import type { Entry, FileEntry } from '../../../schemas/entries.ts';
import type { EntryLine, EntryName, FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { carriesOver, Closing, INDEXER, isUnread } from '../../closing.ts';
import { requireAgreement, wholeEnd, withoutRepeats, type Amounts } from '../../whole-frame.ts';
import { Bits } from './bits.ts';
import { Catalogue, type KnownEntry } from './catalogue.ts';
import { entryReader } from './entries.ts';
import { featureNumber } from '../feature-order.ts';
import { splitKey, type Stamps } from '../entry-parts.ts';
import { Presence } from './presence.ts';
import { featureOf } from './schema.ts';
import { textReader } from './texts.ts';

/** Number of the first problem that the indexer finds: no frame has as many of its own. */
const FOUND_BY_INDEXER = 2 ** 40;
/** Problems kept of a failed frame. */
const FIRST_PROBLEMS = 100;

function prepare(db: DatabaseSync) {
  return {
    open: db.prepare('INSERT INTO fact VALUES (?, ?, ?, NULL, ?, ?, ?)'),
    close: db.prepare('UPDATE fact SET ended = ? WHERE system = ? AND entry = ? AND began = ?'),
    stamps: db.prepare('SELECT mtime, ctime, inode FROM fact WHERE system = ? AND entry = ? AND began = ?'),
    restamp: db.prepare('UPDATE fact SET ctime = ?, inode = ? WHERE system = ? AND entry = ? AND began = ?'),
    ofKey: db.prepare('SELECT id FROM entry WHERE key = ?'),
    key: db.prepare(
      'SELECT key.id FROM place JOIN key ON key.place = place.id WHERE feature = ? AND prefix = ? AND name = ?',
    ),
    keyOf: db.prepare('SELECT key FROM entry WHERE id = ?'),
    problem: db.prepare('INSERT INTO problem VALUES (?, ?, ?, ?, ?, ?)'),
    suspect: db.prepare('INSERT OR IGNORE INTO suspect VALUES (?)'),
  };
}

/** The numbers of system and frame; `isFirst`: no frame of the system has had entries. */
export interface Place {
  readonly system: number;
  readonly frame: number;
  readonly isFirst: boolean;
}

/** Applies the lines of a frame, whole or a delta, in the order in which they come. */
export class Application {
  readonly #at: number;
  readonly #header: FrameHeader;
  readonly #closing: Closing;
  readonly #catalogue: Catalogue;
  readonly #presence: Presence;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #readEntry: ReturnType<typeof entryReader>;
  readonly #readText: ReturnType<typeof textReader>;
  readonly #keys = new Bits();
  readonly #place: Place;
  readonly #repeated: Amounts = {};
  #problems = 0;
  /** What a failed frame keeps, whose entries are rolled back. */
  readonly firstProblems: Problem[] = [];
  opened = 0;
  closed = 0;
  kept = 0;

  constructor(db: DatabaseSync, header: FrameHeader, place: Place) {
    this.#at = Date.parse(header.at);
    this.#header = header;
    this.#closing = new Closing(header);
    this.#catalogue = new Catalogue(db);
    this.#presence = new Presence(db, place.system);
    this.#statements = prepare(db);
    this.#readEntry = entryReader(db);
    this.#readText = textReader(db);
    this.#place = place;
  }

  /** The first entry of a key stands; another one is recorded as a problem, so that it is not lost in silence. */
  entry({ feature, key, entry: raw, since }: EntryLine): void {
    const entry = raw as unknown as Entry;
    let known = this.#catalogue.intern(feature, key, entry);
    if (!this.#keys.add(known.key)) {
      this.#repeated[feature] = (this.#repeated[feature] ?? 0) + 1;
      if (!this.#presence.seen(known.id)) this.#twice(known, key);
      return;
    }
    if (isUnread(feature, entry) && this.#presence.began(known.id) === null) {
      const whole = this.#carriedOver(known, entry);
      if (whole !== null) {
        this.#statements.suspect.run(known.id);
        known = this.#catalogue.intern(feature, key, whole);
      }
    }
    this.#show(known, since === undefined || !this.#place.isFirst ? this.#at : Date.parse(since));
  }

  /** An entry that is gone, of a delta. What the index does not have of it is gone already. */
  removed({ feature, key }: EntryName): void {
    const { prefix, name } = splitKey(feature, key);
    const known = this.#statements.key.get(featureNumber(feature), prefix, name);
    const held = known === undefined ? null : this.#held((known as { id: number }).id);
    if (held !== null) this.#presence.markRemoved(held);
  }

  problem(problem: Problem): void {
    this.#closing.problem(problem);
    if (this.firstProblems.length < FIRST_PROBLEMS) this.firstProblems.push(problem);
    this.record(problem);
  }

  /** Keeps a problem with the frame; those that the indexer found come after the frame's own. */
  record(problem: Problem, first = 0): void {
    const { extractor, code, path, message } = problem;
    const number = first + this.#problems++;
    this.#statements.problem.run(this.#place.frame, number, extractor, code, path ?? null, message);
  }

  /** Ends what the frame no longer shows. Returns the end to keep: of the whole, with the problems met here. */
  end(stated: FrameEnd): FrameEnd {
    const end = withoutRepeats(wholeEnd(this.#header, stated), this.#repeated);
    this.#closing.end(end);
    if (this.#header.base === undefined) for (const entry of this.#presence.unseen()) this.#endIfGone(entry);
    else this.#endDelta(end, stated);
    this.#presence.save();
    this.#catalogue.end();
    if (this.#problems <= end.problems) return end;
    return { ...end, problems: this.#problems, status: 'partial' };
  }

  #endDelta(end: FrameEnd, stated: FrameEnd): void {
    const unread: Amounts = {};
    for (const entry of this.#presence.removed()) {
      const feature = featureOf(entry);
      if (!this.#endIfGone(entry)) unread[feature] = (unread[feature] ?? 0) + 1;
    }
    for (const feature of this.#header.features) this.kept += stated.kept?.[feature] ?? 0;
    requireAgreement(this.#header, end, stated, unread, this.#presence.counts());
  }

  /** False where the frame may not end it. */
  #endIfGone(entry: number): boolean {
    const ends = this.#isReplaced(entry) || this.#closing.ends(featureOf(entry), this.#readEntry(entry).key);
    if (ends) this.#close(entry);
    return ends;
  }

  #show({ id, key, stamps }: KnownEntry, since: number): void {
    const began = this.#presence.began(id);
    this.#presence.markSeen(id);
    if (began === null) {
      // A whole frame ends what is replaced with all else that it does not show.
      const replaced = this.#header.base === undefined ? null : this.#held(key);
      if (replaced !== null) this.#close(replaced);
      this.#open(id, stamps, since);
      return;
    }
    const held = this.#stamps(id, began);
    if (held.mtime !== stamps.mtime) {
      this.#close(id);
      this.#open(id, stamps, since);
      return;
    }
    this.kept += 1;
    if (held.ctime !== stamps.ctime || held.inode !== stamps.inode) {
      this.#statements.restamp.run(stamps.ctime, stamps.inode, this.#place.system, id, began);
    }
  }

  #open(entry: number, { mtime, ctime, inode }: Stamps, began: number): void {
    this.#statements.open.run(this.#place.system, entry, began, mtime, ctime, inode);
    this.#presence.open(entry, began);
    this.opened += 1;
  }

  #close(entry: number): void {
    this.#statements.close.run(this.#at, this.#place.system, entry, this.#presence.began(entry));
    this.#presence.close(entry);
    this.closed += 1;
  }

  #stamps(entry: number, began: number): Stamps {
    return this.#statements.stamps.get(this.#place.system, entry, began) as unknown as Stamps;
  }

  #isReplaced(entry: number): boolean {
    return this.#keys.has((this.#statements.keyOf.get(entry) as { key: number }).key);
  }

  /** The entry of a key that holds for the system. */
  #held(key: number): number | null {
    for (const row of this.#statements.ofKey.all(key)) {
      const { id } = row as { id: number };
      if (this.#presence.began(id) !== null) return id;
    }
    return null;
  }

  #carriedOver(known: KnownEntry, seen: FileEntry): FileEntry | null {
    const id = this.#held(known.key);
    if (id === null) return null;
    const stored = this.#readEntry(id);
    const text = stored.content === null ? null : this.#readText(stored.content);
    const stamps = this.#stamps(id, this.#presence.began(id) ?? 0);
    return carriesOver(stored.whole(stamps, text) as FileEntry, seen);
  }

  #twice({ id }: KnownEntry, key: string): void {
    this.#statements.suspect.run(id);
    const message = 'the frame has two entries of this key; the first was kept';
    this.record({ code: 'UNFOLD_MALFORMED', extractor: INDEXER, path: key, message }, FOUND_BY_INDEXER);
  }
}
