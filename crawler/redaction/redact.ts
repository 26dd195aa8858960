// Takes secrets out of a text before it becomes part of a frame.
import { pageOf } from './dialect.ts';
import { MASK } from './rule.ts';
import { RULES } from './rules.ts';
import { TriggerScanner } from './trigger-scanner.ts';
import type { Page, Rule } from './rule.ts';

/** A text without its secrets, and how many values each rule took out. */
export interface Redacted {
  readonly text: string;
  readonly masked: Record<string, number>;
}

/** A secret value at [start, end) of a text, in UTF-16 units, and the rule that found it. */
export interface Secret {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
}

const BY_TRIGGER = new Map<string, Rule[]>();
for (const rule of RULES) {
  for (const trigger of rule.triggers) BY_TRIGGER.set(trigger, [...(BY_TRIGGER.get(trigger) ?? []), rule]);
}
const TRIGGERED = [...BY_TRIGGER.values()];
const scanner = new TriggerScanner([...BY_TRIGGER.keys()]);

/**
 * Masks every secret value in a text; `path` (may be empty) tells how to read it. The number of lines and all text
 * around the values stay; doing it twice changes nothing. Synchronous, linear in the length of the text.
 */
export function redact(path: string, text: string): Redacted {
  const secrets = secretsIn(path, text);
  if (secrets.length === 0) return { text, masked: {} };
  const masked: Record<string, number> = {};
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, rule } of secrets) {
    parts.push(text.slice(done, start), MASK, text.slice(start, end).replace(/[^\r\n]+/g, ''));
    masked[rule] = (masked[rule] ?? 0) + 1;
    done = end;
  }
  parts.push(text.slice(done));
  return { text: parts.join(''), masked };
}

/** The secret values in a text, in order and apart from each other. */
export function secretsIn(path: string, text: string): Secret[] {
  const found: Secret[] = [];
  let page: Page | undefined;
  let last: Secret | undefined;
  scanner.scan(text, (trigger, at) => {
    page ??= pageOf(path, text);
    // What stands inside a masked value is masked already; looking again could cost more than linear time.
    if (last !== undefined && at > last.start && at < last.end) return;
    for (const rule of TRIGGERED[trigger] ?? []) {
      for (const { start, end } of rule.find(page, at)) {
        // What holds a mask was masked before: that is why doing it twice changes nothing.
        if (end <= start || text.slice(start, end).includes(MASK)) continue;
        const span = { start, end, rule: rule.name };
        found.push(span);
        if (last === undefined || end > last.end) last = span;
      }
    }
  });
  return apart(found);
}

/** What overlaps counts once, for the rule that starts first. */
function apart(found: Secret[]): Secret[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const secrets: Secret[] = [];
  for (const next of found) {
    const last = secrets.at(-1);
    if (last === undefined || next.start >= last.end) secrets.push(next);
    else if (next.end > last.end) secrets[secrets.length - 1] = { ...last, end: next.end };
  }
  return secrets;
}
