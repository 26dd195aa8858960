// Masks the values of settings whose names say that they are secret, in the many ways of writing a setting.
import { isComment, nameAt } from './names.ts';
import { NOTHING } from './rule.ts';
import { isSecretName, SECRET_TRIGGERS } from './secret-names.ts';
import { blockBelow, hereDocument, itemsBelow, itemsInBrackets } from './value-blocks.ts';
import { quotedValue, valueAt } from './value-span.ts';
import { isReference, isSecretValue, looksRandom } from './values.ts';
import type { Name } from './names.ts';
import type { Page, Rule, Span } from './rule.ts';
import type { Value } from './value-span.ts';

const SEPARATOR =
  /(?: (?:key|value))?\\*(?:["'`]|\*\*)?\]?\)?([^\S\n]*)(?:\?=|:=|\+=|=>|=(?![=~])|::?(?=[^\S\n]|\*\*|$)|:(?![:/=]))(?:\*\*)?([^\S\n]*)/my;

/** `name = value`, `"name": "value"`, `name => 'value'`, `name: |` with a block below. */
function assigned(page: Page, name: Name): readonly Span[] {
  SEPARATOR.lastIndex = name.end;
  const separator = SEPARATOR.exec(page.text);
  if (separator === null || isPartOfPath(page.text, name, separator[0])) return NOTHING;
  const start = SEPARATOR.lastIndex;
  const below = belowName(page, name, start);
  if (below.length > 0) return below;
  const value = valueAt(page, start, { line: name.line, name: page.text.slice(name.start, start) });
  if (value === null || (separator[1] === '' && separator[2] !== '' && /^[A-Za-z_][\w-]*=/.test(value.text)))
    return NOTHING;
  return secretOnly(page, name, value);
}

/** `/etc/passwd:…`, `arn:…:secret:…` and `!PSK:…` are no settings; test results say `PASS: name`. */
function isPartOfPath(text: string, name: Name, separator: string): boolean {
  const before = text.charAt(name.start - 1);
  if (separator.trim() !== ':') return false;
  return (
    (before === ':' && separator === ':') ||
    before === '!' ||
    (before === '/' && name.text === 'passwd') ||
    name.text === 'PASS'
  );
}

function belowName(page: Page, name: Name, start: number): readonly Span[] {
  const block = blockBelow(page.text, start, name.line) ?? hereDocument(page.text, start);
  if (block !== null) return isReference(page.text.slice(block.start, block.end)) ? NOTHING : [block];
  const inline = itemsInBrackets(page.text, start);
  const items =
    inline.length > 0 || page.dialect !== 'config' ? inline : itemsBelow(page.text, start, name.line);
  return items.filter((item) => {
    const text = page.text.slice(item.start, item.end);
    return (
      (page.dialect === 'config' || looksRandom(text)) &&
      secretOnly(page, name, { ...item, text, bare: false, rest: '' }).length > 0
    );
  });
}

const DEFAULT_VALUE = /:?-?([^}\s]{1,512})\}/y;

