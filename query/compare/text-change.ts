// Two texts → the lines that differ.
import type { TextChange } from '../../schemas/comparison.ts';

/** Longer texts, in UTF-16 units, are not compared line by line; nor are longer lists of lines shown. */
const MAX_LENGTH = 2 ** 20;
/** Lines that are removed or added, together; it takes time by the square of them to find which. */
const MAX_EDITS = 1000;
const CONTEXT = 3;

/** What became of a text. */
export async function textChange(from: string, to: string): Promise<TextChange> {
  if (from === to) return { kind: 'same' };
  if (Math.max(from.length, to.length) > MAX_LENGTH) return { kind: 'omitted', reason: 'too-large' };
  // Loaded where two texts differ, which most comparisons do not come to.
  const { formatPatch, OMIT_HEADERS, structuredPatch } = await import('diff');
  const options = { context: CONTEXT, maxEditLength: MAX_EDITS };
  const patch = structuredPatch('', '', from, to, undefined, undefined, options);
  if (patch === undefined) return { kind: 'omitted', reason: 'too-different' };
  const unified = formatPatch(patch, OMIT_HEADERS);
  if (unified.length > MAX_LENGTH) return { kind: 'omitted', reason: 'too-different' };
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  return { kind: 'lines', unified, added: count('+'), removed: count('-') };
}
