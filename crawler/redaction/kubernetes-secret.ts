// Masks every value of a Kubernetes Secret: its names are free, so that only the kind tells.
import { NOTHING } from './rule.ts';
import { isReference } from './values.ts';
import type { Rule, Span } from './rule.ts';

const KIND = /kind"?\s{0,4}:\s{0,4}"?Secret"?\s*(?:[,\n\r}]|$)/y;
const REACH = 131_072;
const DATA = /^([^\S\n]*)"?(?:data|stringData)"?[^\S\n]*:[^\S\n]*(?:\{[^\S\n]*)?\r?\n/gm;
const ENTRY =
  /^([^\S\n]*)("?)[\w.-]+"?[^\S\n]*:[^\S\n]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([^\s"'][^\n]*?))?,?[^\S\n]*$/;

/** The lines of one document that hold values. */
function entries(document: string, offset: number, indent: number): Span[] {
  const spans: Span[] = [];
  let at = offset;
  for (const line of document.slice(offset).split('\n')) {
    const depth = line.length - line.trimStart().length;
    if (line.trim() !== '' && depth <= indent) break;
    const entry = ENTRY.exec(line);
    const value = entry?.[3] ?? entry?.[4] ?? entry?.[5] ?? (entry === null ? line.trim() : '');
    if (value !== '' && !/^[|>][+-]?\d?$|^[{}]/.test(value) && !isReference(value)) {
      const start = at + line.lastIndexOf(value);
      spans.push({ start, end: start + value.length });
    }
    at += line.length + 1;
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

/** The values under `data` and `stringData` of a document of `kind: Secret`. */
export const kubernetesSecret: Rule = {
  name: 'kubernetes-secret',
  triggers: ['kind: secret', 'kind":"secret', 'kind": "secret'],
  find(page, at) {
    KIND.lastIndex = at;
    if (!KIND.test(page.text)) return NOTHING;
    const { start, body } = documentAround(page.text, at);
    return Array.from(body.matchAll(DATA)).flatMap((data) =>
      entries(body, data.index + data[0].length, (data[1] ?? '').length).map((span) => ({
        start: start + span.start,
        end: start + span.end,
      })),
    );
  },
};
