// Whether the content of a file is another, as far as its entries tell without their texts.
import type { TextChange } from '../../schemas/comparison.ts';
import type { FileEntry } from '../../schemas/entries.ts';

/**
 * `same`; `text`: there is text at both ends, which differs; `bytes`: the text is the same; `undecided`: only the texts
 * can tell; `omitted`: at one end there is no text.
 */
export type ContentDifference =
  { readonly kind: 'same' | 'text' | 'bytes' | 'undecided' } | Extract<TextChange, { kind: 'omitted' }>;

/** Compares what two entries of a path say of its content. */
export function contentDifference(from: FileEntry, to: FileEntry): ContentDifference {
  if (from.type !== 'file' || to.type !== 'file') return { kind: 'same' };
  const sameBytes = equality(from.hash?.sha256, to.hash?.sha256);
  if (sameBytes === true) return { kind: 'same' };
  const looksSame = sameBytes === null && from.size === to.size;
  if (from.content !== undefined && to.content !== undefined)
    return textDifference(equality(textHash(from), textHash(to)), looksSame);
  const reason = reasonOf(from, to);
  // A file that was not read is taken for the same while it looks it.
  if (looksSame && from.mtime === to.mtime && reason !== 'binary') return { kind: 'same' };
  return { kind: 'omitted', reason };
}

function textDifference(sameText: boolean | null, looksSame: boolean): ContentDifference {
  if (sameText === null) return { kind: 'undecided' };
  if (!sameText) return { kind: 'text' };
  return { kind: looksSame ? 'same' : 'bytes' };
}

/** Null where one is not known. */
function equality(a: string | undefined, b: string | undefined): boolean | null {
  return a === undefined || b === undefined ? null : a === b;
}

/** SHA-256 of the text, which is that of the file where the text is all of it. */
function textHash({ content, hash }: FileEntry): string | undefined {
  return content?.sha256 ?? hash?.sha256;
}

function reasonOf(...entries: readonly FileEntry[]): Extract<TextChange, { kind: 'omitted' }>['reason'] {
  const skipped = entries.flatMap((entry) => entry.skipped ?? []);
  return (
    (['credential', 'binary', 'too-large'] as const).find((reason) => skipped.includes(reason)) ?? 'not-read'
  );
}
