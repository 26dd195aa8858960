// The scanner finds every trigger that a plain search finds, wherever it starts and whatever its case.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RULES } from '../../../crawler/redaction/rules.ts';
import { TriggerScanner } from '../../../crawler/redaction/trigger-scanner.ts';

const TRIGGERS = [...new Set(RULES.flatMap((rule) => rule.triggers))];
const scanner = new TriggerScanner(TRIGGERS);

const CLASSES: Readonly<Record<string, string>> = {
  '?': '(?:[^]|^)',
  '#': '[a-z0-9./_-]',
  '~': '(?:[^a-z]|$)',
};
const SEARCHES = TRIGGERS.map((trigger) => {
  const parts = Array.from(
    trigger,
    (character) => CLASSES[character] ?? character.replace(/[$.{()+*|^]/g, String.raw`\$&`),
  );
  const lead = trigger.startsWith('?') || trigger.startsWith('#') ? 1 : 0;
  return { lead, parts };
});

/** Where a trigger starts, by a regular expression at every position; `?` and `~` may be the end of the text. */
function plainly(text: string): string[] {
  const found: string[] = [];
  SEARCHES.forEach(({ lead, parts }, trigger) => {
    const before = lead === 1 ? `(?<=${parts[0] ?? ''})` : '';
    const last = parts.at(-1) ?? '';
    const end = last === CLASSES['?'] ? '' : `(?=${last})`;
    const pattern = new RegExp(before + parts.slice(lead, -1).join('') + end, 'gi');
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      found.push(`${trigger}@${match.index}`);
      pattern.lastIndex = match.index + 1;
    }
  });
  return found.sort();
}

const core = (trigger: string): string => trigger.replace(/^[?#]|[?#~]$/g, '');
const piece = fc.oneof(
  fc.constantFrom(...TRIGGERS).map(core),
  fc.constantFrom(...TRIGGERS).map((trigger) => core(trigger).toUpperCase()),
  fc.constantFrom(' ', 'x', '/', '.', '\n', '-', 'é', '漢', '😀', '=', '"', '4'),
);

test('agrees with a plain search', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      const found = new Set<string>();
      scanner.scan(text, (trigger, at) => found.add(`${trigger}@${at}`));
      // The scanner may find more (a character is cut to a byte), never less.
      expect(plainly(text).filter((hit) => !found.has(hit))).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test('nothing of a longer text is left over for a shorter one', () => {
  scanner.scan('password='.repeat(20_000), () => undefined);
  const hits: number[] = [];
  scanner.scan('pass', (_trigger, at) => hits.push(at));
  scanner.scan('', (_trigger, at) => hits.push(at));
  expect(new Set(hits)).toEqual(new Set([0]));
});
