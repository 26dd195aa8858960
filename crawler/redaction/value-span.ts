// Finds where a value that follows a separator begins and ends, as the text around it writes values.
import { lineLength } from './names.ts';
import type { Dialect, Page, Span } from './rule.ts';

/** A value in a text. `bare` ones stood without quotes. */
export interface Value extends Span {
  readonly text: string;
  readonly bare: boolean;
  /** What follows on the line. */
  readonly rest: string;
}

/** How far a value is looked at before it is known to be one. */
const REACH = 8192;
const BARE_REACH = 2048;
const OPENING = /(?:[bBrRuUfFLN@]{0,2})(\\*)("""|'''|"|'|`)/y;

/** What stands on the line of a value: before its name, and from there to the value. */
export interface Before {
  readonly line: string;
  readonly name: string;
}

/** The value at `start`; null where there is none. */
export function valueAt(page: Page, start: number, before: Before): Value | null {
  const open = openQuote(before.line + before.name);
  // A quote that closes what began before the name begins no value.
  if (open !== '' && page.text.startsWith(open, start)) return null;
  return quotedValue(page, start) ?? bareValue(page, start, before.line, open);
}

/** A value in quotes, which may be escaped themselves (`\"x\"`), triple, or span lines. */
export function quotedValue({ text }: Page, at: number): Value | null {
  OPENING.lastIndex = at;
  const opening = OPENING.exec(text);
  if (opening === null) return null;
  const start = OPENING.lastIndex;
  const [, slashes = '', quote = ''] = opening;
  const ahead = text.slice(start, start + REACH);
  const length = closing(ahead, slashes, quote);
  const end = start + (length < 0 ? lineLength(ahead) : length);
  return { start, end, text: text.slice(start, end), bare: false, rest: text.slice(end, end + 80) };
}

function closing(ahead: string, slashes: string, quote: string): number {
  const close = slashes + quote;
  for (let at = ahead.indexOf(close); at >= 0; at = ahead.indexOf(close, at + 1)) {
    let before = at;
    while (before > 0 && ahead.charAt(before - 1) === '\\') before--;
    if ((at - before) % 2 === 0) return at;
  }
  return -1;
}

/** A value without quotes, up to where its surroundings end it. */
function bareValue(page: Page, start: number, line: string, open: string): Value | null {
  const ahead = page.text.slice(start, start + BARE_REACH);
  const rest = ahead.slice(0, lineLength(ahead));
  let length = endOf(rest, line, open, page.dialect);
  while (length > 0 && /\s/.test(rest.charAt(length - 1))) length--;
  if (length === 0) return null;
  const end = length < BARE_REACH ? start + length : wordEnd(page.text, start + length);
  return { start, end, text: page.text.slice(start, end), bare: true, rest: rest.slice(length) };
}

const WORD = /[^\s"']*/y;

function wordEnd(text: string, at: number): number {
  WORD.lastIndex = at;
  WORD.test(text);
  return WORD.lastIndex;
}

const COMMENT = /\s(?:[#;](?=\s|$)|\/\/\s)/;

/** A word of a shell, quoted in parts or not. */
const SHELL_WORD = /^(?:[^\s;|&<>`"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/;
/** Settings follow one another on a line, as in `host=a password=b`. */
const NEIGHBOUR_BEFORE = /[\w"'}\]]\s*=\s*\S+\s+["']?$/;
const NEIGHBOUR_AFTER = /^\S+\s+[\w.-]+=\S/;

function endOf(rest: string, line: string, open: string, dialect: Dialect): number {
  const ends = [rest.length, firstOf(rest, open + stopCharacters(rest, line)), rest.search(COMMENT)];
  if (dialect === 'shell') ends.push(SHELL_WORD.exec(rest)?.[0].length ?? 0);
  else if (dialect !== 'config') ends.push(rest.search(/[),;:\]}]{0,4}(?:[\s"'`<]|$)/));
  else if (NEIGHBOUR_BEFORE.test(line.slice(-120)) || NEIGHBOUR_AFTER.test(rest))
    ends.push(rest.search(/\s/));
  return Math.min(...ends.filter((end) => end >= 0));
}

function firstOf(rest: string, stops: string): number {
  for (let k = 0; stops !== '' && k < rest.length; k++) {
    if (stops.includes(rest.charAt(k))) return k;
  }
  return -1;
}

/** What ends a value inside `a=1;b=2`, `?a=1&b=2`, `{a: 1, b: 2}` or a quoted string. */
function stopCharacters(rest: string, line: string): string {
  const lead = line.replace(/[\s"'\\]{1,8}$/, '').slice(-1);
  const next = /^[^\s;&,]*([;&,])\s*[A-Za-z_][\w .-]{0,30}[=:]/.exec(rest)?.[1] ?? '';
  const list = ';&,'.includes(lead) ? lead : next;
  const isFlow = lead !== '' && ('{[('.includes(lead) || (lead === ',' && /[{[(]/.test(line)));
  const query = lead === '?' || list === '&' ? '& ' : '';
  return list + query + (isFlow ? ',})]' : '');
}

/** The quote that is still open at the end of what stands before. */
export function openQuote(line: string): string {
  let open = '';
  for (let k = 0; k < line.length; k++) {
    const character = line.charAt(k);
    if (character === '\\') k++;
    else if (open === '' ? character === '"' || character === "'" : character === open)
      open = open === '' ? character : '';
  }
  return open;
}
