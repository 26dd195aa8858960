// One frame on its way into the index: which facts open, hold and end.
import type { Entry, FileEntry } from '../../../schemas/entries.ts';
import type { EntryLine, EntryName, FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { carriesOver, Closing, INDEXER, isUnread } from '../../closing.ts';
import { requireAgreement, wholeEnd, withoutRepeats, type Amounts } from '../../whole-frame.ts';
import { NO_STAMPS, type Stamps } from '../entry-parts.ts';
import type { Catalogue } from './catalogue.ts';
import { describeEntry, entryOf, keyName, type DescribedEntry, type StoredEntry } from './documents.ts';
import { featureOf } from './entry-numbers.ts';
import type { StampedFact, HeldFacts } from './held-facts.ts';
import { KeySet } from './key-set.ts';

/** Entries are written in batches of so many, or of so much text; a few batches are on their way at a time. */
const BATCH_ENTRIES = 500;
const BATCH_CHARACTERS = 2_000_000;
const BATCHES = 2;

/** Reads stored entries for an application. */
export interface StoredEntries {
  /** Keys by number. */
  keys(numbers: readonly number[], signal: AbortSignal): Promise<ReadonlyMap<number, string>>;
  /** Entries of some names that are in some blocks. */
  named(names: readonly string[], blocks: readonly number[], signal: AbortSignal): Promise<StoredEntry[]>;
}

/** What an application stands on. */
export interface Ground {
  readonly catalogue: Catalogue;
  readonly stored: StoredEntries;
  readonly held: HeldFacts;
  /** No frame of the system has had entries. */
  readonly isFirst: boolean;
}

interface Line extends EntryLine {
  readonly described: DescribedEntry;
}

interface Batch {
  readonly lines: readonly Line[];
  readonly numbers: Promise<number[]>;
}

/** Keys that are read at a time. */
const KEYS = 5000;

/** Applies the lines of a frame, whole or a delta, in the order in which they come. */
export class Application {
  readonly #at: number;
  readonly #header: FrameHeader;
  readonly #closing: Closing;
  readonly #ground: Ground;
  readonly #held: HeldFacts;
  readonly #signal: AbortSignal;
  readonly #keys = new KeySet();
  readonly #removed = new Set<string>();
  readonly #repeated: Amounts = {};
  readonly #batches: Batch[] = [];
  readonly #record: (problem: Problem) => void;
  #waiting: Line[] = [];
  #characters = 0;
  readonly #found: Problem[] = [];
  #problems = 0;
  /** Facts that ended, in no order. */
  readonly ended: StampedFact[] = [];
  opened = 0;
  kept = 0;

  constructor(header: FrameHeader, ground: Ground, record: (problem: Problem) => void, signal: AbortSignal) {
    this.#at = Date.parse(header.at);
    this.#header = header;
    this.#closing = new Closing(header);
    this.#ground = ground;
    this.#held = ground.held;
    this.#record = record;
    this.#signal = signal;
  }

  /** The first entry of a key stands; another one is recorded as a problem, so that it is not lost in silence. */
  async entry(line: EntryLine): Promise<void> {
    const described = describeEntry(line.feature, line.key, line.entry);
    this.#waiting.push({ ...line, described });
    this.#characters += described.parts.text?.length ?? 0;
    if (this.#waiting.length >= BATCH_ENTRIES || this.#characters >= BATCH_CHARACTERS) await this.#send();
  }

  /** An entry that is gone, of a delta. What the index does not have of it is gone already. */
  removed({ feature, key }: EntryName): void {
    this.#removed.add(keyName(feature, key));
  }

  problem(problem: Problem): void {
    this.#closing.problem(problem);
    this.record(problem);
  }

  /** Keeps a problem with the frame. */
  record(problem: Problem): void {
    this.#problems += 1;
    this.#record(problem);
  }

  /** Waits for what is on its way, when the frame comes to nothing. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#batches.map(({ numbers }) => numbers));
  }

  /** Ends what the frame no longer shows. Returns the end to keep: of the whole, with the problems met here. */
  async end(stated: FrameEnd): Promise<FrameEnd> {
    await this.#send();
    for (let batch = this.#batches.shift(); batch !== undefined; batch = this.#batches.shift())
      await this.#take(batch);
    const end = withoutRepeats(wholeEnd(this.#header, stated), this.#repeated);
    this.#closing.end(end);
    if (this.#header.base === undefined) await this.#endUnseen();
    else await this.#endDelta(end, stated);
    // Own problems of the frame come before those that were found here.
    for (const problem of this.#found) this.record(problem);
    if (this.#problems <= end.problems) return end;
    return { ...end, problems: this.#problems, status: 'partial' };
  }

  async #send(): Promise<void> {
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    this.#characters = 0;
    const described = lines.map((line) => line.described);
    const numbers = this.#ground.catalogue.intern(described, this.#signal);
    // It is awaited when its turn comes; until then its failure is nobody's.
    numbers.catch(() => undefined);
    this.#batches.push({ lines, numbers });
    if (this.#batches.length <= BATCHES) return;
    const first = this.#batches.shift();
    if (first !== undefined) await this.#take(first);
  }

  async #take({ lines, numbers }: Batch): Promise<void> {
    const ids = await numbers;
    const replaced = await this.#replaced(lines, ids);
    for (const [place, line] of lines.entries()) {
      const number = ids[place] ?? 0;
      if (!this.#keys.add(`${line.feature} ${line.key}`)) {
        this.#repeated[line.feature] = (this.#repeated[line.feature] ?? 0) + 1;
        if (!this.#held.seen(number)) this.#twice(line.key);
        continue;
      }
      const before = replaced.get(`${line.feature} ${line.key}`);
      const whole = before === undefined ? null : await this.#carriedOver(line, before);
      const { stamps } = (whole?.described ?? line.described).parts;
      this.#show(whole?.number ?? number, stamps, line.since, before?.number);
    }
  }

  /** What the system has under the keys of entries that it does not have, by name, where it has to be known. */
  async #replaced(
    lines: readonly Line[],
    numbers: readonly number[],
  ): Promise<ReadonlyMap<string, StoredEntry>> {
    const isDelta = this.#header.base !== undefined;
    const names = lines.flatMap(({ feature, key, entry }, place) =>
      this.#held.began(numbers[place] ?? 0) === null &&
      (isDelta || isUnread(feature, entry as unknown as Entry))
        ? [keyName(feature, key)]
        : [],
    );
    return this.#heldByName(names);
  }

  async #heldByName(names: readonly string[]): Promise<ReadonlyMap<string, StoredEntry>> {
    const blocks = this.#held.blocks();
    if (names.length === 0 || blocks.length === 0) return new Map();
    const entries = await this.#ground.stored.named(names, blocks, this.#signal);
    const held = entries.filter(({ number }) => this.#held.began(number) !== null);
    return new Map(held.map((entry) => [`${featureOf(entry.number)} ${entry.key}`, entry]));
  }

  async #carriedOver(
    { feature, key, entry }: Line,
    before: StoredEntry,
  ): Promise<{ number: number; described: DescribedEntry } | null> {
    const seen = entry as unknown as Entry;
    if (!isUnread(feature, seen)) return null;
    const stamps = this.#held.stamps(before.number) ?? NO_STAMPS;
    const whole = carriesOver(entryOf(feature, before, stamps, null) as FileEntry, seen);
    if (whole === null) return null;
    const described = describeEntry(feature, key, whole, before.content ?? undefined);
    const [number = 0] = await this.#ground.catalogue.intern([described], this.#signal);
    return { number, described };
  }

  #show(number: number, stamps: Stamps, since: string | undefined, replaced: number | undefined): void {
    const began = this.#held.began(number);
    this.#held.markSeen(number);
    if (began === null) {
      // A whole frame ends what is replaced with all else that it does not show.
      if (this.#header.base !== undefined && replaced !== undefined) this.#close(replaced);
      this.#open(number, stamps, since);
      return;
    }
    const before = this.#held.stamps(number) ?? NO_STAMPS;
    if (before.mtime !== stamps.mtime) {
      this.#close(number);
      this.#open(number, stamps, since);
      return;
    }
    this.kept += 1;
    if (before.ctime !== stamps.ctime || before.inode !== stamps.inode) this.#held.restamp(number, stamps);
  }

  #open(number: number, stamps: Stamps, since: string | undefined): void {
    const began = since === undefined || !this.#ground.isFirst ? this.#at : Date.parse(since);
    this.#held.open(number, began, stamps);
    this.opened += 1;
  }

  #close(number: number): void {
    const began = this.#held.began(number);
    if (began === null) return;
    this.ended.push({ number, began, ...(this.#held.stamps(number) ?? NO_STAMPS) });
    this.#held.close(number);
  }

  /** Of a feature that ends whole no key has to be known. */
  async #endUnseen(): Promise<void> {
    let doubtful: number[] = [];
    for (const number of this.#held.unseen()) {
      if (this.#closing.endsAll(featureOf(number))) this.#close(number);
      else if (doubtful.push(number) === KEYS) {
        await this.#endIfGone(doubtful);
        doubtful = [];
      }
    }
    await this.#endIfGone(doubtful);
  }

  async #endIfGone(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return;
    const keys = await this.#ground.stored.keys(numbers, this.#signal);
    for (const number of numbers) {
      const feature = featureOf(number);
      const key = keys.get(number) ?? '';
      if (this.#keys.has(`${feature} ${key}`) || this.#closing.ends(feature, key)) this.#close(number);
    }
  }

  async #endDelta(end: FrameEnd, stated: FrameEnd): Promise<void> {
    const unread: Amounts = {};
    for (const { number, key } of (await this.#heldByName([...this.#removed])).values()) {
      const feature = featureOf(number);
      if (this.#held.seen(number)) continue;
      if (this.#closing.ends(feature, key)) this.#close(number);
      else unread[feature] = (unread[feature] ?? 0) + 1;
    }
    for (const feature of this.#header.features) this.kept += stated.kept?.[feature] ?? 0;
    requireAgreement(this.#header, end, stated, unread, this.#held.counts());
  }

  #twice(key: string): void {
    const message = 'the frame has two entries of this key; the first was kept';
    this.#found.push({ code: 'UNFOLD_MALFORMED', extractor: INDEXER, path: key, message });
  }
}
