// Moves an index: its history as frames that any engine takes, of each system the first one whole and then deltas.
import { Feature } from '../schemas/entries.ts';
import { UnfoldError } from '../schemas/error.ts';
import type { EntryName, FrameEnd, FrameHeader } from '../schemas/frame.ts';
import type { FrameRecord, Index, Progress } from './engines/index-keeping.ts';
import type { Applied, Fact, FrameLine, SearchEngine } from './engines/search-engine.ts';

type Counts = Partial<Record<Feature, number>>;

/** One frame of an exported history; its lines are to be read before the next frame is asked for. */
export interface ExportedFrame {
  readonly system: string;
  readonly lines: AsyncIterable<FrameLine>;
}

/**
 * The frames of an index: system by system in the order of their ids, each from its oldest frame on. What is applied or
 * removed meanwhile may be in it or not. Steps of the progress are systems.
 */
export async function* exportedFrames(
  index: Pick<Index, 'systems' | 'frames' | 'facts'>,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<ExportedFrame> {
  const systems = (await index.systems(null, signal)).map(({ system }) => system.id);
  for (const [number, system] of systems.entries()) {
    progress(number, systems.length);
    const records: FrameRecord[] = [];
    for await (const record of index.frames(system, signal)) records.push(record);
    const history = new History(index, system, signal);
    for (const record of records.reverse()) yield { system, lines: history.frame(record) };
  }
  progress(systems.length, systems.length);
}

/** One system's history, frame after frame. */
class History {
  readonly #index: Pick<Index, 'facts'>;
  readonly #system: string;
  readonly #signal: AbortSignal;
  /** The frame with entries before. */
  #before: FrameHeader | null = null;
  /** How many facts held after it. */
  readonly #holding: Counts = {};

  constructor(index: Pick<Index, 'facts'>, system: string, signal: AbortSignal) {
    this.#index = index;
    this.#system = system;
    this.#signal = signal;
  }

  frame(record: FrameRecord): AsyncGenerator<FrameLine> {
    if (record.end.status === 'failed') return failedFrame(record);
    const before = this.#before;
    this.#before = record.header;
    return before === null ? this.#whole(record) : this.#delta(record, before);
  }

  async *#whole({ header, end, problems }: FrameRecord): AsyncGenerator<FrameLine> {
    yield { header: { ...header, history: true } };
    const counts: Counts = {};
    for await (const fact of this.#facts({ at: header.at })) {
      add(counts, fact.feature, 1);
      yield { line: lineOf(fact, header.at) };
    }
    Object.assign(this.#holding, counts);
    for (const problem of problems) yield { problem };
    const held = positive(Feature.options, (feature) => (counts[feature] ?? 0) - (end.counts[feature] ?? 0));
    yield { end: { ...end, counts, held } };
  }

  async *#delta({ header, end, problems }: FrameRecord, before: FrameHeader): AsyncGenerator<FrameLine> {
    yield { header: { ...header, base: before.id, history: true } };
    const counts: Counts = {};
    let removed = 0;
    let ended = null as EntryName | null;
    for await (const fact of this.#facts({ after: before.at, until: header.at })) {
      const isReplaced = ended?.feature === fact.feature && ended.key === fact.key;
      if (ended !== null && !isReplaced) {
        removed += 1;
        yield { removed: ended };
      }
      ended = null;
      if (Date.parse(fact.validFrom) < Date.parse(header.at)) {
        ended = { feature: fact.feature, key: fact.key };
        add(this.#holding, fact.feature, -1);
      } else {
        add(counts, fact.feature, 1);
        add(this.#holding, fact.feature, 1);
        yield { line: lineOf(fact, header.at) };
      }
    }
    if (ended !== null) {
      removed += 1;
      yield { removed: ended };
    }
    for (const problem of problems) yield { problem };
    const seen = (feature: Feature) => end.counts[feature] ?? 0;
    const kept = positive(header.features, (feature) => seen(feature) - (counts[feature] ?? 0));
    const held = positive(header.features, (feature) => (this.#holding[feature] ?? 0) - seen(feature));
    yield { end: { ...end, counts, kept, held, removed } };
  }

  #facts(span: { at: string } | { after: string; until: string }): AsyncIterable<Fact> {
    return this.#index.facts(this.#system, { span, texts: true }, this.#signal);
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- frames are streams
async function* failedFrame({ header, end, problems }: FrameRecord): AsyncGenerator<FrameLine> {
  yield { header: { ...header, history: true } };
  for (const problem of problems) yield { problem };
  yield { end: { ...end, counts: {} } };
}

function lineOf({ feature, key, entry, validFrom }: Fact, at: string) {
  const line = { feature, key, entry: entry as Record<string, unknown> };
  return Date.parse(validFrom) < Date.parse(at) ? { ...line, since: validFrom } : line;
}

function add(counts: Counts, feature: Feature, by: number): void {
  counts[feature] = (counts[feature] ?? 0) + by;
}

function positive(features: readonly Feature[], amount: (feature: Feature) => number): FrameEnd['counts'] {
  const some = features.filter((feature) => amount(feature) > 0);
  return Object.fromEntries(some.map((feature) => [feature, amount(feature)]));
}

/** A line as it travels, newline included. Names are sorted, so that equal histories are equal bytes. */
export function ndjsonLine(line: FrameLine): string {
  if ('header' in line) return `${sortedJson({ _frame: line.header })}\n`;
  if ('line' in line) return `${sortedJson(line.line)}\n`;
  if ('end' in line) return `${sortedJson({ _end: line.end })}\n`;
  return `${sortedJson(line)}\n`;
}

function sortedJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, sorted(one)]),
  );
}

/** What an import did: frames by what became of them. */
export interface Imported {
  applied: number;
  known: number;
  older: number;
  /** Of systems of which the index has another history; their first frame that it refused, with the reason. */
  readonly refused: { readonly system: string; readonly error: UnfoldError }[];
}

/**
 * Takes exported frames into an index, one by one: what it has already it skips, so that an interrupted import goes on
 * where it was. After a frame that is refused the rest of its system is left out.
 */
export class Import {
  readonly #engine: SearchEngine;
  readonly #signal: AbortSignal;
  readonly #refused = new Set<string>();
  readonly done: Imported = { applied: 0, known: 0, older: 0, refused: [] };

  constructor(engine: SearchEngine, signal: AbortSignal) {
    this.#engine = engine;
    this.#signal = signal;
  }

  /** Takes one frame. Throws what is wrong with the frame itself, or with the index. */
  async take(lines: AsyncIterable<FrameLine>): Promise<Applied | null> {
    const watched = new Watched(lines);
    try {
      const applied = await this.#engine.apply(watched.lines(this.#refused), this.#signal);
      this.done[applied.outcome] += 1;
      return applied;
    } catch (error) {
      if (error instanceof Skipped) return null;
      if (!(error instanceof UnfoldError) || error.code !== 'UNFOLD_FRAME_BASE_MISSING') throw error;
      this.#refused.add(watched.system);
      this.done.refused.push({ system: watched.system, error });
      return null;
    }
  }
}

/** The frame's system was refused before. */
class Skipped extends Error {}

class Watched {
  system = '';
  readonly #lines: AsyncIterable<FrameLine>;

  constructor(lines: AsyncIterable<FrameLine>) {
    this.#lines = lines;
  }

  async *lines(refused: ReadonlySet<string>): AsyncGenerator<FrameLine> {
    for await (const line of this.#lines) {
      if ('header' in line) this.system = line.header.system.id;
      if (refused.has(this.system)) throw new Skipped();
      yield line;
    }
  }
}
