// What a masking rule is: cheap words that must stand in a text, and the exact look around one of them.

/** `config`: values stand bare; `shell`: words; `code`: expressions, only literals are values; `prose`: anything. */
export type Dialect = 'config' | 'shell' | 'code' | 'prose';

/** What stands in place of a secret. Constant: it says nothing about the length or the form of what it replaces. */
export const MASK = '«masked»';

/** UTF-16 offsets of a value that must go, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text and what its place says about it. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly dialect: Dialect;
  /** True where a distribution's own files lie: examples and prose abound, secrets of this system are rare. */
  readonly packaged: boolean;
}

/**
 * A rule looks only where one of its triggers stands (ASCII, three characters or more, any case). `find` examines a
 * bounded number of characters, or as many as it masks, so that hostile text costs linear time. It never throws.
 */
export interface Rule {
  readonly name: string;
  readonly triggers: readonly string[];
  /** The values to mask around the trigger that starts at `at`. */
  find(page: Page, at: number): readonly Span[];
}

/** No value to mask. */
export const NOTHING: readonly Span[] = [];
