// Finds values that stand on the lines below their name: block scalars, lists, here-documents.
import type { Span } from './rule.ts';

/** How far a block may reach, in characters. */
const REACH = 65_536;
const BLOCK = /[^\S\n]*(?:!\S+[^\S\n]+)?[|>][+-]?\d?[+-]?[^\S\n]*(?:#[^\n]*)?\r?\n/y;
const HERE = /<<[-~]?\s*["']?([A-Za-z_]\w*)["']?[^\n]*\n/y;
const NEXT_LINES = /[^\S\n]*(?:#[^\n]*)?\r?\n/y;

function indent(line: string): number {
  return line.length - line.trimStart().length;
}

/** The lines below `start` that are indented deeper than `line`, or null; `start` is where a value would stand. */
export function blockBelow(text: string, start: number, line: string): Span | null {
  BLOCK.lastIndex = start;
  if (!BLOCK.test(text)) return null;
  return deeper(text, BLOCK.lastIndex, indent(line.replace(/^(\s*)- /, '$1  ')));
}

function deeper(text: string, from: number, depth: number): Span | null {
  let first = -1;
  let end = from;
  for (let at = from; at < text.length && at - from < REACH;) {
    const stop = text.indexOf('\n', at);
    const lineEnd = stop < 0 ? text.length : stop;
    const line = text.slice(at, lineEnd);
    if (line.trim() !== '') {
      if (indent(line) <= depth) break;
      if (first < 0) first = at + indent(line);
      end = at + line.trimEnd().length;
    }
    at = lineEnd + 1;
  }
  return first < 0 ? null : { start: first, end };
}

/** A here-document of a shell or of HCL that starts at `start`, without its markers. */
export function hereDocument(text: string, start: number): Span | null {
  HERE.lastIndex = start;
  const marker = HERE.exec(text)?.[1];
  if (marker === undefined) return null;
  const from = HERE.lastIndex;
  const end = text.slice(from, from + REACH).search(new RegExp(`^[^\\S\\n]*${marker}[^\\S\\n]*$`, 'm'));
  if (end <= 0) return null;
  const body = text.slice(from, from + end);
  return { start: from + indent(body), end: from + body.trimEnd().length };
}

const ITEM = /^(\s*-\s+)(["']?)/;

/** The plain items of a list below `start`. */
export function itemsBelow(text: string, start: number, line: string): readonly Span[] {
  NEXT_LINES.lastIndex = start;
  if (!NEXT_LINES.test(text)) return [];
  const spans: Span[] = [];
  let at = NEXT_LINES.lastIndex;
  for (const item of text.slice(at, at + REACH).split('\n', 1000)) {
    const [, lead = '', quote = ''] = ITEM.exec(item) ?? [];
    if (lead === '' || indent(item) < indent(line)) break;
    const from = lead.length + quote.length;
    const end = quote === '' ? item.replace(/\s#.*$/s, '').trimEnd().length : item.lastIndexOf(quote);
    // An item of the form `name: value` is a setting of its own.
    if (end > from && !/^[\w.-]+:(?:\s|$)/.test(item.slice(from)))
      spans.push({ start: at + from, end: at + end });
    at += item.length + 1;
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
