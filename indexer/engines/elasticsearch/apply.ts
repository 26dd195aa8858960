// Applies one frame to the index: writes what is new, then publishes the system's new state.
import type { FrameEnd, FrameHeader } from '../../../schemas/frame.ts';
import type { Problem } from '../../../schemas/problem.ts';
import { UnfoldError } from '../../../schemas/error.ts';
import { admission } from '../../admission.ts';
import { wholeEnd, wholeHeader } from '../../whole-frame.ts';
import type { Applied, FrameLine } from '../search-engine.ts';
import { Application } from './application.ts';
import type { Operation } from './bulk.ts';
import type { Catalogue } from './catalogue.ts';
import { changeFacts, newAttempt, readHeld } from './facts-documents.ts';
import { frameOperations, ProblemWriter, storedFrame, type FrameOutcome } from './frame-documents.ts';
import { HeldFacts } from './held-facts.ts';
import { keepingVersion } from './keeping-lease.ts';
import { conflict, markOperations, publish, readBasis, removeFacts, type Basis } from './publication.ts';
import type { Store } from './store.ts';
import { entriesByName, entriesByNumber, inQueries } from './stored-entries.ts';
import type { SystemRecord } from './system-record.ts';

/** Problems kept of a failed frame. */
const FIRST_PROBLEMS = 100;
/** Whoever reads a state that others change over and over gets it in the end. */
const READS = 10;

/**
 * Applies the frame. A frame known by its id and one that is not newer than the newest of its system change nothing, but
 * are read to their end: a cut one is refused all the same. A failed frame is recorded without its entries.
 */
export async function applyFrame(
  store: Store,
  catalogue: Catalogue,
  lines: AsyncIterable<FrameLine>,
): Promise<Applied> {
  let frame: FrameInProgress | Applied | null = null;
  try {
    for await (const line of lines) {
      store.signal.throwIfAborted();
      if ('header' in line) frame = await begin(store, catalogue, line.header);
      else if (frame === null) break;
      else if ('end' in line) return 'outcome' in frame ? frame : await frame.finish(line.end);
      else if (!('outcome' in frame)) await frame.take(line);
    }
  } catch (error) {
    if (frame !== null && !('outcome' in frame)) await frame.abandon();
    throw error;
  }
  throw new UnfoldError('UNFOLD_FRAME_CUT', 'the frame ends without its closing line');
}

/** Begins a frame, or says why it changes nothing. */
async function begin(
  store: Store,
  catalogue: Catalogue,
  header: FrameHeader,
): Promise<FrameInProgress | Applied> {
  for (let read = 1; ; read++) {
    const [keeping, basis, known] = await Promise.all([
      keepingVersion(store),
      readBasis(store.client, store.names, header.system.id, store.signal),
      isKnown(store, header.id),
    ]);
    catalogue.asOf(keeping);
    const { newest, manifest } = basis.record;
    const before = newest === null ? null : { id: newest.header.id, at: Date.parse(newest.header.at) };
    const outcome = admission(header, known, before);
    if (outcome !== 'new') return { outcome, opened: 0, closed: 0, kept: 0 };
    try {
      const held = newest === null ? new HeldFacts() : await readHeld(store, manifest);
      return new FrameInProgress(store, catalogue, header, { ...basis, keeping }, held);
    } catch (error) {
      // What the state named is gone because another indexer has published the next one; or it is lost.
      const now = await readBasis(store.client, store.names, header.system.id, store.signal);
      if (read === READS || now.record.publication === basis.record.publication) throw error;
    }
  }
}

/** Whether the index has the frame: as the newest of a system, or marked as published. */
async function isKnown(store: Store, frame: string): Promise<boolean> {
  const reading = { source: [], page: 2 };
  const [newest, published] = await Promise.all([
    store.every('systems', { ...reading, query: { term: { frames: frame } } }),
    store.every('frames', {
      ...reading,
      query: { bool: { filter: [{ term: { frame } }, { term: { published: true } }] } },
    }),
  ]);
  return newest.length + published.length > 0;
}

/** A frame whose entries are being applied. */
class FrameInProgress {
  readonly #store: Store;
  readonly #header: FrameHeader;
  readonly #at: number;
  readonly #basis: Basis & { readonly keeping: string };
  readonly #held: HeldFacts;
  readonly #application: Application;
  readonly #attempt = newAttempt();
  readonly #problems: ProblemWriter;
  /** What a failed frame keeps. */
  readonly #first: Problem[] = [];

