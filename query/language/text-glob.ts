// Words with wildcards, as regular expressions: `nginx*`, `*conn*`, `db-?`.
import { foldCase, isWordAt, isWordBefore } from '../../indexer/terms/words.ts';

/** No URL needs quotes for what it asks. */
const URL = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Whether a bare word has wildcards. */
export function isGlob(word: string): boolean {
  return URL.test(word) ? word.includes('*') : /[*?]/.test(word);
}

/**
 * The expression for a glob: `*` is any run of characters that are not blank, `?` one. What it begins and ends with
 * stands at the boundary of a word, but at a star. A group `m` is what is marked. Null where nothing but wildcards and
 * punctuation is left to be found.
 */
export function globPattern(glob: string): string | null {
  const inner = glob.replace(/^\*+|\*+$/g, '');
  if (!/[\p{L}\p{N}]/u.test(inner)) return null;
  const isUrl = URL.test(inner);
  const pattern = inner
    .split(/(\*+|\?)/)
    .map((part) => {
      if (part.startsWith('*')) return String.raw`\S*?`;
      return part === '?' && !isUrl ? String.raw`\S` : part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    })
    .join('');
  const folded = foldCase(inner);
  const opens = !glob.startsWith('*') && (isWordAt(folded, 0) || inner.startsWith('?'));
  const closes =
    !glob.endsWith('*') && (isWordBefore(folded, folded.length) || (inner.endsWith('?') && !isUrl));
  const before = opens ? String.raw`(?:^|[^\pL\pN\pM])` : '';
  const after = closes ? String.raw`(?:$|[^\pL\pN\pM])` : '';
  return `${before}(?P<m>${pattern})${after}`;
}
