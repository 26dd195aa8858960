// The line around a match, cut to a readable length with its marks still right.

/** Offsets in UTF-16 units, end exclusive. */
export type Range = readonly [start: number, end: number];

/** A piece of one line. `marks` are offsets into `snippet`, sorted and apart from each other. */
export interface Snippet {
  snippet: string;
  marks: [number, number][];
}

/** The longest snippet, without the ellipses of its cuts. */
const WIDTH = 200;
/** What is kept before the first mark where a line is cut. */
const LEAD = 60;

/** The lines of a text, counted from 1; a line ends before `\n` or `\r\n`. */
export class Lines {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** The number of the line that holds the offset. */
  at(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** Where a line stands in the text, without its end. */
  range(line: number): Range {
    const start = this.#starts[line - 1] ?? 0;
    const next = this.#starts[line];
    const end = next === undefined ? this.#text.length : next - 1;
    return [start, this.#text[end - 1] === '\r' && end > start ? end - 1 : end];
  }

  /** The snippet of a line with these ranges of the text marked. */
  snippet(line: number, ranges: readonly Range[]): Snippet {
    const [start, end] = this.range(line);
    return snippetOf(
      this.#text.slice(start, end),
      ranges.map(([from, to]) => [from - start, to - start]),
    );
  }
}

/** Cuts one line around its first mark. */
export function snippetOf(line: string, ranges: readonly Range[]): Snippet {
  const marks = merge(ranges, line.length);
  if (line.length <= WIDTH) return { snippet: line, marks };
  const first = marks[0]?.[0] ?? 0;
  const from = characterStart(line, Math.max(0, Math.min(first - LEAD, line.length - WIDTH)));
  const to = characterStart(line, from + WIDTH);
  const head = from > 0 ? '…' : '';
  const tail = to < line.length ? '…' : '';
  return {
    snippet: head + line.slice(from, to) + tail,
    marks: marks
      .filter(([start, end]) => start < to && end > from)
      .map(([start, end]) => [
        Math.max(start, from) - from + head.length,
        Math.min(end, to) - from + head.length,
      ]),
  };
}

/** Sorted, within the line, and joined where they touch or overlap. */
function merge(ranges: readonly Range[], length: number): [number, number][] {
  const merged: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const [from, to] = [Math.max(0, start), Math.min(end, length)];
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else if (from < to) merged.push([from, to]);
  }
  return merged;
}

/** The offset, moved back where it would split a surrogate pair. */
function characterStart(text: string, offset: number): number {
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff && offset > 0 ? offset - 1 : offset;
}
