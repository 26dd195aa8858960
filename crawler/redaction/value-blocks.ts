// Finds values that stand on the lines below their name: block scalars, lists, here-documents.
import type { Span } from './rule.ts';

/** How far a block may reach, in characters. */
const REACH = 65_536;
const HERE_REACH = 8192;
const BLOCK = /[^\S\n]*(?:!\S+[^\S\n]+)?[|>][+-]?\d?[+-]?[^\S\n]*(?:#[^\n]*)?\r?\n/y;
const HERE = /<<[-~]?\s*["']?([A-Za-z_]\w*)["']?[^\n]*\n/y;
const NEXT_LINES = /[^\S\n]*(?:#[^\n]*)?\r?\n/y;

/** How deep a line is indented. */
export function indent(line: string): number {
  return line.length - line.trimStart().length;
}

/** The lines below `start` that are indented deeper than `line`, or null; `start` is where a value would stand. */
export function blockBelow(text: string, start: number, line: string): Span | null {
  BLOCK.lastIndex = start;
  if (!BLOCK.test(text)) return null;
  return deeper(text, BLOCK.lastIndex, indent(line.replace(/^(\s*)- /, '$1  ')));
}

/** A line of a text: where it starts, and what stands on it. */
interface Line {
  readonly at: number;
  readonly text: string;
}

/** The lines from `start` on, as far as a block may reach. */
export function* linesFrom(text: string, start: number): Generator<Line> {
  for (let at = start; at < text.length && at - start < REACH;) {
    const stop = text.indexOf('\n', at);
    const end = stop < 0 ? text.length : stop;
    yield { at, text: text.slice(at, end) };
    at = end + 1;
  }
}

function deeper(text: string, from: number, depth: number): Span | null {
  let first = -1;
  let end = from;
  for (const line of linesFrom(text, from)) {
    if (line.text.trim() === '') continue;
    if (indent(line.text) <= depth) break;
    if (first < 0) first = line.at + indent(line.text);
    end = line.at + line.text.trimEnd().length;
  }
  return first < 0 ? null : { start: first, end };
}

/** A here-document of a shell or of HCL that starts at `start`, without its markers. */
export function hereDocument(text: string, start: number): Span | null {
  HERE.lastIndex = start;
  const marker = HERE.exec(text)?.[1];
  if (marker === undefined) return null;
  const from = HERE.lastIndex;
  let end = from;
  for (const line of linesFrom(text, from)) {
    if (line.text.trim() === marker)
      return end === from ? null : { start: from + indent(text.slice(from, end)), end };
    if (line.at - from > HERE_REACH) return null;
    end = line.at + line.text.trimEnd().length;
  }
  return null;
}

const ITEM = /^(\s*-\s+)(["']?)/;

/** The plain items of a list below `start`. */
export function itemsBelow(text: string, start: number, line: string): readonly Span[] {
  NEXT_LINES.lastIndex = start;
  if (!NEXT_LINES.test(text)) return [];
  const spans: Span[] = [];
  for (const { at, text: item } of linesFrom(text, NEXT_LINES.lastIndex)) {
    const [, lead = '', quote = ''] = ITEM.exec(item) ?? [];
    const from = lead.length + quote.length;
    // An item of the form `name: value` is a setting of its own.
    if (lead === '' || indent(item) < indent(line) || /^[\w.-]+:(?:\s|$)/.test(item.slice(from))) break;
    const end = quote === '' ? item.replace(/\s#.*$/s, '').trimEnd().length : item.lastIndexOf(quote);
    if (end > from) spans.push({ start: at + from, end: at + end });
  }
  return spans;
}

const IN_BRACKETS = /\[\s*(?:(?:"[^"\n]{0,512}"|'[^'\n]{0,512}')\s*,?\s*){1,100}\]/y;

/** The quoted items of a list in brackets at `start`. */
export function itemsInBrackets(text: string, start: number): readonly Span[] {
  IN_BRACKETS.lastIndex = start;
  const list = IN_BRACKETS.exec(text)?.[0];
  if (list === undefined) return [];
  return Array.from(list.matchAll(/(["'])(.*?)\1/g), (item) => ({
    start: start + item.index + 1,
    end: start + item.index + 1 + (item[2] ?? '').length,
  }));
}
