// Reads a frame: NDJSON in, validated lines out, one at a time.
import type { z } from 'zod';
import { ENTRY_SCHEMAS, type Feature } from '../schemas/entries.ts';
import { UnfoldError } from '../schemas/error.ts';
import { EndLine, EntryLine, FRAME_SCHEMA, HeaderLine, ProblemLine, RemovedLine } from '../schemas/frame.ts';
import type { EntryName, FrameEnd, FrameHeader } from '../schemas/frame.ts';
import type { FrameLine } from './engines/search-engine.ts';

/** A line holds at most one file's text (16 MiB by configuration), escaped. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a frame, from chunks of its NDJSON in any cut. Throws UnfoldError: UNFOLD_FRAME_CUT where it ends early
 * or its counts disagree, UNFOLD_FRAME_NEWER for a later format, UNFOLD_FRAME_INVALID with the line for anything else.
 * Holds one line in memory. Fields this version does not know stay in the entries.
 */
export async function* readFrame(lines: AsyncIterable<Buffer | string>): AsyncGenerator<FrameLine> {
  const check = new FrameCheck();
  let number = 0;
  for await (const { bytes, ended } of splitLines(lines)) {
    number += 1;
    if (bytes.length === 0) continue;
    try {
      const line = check.line(bytes);
      if (!('end' in line)) yield line;
    } catch (error) {
      throw ended ? located(error, number) : cut(`line ${number} breaks off`, error);
    }
  }
  yield { end: check.finish() };
}

function located(error: unknown, line: number): unknown {
  if (!(error instanceof UnfoldError)) return error;
  return new UnfoldError(error.code, `line ${line}: ${error.message}`, { cause: error.cause });
}

function invalid(message: string, cause?: unknown): UnfoldError {
  return new UnfoldError('UNFOLD_FRAME_INVALID', message, { cause });
}

/** A line without its newline; the last one may lack it. */
interface Line {
  readonly bytes: Buffer;
  readonly ended: boolean;
}

async function* splitLines(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let cut = rest.indexOf(NEWLINE); cut >= 0; cut = rest.indexOf(NEWLINE)) {
      yield { bytes: joined(parts, rest.subarray(0, cut)), ended: true };
      parts = [];
      size = 0;
      rest = rest.subarray(cut + 1);
    }
    size += rest.length;
    if (size > MAX_LINE_BYTES) throw invalid(`a line is longer than ${MAX_LINE_BYTES} bytes`);
    if (rest.length > 0) parts.push(rest);
  }
  if (parts.length > 0) yield { bytes: joined(parts), ended: false };
}

function joined(parts: Buffer[], last?: Buffer): Buffer {
  if (parts.length === 0 && last) return last;
  return Buffer.concat(last ? [...parts, last] : parts);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseJson(line: Buffer): Record<string, unknown> {
  let value: unknown;
  let text: string;
  try {
    text = decoder.decode(line);
    value = JSON.parse(text);
  } catch (error) {
    throw invalid('not JSON', error);
  }
  if (typeof value !== 'object' || value === null) throw invalid('not a JSON object');
  // Only an escape can bring half a surrogate pair, which no text of ours has and no encoding keeps.
  if (/\\u[dD][89a-fA-F]/.test(text)) requireWellFormed(value);
  return value as Record<string, unknown>;
}

function requireWellFormed(value: unknown): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw invalid('a text is not well-formed Unicode');
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      requireWellFormed(name);
      requireWellFormed(inner);
    }
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(issue ? `${issue.path.join('.')}: ${issue.message}` : 'not valid', parsed.error);
}

/** Takes the lines of one frame in their order. */
class FrameCheck {
  #header: FrameHeader | null = null;
  #end: FrameEnd | null = null;
  #problems = 0;
  #removed = 0;
  readonly #entries: Partial<Record<Feature, number>> = {};

