// Text becomes words: the one place that decides what a word is and how case is folded.

/** A term is at most this many UTF-16 units long; a longer word is indexed by its beginning. */
const MAX_TERM_LENGTH = 200;

/** What WORD finds in folded ASCII, twice as fast. */
const ASCII_WORD = /[a-z0-9]+/g;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const WORD_CHARACTER = /^[\p{L}\p{N}\p{M}]/u;

/** True where the text consists of ASCII alone. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** Folds case and composes (NFC), so that a query and a text agree. `ς` folds to `σ`, whatever its place in a word. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  return isAscii(lower) ? lower : lower.replaceAll('ς', 'σ').normalize('NFC');
}

/** The runs of word characters of a folded text, with their places. */
export function runsOfWords(folded: string): RegExpStringIterator<RegExpExecArray> {
  return folded.matchAll(isAscii(folded) ? ASCII_WORD : WORD);
}

/** The words of a text, whole, folded, in order, with repeats: runs of letters, digits and marks. */
export function words(text: string): string[] {
  const folded = foldCase(text);
  return folded.match(isAscii(folded) ? ASCII_WORD : WORD) ?? [];
}

/**
 * The term under which a word is indexed: the word, or the first MAX_TERM_LENGTH units of a longer one.
 * Words that share such a beginning share the term, so a term of that length wants verification by `matchText`.
 */
export function wordTerm(word: string): string {
  if (word.length <= MAX_TERM_LENGTH) return word;
  const cut = word.slice(0, MAX_TERM_LENGTH);
  // Half a surrogate pair is not a character and would not survive an encoding.
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** True where the term of a word may also stand for others. */
export function termNeedsVerification(word: string): boolean {
  return word.length >= MAX_TERM_LENGTH - 1;
}

/** The distinct terms of a text (see `wordTerm`), for an index. */
export function distinctWords(text: string): Set<string> {
  const terms = new Set(words(text));
  for (const word of terms) {
    if (word.length <= MAX_TERM_LENGTH) continue;
    terms.delete(word);
    terms.add(wordTerm(word));
  }
  return terms;
}

/** True if the character that starts at (or, with a surrogate pair, covers) `index` of a folded text belongs to a word. */
export function isWordAt(folded: string, index: number): boolean {
  const code = folded.codePointAt(index);
  return code !== undefined && WORD_CHARACTER.test(String.fromCodePoint(code));
}

/** True if the character that ends before `index` of a folded text belongs to a word. */
export function isWordBefore(folded: string, index: number): boolean {
  if (index <= 0) return false;
  const unit = folded.charCodeAt(index - 1);
  const low = unit >= 0xdc00 && unit <= 0xdfff && index > 1;
  return isWordAt(folded, low ? index - 2 : index - 1);
}
