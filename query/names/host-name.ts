// Host names as people and files write them.
import { foldCase } from '../../indexer/terms/words.ts';

const LABEL = String.raw`[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]{0,61}[\p{L}\p{N}\p{M}_])?`;
const NAME = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`, 'u');
const LONGEST = 253;

/** A host name folded and without the dot of the root at its end; null if it is none. Its last label is no number. */
export function parseHostName(text: string): string | null {
  const name = foldCase(text).replace(/\.$/, '');
  if (name.length > LONGEST || !NAME.test(name)) return null;
  return /(?:^|\.)\d+$/.test(name) ? null : name;
}

const NAME_BEFORE = /[\p{L}\p{N}\p{M}_-]$|[\p{L}\p{N}\p{M}_-]\.$/u;
const NAME_AFTER = /^(?:[\p{L}\p{N}\p{M}_-]|\.[\p{L}\p{N}_])/u;
/** Longer than a character. */
const BESIDE = 4;

/** True if what stands at [start, end) of a text is a whole host name, and no part of a longer one. */
export function isWholeName(text: string, start: number, end: number): boolean {
  return (
    !NAME_BEFORE.test(text.slice(Math.max(0, start - BESIDE), start)) &&
    !NAME_AFTER.test(text.slice(end, end + BESIDE))
  );
}