  line(line: Buffer): FrameLine {
    const value = parseJson(line);
    if (this.#end !== null) throw invalid('the frame goes on after its closing line');
    if (this.#header === null) return { header: (this.#header = this.#headerOf(value)) };
    if ('_end' in value) return { end: (this.#end = this.#endOf(value, this.#header)) };
    if ('problem' in value) {
      this.#problems += 1;
      return { problem: parse(ProblemLine, value).problem };
    }
    if ('removed' in value) return { removed: this.#removedOf(value, this.#header) };
    return { line: this.#entryOf(value, this.#header) };
  }

  /** After the last line. */
  finish(): FrameEnd {
    if (this.#header === null) throw cut('the frame is empty');
    if (this.#end === null) throw cut('the frame has no closing line');
    return this.#end;
  }

  #headerOf(value: Record<string, unknown>): FrameHeader {
    const schema = String((value['_frame'] as { schema?: unknown } | null | undefined)?.schema);
    const version = /^unfold\.frame\/(\d+)$/.exec(schema)?.[1];
    if (version === undefined) throw invalid('not the first line of a frame');
    if (schema !== FRAME_SCHEMA) {
      throw new UnfoldError(
        'UNFOLD_FRAME_NEWER',
        `the frame has the format ${schema}, this Unfold knows ${FRAME_SCHEMA}`,
      );
    }
    return parse(HeaderLine, value)._frame;
  }

  #entryOf(value: Record<string, unknown>, header: FrameHeader): EntryLine {
    const line = parse(EntryLine, value);
    const { feature, since } = line;
    // What a history keeps from before its first frame may be of any feature.
    if (since === undefined || header.base !== undefined) requireAnnounced(feature, header);
    if (since !== undefined && Date.parse(since) > Date.parse(header.at))
      throw invalid('since: later than the frame');
    parse<unknown>(ENTRY_SCHEMAS[feature], line.entry);
    this.#entries[feature] = (this.#entries[feature] ?? 0) + 1;
    return line;
  }

  #removedOf(value: Record<string, unknown>, header: FrameHeader): EntryName {
    const { removed } = parse(RemovedLine, value);
    if (header.base === undefined) throw invalid('an entry is removed from a frame that has no base');
    requireAnnounced(removed.feature, header);
    this.#removed += 1;
    return removed;
  }

  #endOf(value: Record<string, unknown>, header: FrameHeader): FrameEnd {
    const end = parse(EndLine, value)._end;
    requireSame(end.counts, this.#entries);
    if (end.problems !== this.#problems)
      throw cut(`it states ${end.problems} problems, ${this.#problems} are there`);
    if ((end.removed ?? 0) !== this.#removed)
      throw cut(`it states ${end.removed ?? 0} removed entries, ${this.#removed} are there`);
    requireKind(end, header);
    return end;
  }
}

type Counts = FrameEnd['counts'];

function featuresOf(...counts: Counts[]): Set<Feature> {
  return new Set(counts.flatMap((one) => Object.keys(one) as Feature[]));
}

function requireAnnounced(feature: Feature, header: FrameHeader): void {
  if (!header.features.includes(feature)) throw invalid(`the header does not announce ${feature} entries`);
}

function requireSame(counts: Counts, entries: Counts): void {
  for (const feature of featuresOf(counts, entries)) {
    const [stated, read] = [counts[feature] ?? 0, entries[feature] ?? 0];
    if (stated !== read) throw cut(`it states ${stated} ${feature} entries, ${read} are there`);
  }
}

/** A delta alone keeps; what a whole frame holds is among its lines. */
function requireKind({ counts, kept = {}, held = {} }: FrameEnd, header: FrameHeader): void {
  const isDelta = header.base !== undefined;
  for (const feature of featuresOf(kept)) {
    if (!isDelta) throw invalid('_end.kept: the frame has no base');
    requireAnnounced(feature, header);
  }
  for (const feature of featuresOf(held)) {
    if (isDelta) requireAnnounced(feature, header);
    else if ((held[feature] ?? 0) > (counts[feature] ?? 0)) throw invalid('_end.held: more than there are');
  }
}

function cut(message: string, cause?: unknown): UnfoldError {
  return new UnfoldError('UNFOLD_FRAME_CUT', message, { cause });
}