/** `${NAME:-value}` and `${name:value}`: the default is a value like any other. */
function defaulted(page: Page, name: Name): readonly Span[] {
  DEFAULT_VALUE.lastIndex = name.end;
  const value = DEFAULT_VALUE.exec(page.text)?.[1];
  if (value === undefined || /^[+?=%#/]/.test(value) || /^["']/.test(value)) return NOTHING;
  const start = DEFAULT_VALUE.lastIndex - 1 - value.length;
  return secretOnly(page, name, { start, end: start + value.length, text: value, bare: false, rest: '' });
}

const NAMED_BEFORE =
  /(?:name|key|id|property|field|variable|option|setting|parameter\w*)\\*["']?\s*[:=]\s*\\*["']?$/i;
const VALUE_AFTER =
  /\\*["']?\s{0,8}[,;]?\s{0,80}\\*["']?(?:value|val|content|default)\\*["']?\s{0,8}[:=]\s{0,8}/iy;

/** `name: DB_PASSWORD` with `value: …` beside or below, as Kubernetes, Spring and .NET write it. */
function pair(page: Page, name: Name): readonly Span[] {
  if (!NAMED_BEFORE.test(name.line)) return NOTHING;
  VALUE_AFTER.lastIndex = name.end;
  const between = VALUE_AFTER.exec(page.text)?.[0];
  if (between === undefined) return NOTHING;
  // A quoted name of the second half means JSON, where a bare value ends at a comma.
  const value = valueAt(page, VALUE_AFTER.lastIndex, {
    line: /["'].*["']/s.test(between) ? '{' : '',
    name: '',
  });
  return value === null ? NOTHING : secretOnly(page, name, value);
}

const SETTER_BEFORE = /(?:define|set\w*|put\w*|add\w*|env|property|config|update)\s*\(\s*\\*["']$/i;
const COMMA = /\\*["']\s{0,8},\s{0,60}/y;

/** `define('NAME', 'value')`, `props.setProperty("name", "value")`. */
function called(page: Page, name: Name): readonly Span[] {
  if (!SETTER_BEFORE.test(name.line)) return NOTHING;
  COMMA.lastIndex = name.end;
  if (!COMMA.test(page.text)) return NOTHING;
  const value = quotedValue(page, COMMA.lastIndex);
  return value === null ? NOTHING : secretOnly(page, name, value);
}

const SPACE = /[^\S\n]{1,40}(?=["'])/y;

/** `password "value"`, as in named.conf or .fetchmailrc. */
function spaced(page: Page, name: Name): readonly Span[] {
  if (page.dialect !== 'config') return NOTHING;
  SPACE.lastIndex = name.end;
  if (!SPACE.test(page.text)) return NOTHING;
  const value = valueAt(page, SPACE.lastIndex, { line: name.line, name: '' });
  return value === null || /\s/.test(value.text) ? NOTHING : secretOnly(page, name, value);
}

const TAG_BEFORE = /<(?:[\w-]{1,40}:)?$/;
const NAME_BEFORE = /(?:<(?:[\w-]{1,20}:)?(?:name|key)>\s*|\s(?:name|key|id)=["'])$/i;
const TAG_REST = /[^<>]{0,300}(?<!\/)>(?:<!\[CDATA\[)?/y;
const NAME_REST =
  /(?:["'][^<>]{0,200}(?<!\/)>|\s{0,80}<\/[\w:-]{1,20}>)\s{0,80}(?:<(?:[\w-]{1,20}:)?(?:value|string|data)(?: [^<>]{0,80})?>)?/iy;
const CONTENT = /[^<]{1,8192}(?=<\/)/y;

/** `<name>value</name>`, `<entry key="name">value</entry>`, `<name>x</name><value>y</value>`. */
function element(page: Page, name: Name): readonly Span[] {
  const rest = TAG_BEFORE.test(name.line) ? TAG_REST : NAME_REST;
  if (rest === NAME_REST && (page.dialect !== 'config' || !NAME_BEFORE.test(name.line))) return NOTHING;
  rest.lastIndex = name.end;
  if (!rest.test(page.text)) return NOTHING;
  const start = rest.lastIndex;
  CONTENT.lastIndex = start;
  const content = CONTENT.exec(page.text)?.[0] ?? '';
  const text = content.trim().replace(/\s*\]\]>$/, '');
  const from = start + content.length - content.trimStart().length;
  return secretOnly(page, name, { start: from, end: from + text.length, text, bare: false, rest: '' });
}

/** `${NAME:-value}` and `${name:value}` as a value: what counts is the default. */
const WITH_DEFAULT = /^\$\{[\w.-]+?(?::?[-=]|:)([^{}]+)\}$/;

function secretOnly(page: Page, name: Name, value: Value): readonly Span[] {
  const inner = WITH_DEFAULT.exec(value.text.slice(0, 512))?.[1];
  if (inner !== undefined) {
    const end = value.end - 1;
    return secretOnly(page, name, { ...value, start: end - inner.length, end, text: inner, bare: false });
  }
  const place = isComment(name.line) && page.dialect === 'config' ? 'prose' : page.dialect;
  return isSecretValue(page, place, name, value) ? [{ start: value.start, end: value.end }] : NOTHING;
}

/** The values of the setting whose name has a trigger at `at`. */
function find(page: Page, at: number): readonly Span[] {
  const name = nameAt(page, at);
  if (name === null || !isSecretName(name.text)) return NOTHING;
  if (name.line.endsWith('${')) return defaulted(page, name);
  for (const form of [element, pair, called, assigned, spaced]) {
    const spans = form(page, name);
    if (spans.length > 0) return spans;
  }
  return NOTHING;
}

/** Every setting with a secret name. */
export const assignment: Rule = {
  name: 'assignment',
  triggers: SECRET_TRIGGERS,
  find,
};
