// Masks every value of a Kubernetes Secret: its names are free, so that only the kind tells.
import { NOTHING } from './rule.ts';
import { indent, linesFrom } from './value-blocks.ts';
import { isReference } from './values.ts';
import type { Page, Rule, Span } from './rule.ts';

const KIND = /kind"?\s{0,4}:\s{0,4}"?Secret"?\s*(?:[,\n\r}]|$)/y;
const REACH = 131_072;
const DATA = /^([^\S\n]*)"?(?:data|stringData)"?[^\S\n]*:[^\S\n]*(?:\{[^\S\n]*)?\r?\n/gm;
const ENTRY = /^\s*"?[\w.-]+"?\s*:\s*(["']?)/;

/** The value of a line, as offsets in it: what follows a name, or all of a line of a block. */
function valueOf(line: string): Span | null {
  const entry = ENTRY.exec(line);
  const quote = entry?.[1] ?? '';
  const start = entry?.[0].length ?? indent(line);
  const end = quote === '' ? line.trimEnd().replace(/,$/, '').length : line.lastIndexOf(quote);
  const value = line.slice(start, end);
  return end <= start || /^(?:[|>][+-]?\d?$|[{}])/.test(value) || isReference(value) ? null : { start, end };
}

/** The values of one document below `offset`, as long as lines are indented deeper. */
function valuesBelow(document: string, offset: number, depth: number): Span[] {
  const spans: Span[] = [];
  for (const line of linesFrom(document, offset)) {
    if (line.text.trim() !== '' && indent(line.text) <= depth) break;
    const value = valueOf(line.text);
    if (value !== null) spans.push({ start: line.at + value.start, end: line.at + value.end });
  }
  return spans;
}

/** The document around `at`, bounded. */
function documentAround(text: string, at: number): { start: number; body: string } {
  const from = Math.max(0, at - REACH);
  const before = text.slice(from, at);
  const cut = before.lastIndexOf('\n---');
  const start = cut < 0 ? from : from + cut + 1;
  const after = text.slice(at, at + REACH).split(/\n---/, 1)[0] ?? '';
  return { start, body: text.slice(start, at) + after };
}

/** Up to where each text was searched: a document holds its kind once, hostile text many times. */
const searched = new WeakMap<Page, number>();

/** The values under `data` and `stringData` of a document of `kind: Secret`. */
export const kubernetesSecret: Rule = {
  name: 'kubernetes-secret',
  triggers: ['kind: secret', 'kind":"secret', 'kind": "secret'],
  find(page, at) {
    KIND.lastIndex = at;
    if (!KIND.test(page.text)) return NOTHING;
    if (at < (searched.get(page) ?? 0)) return NOTHING;
    const { start, body } = documentAround(page.text, at);
    searched.set(page, start + body.length);
    return Array.from(body.matchAll(DATA)).flatMap((data) =>
      valuesBelow(body, data.index + data[0].length, (data[1] ?? '').length).map((span) => ({
        start: start + span.start,
        end: start + span.end,
      })),
    );
  },
};
