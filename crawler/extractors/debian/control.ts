// The form of dpkg's databases: stanzas of `Field: value` lines, continued by lines that begin with a blank.
import { lines } from '../../text/lines.ts';

/** A status database that is larger is not read; a thousand packages take one megabyte. */
export const MAX_STATUS_BYTES = 16 * 1024 * 1024;

/** One stanza. Field names are lower-case; the lines of a continued value stay apart, their blanks trimmed. */
export interface Stanza {
  readonly fields: ReadonlyMap<string, string>;
  /** 1-based line it begins in. */
  readonly line: number;
  /** False where a line has no form that belongs into a stanza; the other lines were kept. */
  readonly sound: boolean;
}

/** Yields the stanzas of a text, with those fields that are wanted. */
export function* stanzas(text: string, wanted: ReadonlySet<string>): Generator<Stanza> {
  let stanza: StanzaReader | null = null;
  let line = 0;
  for (const written of lines(text)) {
    line++;
    if (written.trim() !== '') (stanza ??= new StanzaReader(line, wanted)).add(written);
    else if (stanza) {
      yield stanza;
      stanza = null;
    }
  }
  if (stanza) yield stanza;
}

class StanzaReader implements Stanza {
  readonly fields = new Map<string, string>();
  readonly line: number;
  sound = true;
  readonly #wanted: ReadonlySet<string>;
  #field: string | null = null;

  constructor(line: number, wanted: ReadonlySet<string>) {
    this.line = line;
    this.#wanted = wanted;
  }

  add(written: string): void {
    if (written.startsWith(' ') || written.startsWith('\t')) {
      this.#set(this.#field, (before) => `${before}\n${written.trim()}`);
      return;
    }
    const colon = written.indexOf(':');
    this.#field = colon > 0 ? written.slice(0, colon).toLowerCase() : null;
    this.#set(this.#field, () => written.slice(colon + 1).trim());
  }

  #set(field: string | null, value: (before: string) => string): void {
    if (field === null) this.sound = false;
    else if (this.#wanted.has(field)) this.fields.set(field, value(this.fields.get(field) ?? ''));
  }
}
