// Writes one frame as NDJSON to a file descriptor, and counts what is in it.
import type { Entry, Feature } from '../schemas/entries.ts';
import { UnfoldError } from '../schemas/error.ts';
import type { FrameEnd, FrameHeader, FrameStatus, LeftOut } from '../schemas/frame.ts';
import type { Problem } from '../schemas/problem.ts';
import type { LineTotals } from './contents/line-maker.ts';
import { FrameLines, jsonOf } from './frame-lines.ts';
import type { Recrawl } from './manifest/recrawl.ts';
import { Unread } from './manifest/unread.ts';
import type { Report } from './views/view.ts';

/** Problems of one code and extractor that are listed one by one. */
const LISTED_PROBLEMS = 1000;

/** What was counted while a frame was written. */
export interface FrameCounts {
  /** Those on their way included. */
  entries: number;
  problems: number;
}

type Counts = Partial<Record<Feature, number>>;

function add(counts: Record<string, number>, key: string, by: number): void {
  counts[key] = (counts[key] ?? 0) + by;
}

/**
 * One frame. Memory stays bounded: a buffer, counts, and the first problems of each kind; of further ones the frame
 * says how many there were, in a problem without a path, so that the whole feature counts as in doubt.
 */
export class FrameWriter implements Report {
  /** What is known from the crawl before and left for the next; null where nobody asked. */
  readonly recrawl: Recrawl | null;
  readonly written: FrameCounts = { entries: 0, problems: 0 };
  /** What it writes to. Others may write entries to it too, by whole lines, and have them counted by `include`. */
  readonly fd: number;
  readonly #lines: FrameLines;
  readonly #unread: Unread;
  readonly #counts: Counts = {};
  readonly #problems = new Map<string, { first: Problem; seen: number }>();
  readonly #leftOut: LeftOut[] = [];
  readonly #masked: Record<string, number> = {};
  readonly #skipped: Record<string, number> = {};

  /** The frame is a delta where `recrawl` has a base. */
  constructor(fd: number, header: FrameHeader, recrawl: Recrawl | null = null) {
    this.fd = fd;
    this.recrawl = recrawl;
    this.#lines = new FrameLines(fd);
    this.#unread = new Unread(header.features);
    const base = recrawl?.baseFrame;
    for (const feature of header.features) this.#counts[feature] = 0;
    this.#lines.add(jsonOf({ _frame: base === undefined ? header : { ...header, base } }));
    // Nobody else's line may come before it.
    this.#lines.flush();
  }

  /** Why the frame cannot be written any further. */
  get failure(): UnfoldError | null {
    return this.#lines.failure;
  }

  /**
   * Writes one entry; the caller sees to it that `key` is unique within the feature. `state` is one of `recrawl`;
   * without it, the line that the entry would be tells whether the base has the very same.
   */
  entry(feature: Feature, key: string, entry: Entry, state?: number): void {
    this.written.entries++;
    const line = jsonOf({ feature, key, entry });
    if (this.recrawl !== null) {
      const known = state ?? this.recrawl.stateOfLine(line);
      if (state === undefined && this.recrawl.keep(feature, key, known)) return;
      this.recrawl.wrote(feature, key, known);
    }
    this.#counts[feature] = (this.#counts[feature] ?? 0) + 1;
    this.#lines.add(line);
  }

  /** Counts entries that others wrote to `fd`. Throws what kept them from being written. */
  include(feature: Feature, { entries, masked, skipped, problem, failure }: LineTotals): void {
    if (failure !== null) throw new UnfoldError(failure.code, failure.message);
    this.#counts[feature] = (this.#counts[feature] ?? 0) + entries;
    for (const [rule, values] of Object.entries(masked)) add(this.#masked, rule, values);
    for (const [reason, files] of Object.entries(skipped)) add(this.#skipped, reason, files);
    if (problem === null) return;
    this.problem(problem);
    this.recrawl?.spoil();
  }

  problem(problem: Problem): void {
    const kind = `${problem.code} ${problem.extractor}`;
    const known = this.#problems.get(kind);
    if (known === undefined) this.#problems.set(kind, { first: problem, seen: 1 });
    else if (++known.seen > LISTED_PROBLEMS) return;
    this.#problemLine(problem);
  }

  leftOut(leftOut: LeftOut): void {
    this.#unread.leftOut(leftOut);
    this.#leftOut.push(leftOut);
  }

  /** Counts masked values by rule. */
  masked(rule: string, values: number): void {
    add(this.#masked, rule, values);
  }

  /** Counts a regular file without text by reason. */
  skipped(reason: string): void {
    add(this.#skipped, reason, 1);
  }

  /** Writes the closing line and everything buffered. `failed` where the system could not be opened. */
  end(finishedAt: Date, failed = false): FrameEnd {
    for (const { first, seen } of this.#problems.values()) {
      if (seen <= LISTED_PROBLEMS) continue;
      const more = seen - LISTED_PROBLEMS;
      this.#problemLine({
        code: first.code,
        extractor: first.extractor,
        message: `${more} more problems of this kind are not listed`,
      });
    }
    const status: FrameStatus = failed ? 'failed' : this.written.problems > 0 ? 'partial' : 'complete';
    const end: FrameEnd = {
      status,
      finishedAt: finishedAt.toISOString(),
      counts: this.#counts,
      ...(failed ? {} : this.#endDelta()),
      problems: this.written.problems,
      leftOut: this.#leftOut,
      masked: this.#masked,
      skipped: this.#skipped,
    };
    this.#lines.add(jsonOf({ _end: end }));
    this.#lines.flush();
    if (failed) this.recrawl?.spoil();
    return end;
  }

  /** Writes what of the base is gone. */
  #endDelta(): Pick<FrameEnd, 'kept' | 'held' | 'removed'> {
    const { recrawl } = this;
    if (recrawl?.baseFrame === undefined) return {};
    const { kept, held } = recrawl;
    const seen = Object.entries(this.#counts).map(([feature, count]) => [
      feature,
      count + (kept[feature as Feature] ?? 0),
    ]);
    this.#unread.counted(Object.fromEntries(seen) as Counts);
    let removed = 0;
    recrawl.gone(
      (feature, key) => this.#unread.covers(feature, key),
      (feature, key) => {
        removed += 1;
        this.#lines.add(jsonOf({ removed: { feature, key } }));
      },
    );
    return { kept, removed, ...(Object.keys(held).length === 0 ? {} : { held }) };
  }

  #problemLine(problem: Problem): void {
    this.written.problems++;
    this.#unread.problem(problem);
    this.#lines.add(jsonOf({ problem }));
  }
}
