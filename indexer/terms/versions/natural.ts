// The order of versions that follow no scheme we know: numbers by size, and what announces a release before it.
import { compareTokens, type Token } from './tokens.ts';

/** Words that announce a release, in the order in which they come. */
const ANNOUNCING = ['dev', 'snapshot', 'alpha', 'beta', 'pre', 'preview', 'rc'];

/** In rising order. */
const RANKS = { tilde: 0, announcing: 1, end: 2, separator: 3, word: 4, number: 5 };

const TOKEN = /\d+|\p{L}+|~|[^.\d\p{L}~]+/gu;

/**
 * Negative, zero or positive as `a` is older than, the same as, or newer than `b`; case does not matter, nor do zeros
 * at the end of a dotted number: `12.0` is `12`. In rising order `6.6~x`, `6.6-rc1`, `6.6`, `6.6-1`, `6.6a`, `6.6.1`,
 * `6.10`. Kernels and operating systems number their releases like this; dpkg and rpm would have `6.6-rc1` follow `6.6`.
 */
export function compareNaturally(a: string, b: string): number {
  return compareTokens(tokens(a), tokens(b), RANKS.end);
}

function tokens(version: string): Token[] {
  const found: Token[] = [];
  for (const [text] of version.trim().toLowerCase().matchAll(TOKEN)) {
    const token = tokenOf(text);
    if (token.rank <= RANKS.separator) dropZeros(found);
    if (token.rank < RANKS.separator && found.at(-1)?.rank === RANKS.separator) found.pop();
    found.push(token);
  }
  dropZeros(found);
  return found;
}

function tokenOf(text: string): Token {
  if (/^\d/.test(text)) return { rank: RANKS.number, text, digits: true };
  if (text === '~') return { rank: RANKS.tilde, text: '', digits: false };
  const announcing = ANNOUNCING.indexOf(text);
  if (announcing >= 0) return { rank: RANKS.announcing, text: String(announcing), digits: true };
  if (/^\p{L}/u.test(text)) return { rank: RANKS.word, text, digits: false };
  return { rank: RANKS.separator, text: '', digits: false };
}

function dropZeros(found: Token[]): void {
  while (found.at(-1)?.rank === RANKS.number && /^0+$/.test(found.at(-1)?.text ?? '')) found.pop();
}