  constructor(
    store: Store,
    catalogue: Catalogue,
    header: FrameHeader,
    basis: Basis & { readonly keeping: string },
    held: HeldFacts,
  ) {
    this.#store = store;
    this.#header = header;
    this.#at = Date.parse(header.at);
    this.#basis = basis;
    this.#held = held;
    this.#problems = new ProblemWriter(store, this.#attempt, header, basis.record.publication + 1);
    const stored = {
      keys: async (numbers: readonly number[]) => {
        const entries = await entriesByNumber(store, numbers, ['number', 'key']);
        return new Map([...entries].map(([number, { key }]) => [number, key]));
      },
      named: (names: readonly string[], blocks: readonly number[]) => entriesByName(store, names, blocks),
    };
    const ground = { catalogue, stored, held, isFirst: basis.record.newest === null };
    this.#application = new Application(
      header,
      ground,
      (problem) => {
        this.#record(problem);
      },
      store.signal,
    );
  }

  async take(line: Exclude<FrameLine, { header: unknown } | { end: unknown }>): Promise<void> {
    if ('line' in line) await this.#application.entry(line.line);
    else if ('removed' in line) this.#application.removed(line.removed);
    else {
      this.#application.problem(line.problem);
      await this.#problems.write(false);
    }
  }

  async finish(end: FrameEnd): Promise<Applied> {
    return end.status === 'failed' ? this.#fail(end) : this.#complete(end);
  }

  async abandon(): Promise<void> {
    await this.#application.abandon();
  }

  /** What was read of a frame that failed counts for nothing: it is written anew, without entries. */
  async #fail(end: FrameEnd): Promise<Applied> {
    await this.abandon();
    await this.#problems.remove();
    for (const problem of this.#first.slice()) this.#problems.add(problem);
    const count = this.#problems.count;
    const counts = { counts: {}, kept: {}, held: {}, problems: count };
    const empty = wholeEnd(this.#header, { ...end, ...counts });
    const outcome = this.#outcome(empty, { ended: [], opened: 0, kept: 0 });
    const { record } = this.#basis;
    const stored = storedFrame(outcome);
    await this.#publish(outcome, { ...record, ...(this.#isNewest() ? { failed: stored } : {}) }, []);
    return { outcome: 'applied', opened: 0, closed: 0, kept: 0 };
  }

  async #complete(stated: FrameEnd): Promise<Applied> {
    const { record } = this.#basis;
    const application = this.#application;
    const end = await application.end(stated);
    const { ended, opened, kept } = application;
    const facts = changeFacts(this.#store.names.facts, record, this.#held, this.#attempt);
    const outcome = this.#outcome(end, { ended, opened, kept });
    const next: SystemRecord = {
      ...record,
      newest: storedFrame(outcome),
      ...(this.#isNewest() ? { failed: null } : {}),
      first: record.first ?? this.#at,
      manifest: facts.manifest,
      superseded: facts.superseded,
      current: this.#held.size,
    };
    await this.#publish(outcome, next, facts.operations);
    return { outcome: 'applied', opened, closed: ended.length, kept };
  }

  /** No later crawl has failed. */
  #isNewest(): boolean {
    const { failed } = this.#basis.record;
    return failed === null || Date.parse(failed.header.at) <= this.#at;
  }

  async #publish(outcome: FrameOutcome, next: SystemRecord, operations: readonly Operation[]): Promise<void> {
    const { record } = this.#basis;
    const store = this.#store;
    const { endedParts } = storedFrame(outcome);
    const unmarked = { frame: this.#header.id, attempt: outcome.attempt, endedParts };
    const published: SystemRecord = {
      ...next,
      publication: record.publication + 1,
      unmarked: [unmarked],
      superseded: next.superseded === record.superseded ? [] : next.superseded,
    };
    await this.#problems.write(true);
    await store.write([
      ...operations,
      ...markOperations(store.names, record.unmarked),
      ...frameOperations(store.names.frames, published, outcome),
    ]);
    await store.refresh('contents', 'entries', 'frames');
    // Entries that were there already, and of which no system had a fact, may have been removed since.
    const isSame = (await keepingVersion(store)) === this.#basis.keeping;
    if (!isSame && !(await this.#hasEntries())) throw conflict(published);
    await publish(store.client, store.names, this.#basis, published, store.signal);
    await removeFacts(store.client, store.names, record.superseded, store.signal);
  }

  async #hasEntries(): Promise<boolean> {
    const opened = [...this.#held.facts()].flatMap(({ number, began }) =>
      began === this.#at ? [number] : [],
    );
    await this.#store.refresh('entries');
    for (const numbers of inQueries(opened)) {
      const query = { terms: { number: numbers } };
      const { entries } = (await this.#store.aggregate('entries', query, {
        entries: { value_count: { field: 'number' } },
      })) as { entries: { value: number } };
      if (entries.value !== numbers.length) return false;
    }
    return true;
  }

  #outcome(end: FrameEnd, counted: Pick<FrameOutcome, 'ended' | 'opened' | 'kept'>): FrameOutcome {
    const header = wholeHeader(this.#header);
    return { attempt: this.#attempt, header, end, problems: this.#problems.count, ...counted };
  }

  #record(problem: Problem): void {
    if (this.#first.length < FIRST_PROBLEMS) this.#first.push(problem);
    this.#problems.add(problem);
  }
}
