// Applies one frame to the index, inside a transaction that the caller holds.
import type { DatabaseSync } from 'node:sqlite';
import type { Entry, FileEntry } from '../../../schemas/entries.ts';
import type { EntryLine, FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { carriesOver, Closing, isUnread } from '../../closing.ts';
import type { Applied, FrameLine } from '../search-engine.ts';
import { Catalogue, type KnownEntry } from './catalogue.ts';
import { entryReader } from './entries.ts';
import type { Stamps } from './entry-parts.ts';
import { Presence } from './presence.ts';
import { featureOf } from './schema.ts';
import { textReader } from './texts.ts';

/** A bit per key: remembers three million in 400 KB. */
class Bits {
  #bytes = new Uint8Array(1024);

  /** Sets the bit; false if it was set before. */
  add(bit: number): boolean {
    const index = bit >> 3;
    if (index >= this.#bytes.length) {
      const wider = new Uint8Array(Math.max(index + 1, this.#bytes.length * 2));
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    const mask = 1 << (bit & 7);
    const before = this.#bytes[index] ?? 0;
    this.#bytes[index] = before | mask;
    return (before & mask) === 0;
  }

  has(bit: number): boolean {
    return ((this.#bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}

/** Problems kept of a failed frame. */
const FIRST_PROBLEMS = 100;

function prepare(db: DatabaseSync) {
  return {
    open: db.prepare('INSERT INTO fact VALUES (?, ?, ?, NULL, ?, ?, ?)'),
    close: db.prepare('UPDATE fact SET ended = ? WHERE system = ? AND entry = ? AND began = ?'),
    stamps: db.prepare('SELECT mtime, ctime, inode FROM fact WHERE system = ? AND entry = ? AND began = ?'),
    restamp: db.prepare('UPDATE fact SET ctime = ?, inode = ? WHERE system = ? AND entry = ? AND began = ?'),
    ofKey: db.prepare('SELECT id FROM entry WHERE key = ?'),
    keyOf: db.prepare('SELECT key FROM entry WHERE id = ?'),
    problem: db.prepare('INSERT INTO problem VALUES (?, ?, ?, ?, ?, ?)'),
  };
}

/** One frame on its way into the index. */
class Application {
  readonly #at: number;
  readonly #closing: Closing;
  readonly #catalogue: Catalogue;
  readonly #presence: Presence;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #readEntry: ReturnType<typeof entryReader>;
  readonly #readText: ReturnType<typeof textReader>;
  readonly #keys = new Bits();
  readonly #system: number;
  readonly #frame: number;
  #problems = 0;
  /** What a failed frame keeps, whose entries are rolled back. */
  readonly firstProblems: Problem[] = [];
  opened = 0;
  closed = 0;
  kept = 0;

  constructor(db: DatabaseSync, header: FrameHeader, system: number, frame: number) {
    this.#at = Date.parse(header.at);
    this.#closing = new Closing(header);
    this.#catalogue = new Catalogue(db);
    this.#presence = new Presence(db, system);
    this.#statements = prepare(db);
    this.#readEntry = entryReader(db);
    this.#readText = textReader(db);
    this.#system = system;
    this.#frame = frame;
  }

  /** The first entry of a key stands; another one is recorded as a problem, so that it is not lost in silence. */
  entry({ feature, key, entry: raw }: EntryLine): void {
    const entry = raw as unknown as Entry;
    let known = this.#catalogue.intern(feature, key, entry);
    if (!this.#keys.add(known.key)) {
      if (!this.#presence.seen(known.id)) this.#twice(key);
      return;
    }
    if (isUnread(feature, entry) && this.#presence.began(known.id) === null) {
      const whole = this.#carriedOver(known, entry);
      if (whole !== null) known = this.#catalogue.intern(feature, key, whole);
    }
    this.#show(known);
  }

  problem(problem: Problem): void {
    this.#closing.problem(problem);
    this.record(problem);
  }

  /** Keeps a problem with the frame. */
  record(problem: Problem): void {
    if (this.firstProblems.length < FIRST_PROBLEMS) this.firstProblems.push(problem);
    const { extractor, code, path, message } = problem;
    this.#statements.problem.run(this.#frame, this.#problems++, extractor, code, path ?? null, message);
  }

  /** Ends what the frame no longer shows. Returns the end to keep: with the problems met here. */
  end(end: FrameEnd): FrameEnd {
    this.#closing.end(end);
    for (const entry of this.#presence.unseen()) {
      if (this.#isReplaced(entry) || this.#closing.ends(featureOf(entry), this.#readEntry(entry).key)) {
        this.#close(entry);
        this.#presence.close(entry);
      }
    }
    this.#presence.save();
    if (this.#problems <= end.problems) return end;
    return { ...end, problems: this.#problems, status: 'partial' };
  }

  #show({ id, stamps }: KnownEntry): void {
    const began = this.#presence.began(id);
    this.#presence.markSeen(id);
    if (began === null) {
      this.#open(id, stamps);
      return;
    }
    const held = this.#stamps(id, began);
    if (held.mtime !== stamps.mtime) {
      this.#close(id);
      this.#open(id, stamps);
      return;
    }
    this.kept += 1;
    if (held.ctime !== stamps.ctime || held.inode !== stamps.inode) {
      this.#statements.restamp.run(stamps.ctime, stamps.inode, this.#system, id, began);
    }
  }

  #open(entry: number, { mtime, ctime, inode }: Stamps): void {
    this.#statements.open.run(this.#system, entry, this.#at, mtime, ctime, inode);
    this.#presence.open(entry, this.#at);
    this.opened += 1;
  }

  #close(entry: number): void {
    this.#statements.close.run(this.#at, this.#system, entry, this.#presence.began(entry));
    this.closed += 1;
  }

  #stamps(entry: number, began: number): Stamps {
    return this.#statements.stamps.get(this.#system, entry, began) as unknown as Stamps;
  }

  #isReplaced(entry: number): boolean {
    return this.#keys.has((this.#statements.keyOf.get(entry) as { key: number }).key);
  }

  #carriedOver(known: KnownEntry, seen: FileEntry): FileEntry | null {
    for (const row of this.#statements.ofKey.all(known.key)) {
      const { id } = row as { id: number };
      const began = this.#presence.began(id);
      if (began === null) continue;
      const stored = this.#readEntry(id);
      const text = stored.content === null ? null : this.#readText(stored.content);
      return carriesOver(stored.whole(this.#stamps(id, began), text) as FileEntry, seen);
    }
    return null;
  }

  #twice(key: string): void {
    const message = 'the frame has two entries of this key; the first was kept';
    this.record({ code: 'UNFOLD_MALFORMED', extractor: 'indexer', path: key, message });
  }
}

interface Newest {
  readonly id: number;
  readonly at: number | null;
}

function systemOf(db: DatabaseSync, ref: string): Newest {
  const select = 'SELECT system.id, frame.at FROM system LEFT JOIN frame ON frame.id = newest WHERE ref = ?';
  const known = db.prepare(select).get(ref);
  if (known) return known as unknown as Newest;
  const id = Number(db.prepare('INSERT INTO system(ref) VALUES (?)').run(ref).lastInsertRowid);
  return { id, at: null };
}

function unchanged(outcome: 'known' | 'older'): Applied {
  return { outcome, opened: 0, closed: 0, kept: 0 };
}

/**
 * Applies the frame; the caller commits, or rolls back where this throws. A frame known by its id and one that is not
 * newer than the newest of its system change nothing, but are read to their end: a cut one is refused all the same. A
 * failed frame is recorded without its entries.
 */
export async function applyFrame(
  db: DatabaseSync,
  lines: AsyncIterable<FrameLine>,
  signal: AbortSignal,
): Promise<Applied> {
  let frame: Begun | Applied | null = null;
  for await (const line of lines) {
    signal.throwIfAborted();
    if ('header' in line) frame = begin(db, line.header);
    else if (frame === null) break;
    else if ('end' in line) return 'outcome' in frame ? frame : finish(db, frame, line.end);
    else if ('outcome' in frame) continue;
    else if ('line' in line) frame.application.entry(line.line);
    else if ('problem' in line) frame.application.problem(line.problem);
  }
  throw new UnfoldError('UNFOLD_FRAME_CUT', 'the frame ends without its closing line');
}

/** A frame whose entries are being applied. */
interface Begun {
  readonly system: number;
  readonly id: number;
  readonly application: Application;
}

/** Begins a frame, or says why it changes nothing. */
function begin(db: DatabaseSync, header: FrameHeader): Begun | Applied {
  if (db.prepare('SELECT 1 FROM frame WHERE uuid = ?').get(header.id)) return unchanged('known');
  const { id: system, at } = systemOf(db, header.system.id);
  if (at !== null && Date.parse(header.at) <= at) return unchanged('older');
  const id = addFrame(db, header, system);
  db.exec('SAVEPOINT entries');
  return { system, id, application: new Application(db, header, system, id) };
}

function addFrame(db: DatabaseSync, header: FrameHeader, system: number): number {
  const insert = db.prepare(
    "INSERT INTO frame(uuid, system, at, status, header, closing) VALUES (?, ?, ?, '', ?, '')",
  );
  return Number(insert.run(header.id, system, Date.parse(header.at), JSON.stringify(header)).lastInsertRowid);
}

function finish(db: DatabaseSync, frame: Begun, end: FrameEnd): Applied {
  const { application } = frame;
  const set = db.prepare('UPDATE frame SET status = ?, closing = ? WHERE id = ?');
  if (end.status === 'failed') {
    db.exec('ROLLBACK TO entries');
    for (const problem of [...application.firstProblems]) application.record(problem);
    set.run('failed', JSON.stringify(end), frame.id);
    return { outcome: 'applied', opened: 0, closed: 0, kept: 0 };
  }
  const kept = application.end(end);
  set.run(kept.status, JSON.stringify(kept), frame.id);
  db.prepare('UPDATE system SET newest = ? WHERE id = ?').run(frame.id, frame.system);
  return {
    outcome: 'applied',
    opened: application.opened,
    closed: application.closed,
    kept: application.kept,
  };
}
