// What a lookup asks for: an address, network or range, a host name, either with a port, or a port alone.
import { UnfoldError } from '../../schemas/error.ts';
import type { Relation } from '../../schemas/answer.ts';
import type { Leaf } from '../../schemas/plan.ts';
import { parseAddress, type AddressRange } from '../../indexer/terms/addresses.ts';
import { words } from '../../indexer/terms/words.ts';
import { parseHostName } from '../names/host-name.ts';
import { portPhrases } from './ports.ts';

/** `port` null: any, or none. */
export type Term =
  | { readonly kind: 'address'; readonly range: AddressRange; readonly port: number | null }
  | { readonly kind: 'name'; readonly name: string; readonly port: number | null }
  | { readonly kind: 'port'; readonly port: number };

/** The most items of one lookup. */
export const MAX_ASKED = 1000;
/** The longest item, in UTF-16 units: what `parseAddress` reads. */
export const LONGEST_ASKED = 256;

/** The terms of a batch. Throws UNFOLD_QUERY_TOO_LONG, and UNFOLD_QUERY_INVALID that names the first item that is none. */
export function parseTerms(asked: readonly string[]): Term[] {
  if (asked.length > MAX_ASKED)
    throw new UnfoldError(
      'UNFOLD_QUERY_TOO_LONG',
      `A lookup takes ${MAX_ASKED} items at a time; these are ${asked.length}.`,
      { remedy: 'Ask for them in several lookups.', place: { parameter: 'asked', index: MAX_ASKED } },
    );
  return asked.map((text, index) => {
    const term = parseTerm(text);
    if (term !== null) return term;
    throw new UnfoldError(
      'UNFOLD_QUERY_INVALID',
      `${JSON.stringify(text)} is no address, network, range, host name or port.`,
      {
        remedy:
          'Write it as 10.1.2.3, 10.1.0.0/16, 10.1.2.1-10.1.2.9, fe80::1, db1.example.org, 10.1.2.3:5432 or :5432.',
        place: { parameter: 'asked', index, span: [0, text.length] },
      },
    );
  });
}

const PORT_ALONE = /^(?:port)?:(\d{1,5})$/i;
const PORT_AFTER = /^(.+)[:#@](\d{1,5})$/s;

/** What a text asks for; null if it is none of it. */
function parseTerm(text: string): Term | null {
  const asked = text.trim();
  if (asked.length > LONGEST_ASKED) return null;
  const alone = PORT_ALONE.exec(asked);
  if (alone !== null) return isPort(alone[1]) ? { kind: 'port', port: Number(alone[1]) } : null;
  const [, before = '', port] = PORT_AFTER.exec(asked) ?? [];
  const range = parseAddress(asked);
  if (range === null) return parseName(asked, before, port);
  const alike = parseAddress(before);
  // `fe80::1:5432` is an address, and another one than `fe80::1`.
  if (alike?.low !== range.low || alike.high !== range.high) return { kind: 'address', range, port: null };
  return isPort(port) ? { kind: 'address', range, port: Number(port) } : null;
}

function parseName(asked: string, before: string, port: string | undefined): Term | null {
  const name = parseHostName(port === undefined ? asked : before);
  if (name === null) return null;
  if (port === undefined) return { kind: 'name', name, port: null };
  return isPort(port) ? { kind: 'name', name, port: Number(port) } : null;
}

function isPort(port: string | undefined): boolean {
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** The same for terms that ask for the same. */
export function termKey(term: Term): string {
  switch (term.kind) {
    case 'address':
      return `${term.range.low}-${term.range.high} ${term.port ?? ''}`;
    case 'name':
      return `${term.name} ${term.port ?? ''}`;
    case 'port':
      return `:${term.port}`;
  }
}

/** Leaves that all facts satisfy in which the term is written, related in one of these ways; some others may as well. */
export function leavesFor(term: Term, relations: readonly Relation[]): Leaf[] {
  switch (term.kind) {
    case 'address':
      return [{ leaf: 'address', ...term.range, relations: [...relations] }];
    case 'name':
      return [textLeaf(term.name)];
    case 'port':
      return portPhrases(term.port).map(textLeaf);
  }
}

function textLeaf(folded: string): Leaf {
  const [word, ...more] = words(folded);
  if (word === folded && more.length === 0) return { leaf: 'word', word, within: 'any' };
  return { leaf: 'phrase', text: folded, within: 'any' };
}
