// Contents and entries as documents: what they say, and the terms that find them.
import { hash } from 'node:crypto';
import type { Entry, Feature } from '../../../schemas/entries.ts';
import { FIELDS } from '../../../schemas/fields.ts';
import { addressesIn, isIpv4 } from '../../terms/addresses.ts';
import { entryText, fieldValues } from '../../terms/entry-terms.ts';
import { distinctWords, foldCase } from '../../terms/words.ts';
import { NO_STAMPS, putTogether, takeApart, type EntryParts, type Stamps } from '../entry-parts.ts';
import { addressText } from './address-text.ts';
import { fieldProperty } from './indices.ts';

/** Elasticsearch refuses terms of more than 32,766 bytes: what is longer is found by its beginning, then read. */
const LONGEST_TERM = 8000;

/** An entry on its way into the index. */
export interface DescribedEntry {
  readonly feature: Feature;
  readonly key: string;
  /** Of all that entries of systems share: the `_id`. */
  readonly digest: string;
  readonly parts: EntryParts;
  /** SHA-256 of its text, or of the text it is known to have. */
  readonly content: string | null;
}

/** An entry as it is stored. */
export interface StoredEntry {
  readonly number: number;
  readonly key: string;
  readonly shared: Record<string, unknown>;
  readonly own: Record<string, unknown>;
  readonly content: string | null;
}

/** JSON in which the order of names does not matter: entries are the same however a crawler orders them. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const named = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const name of Object.keys(named).sort())
    if (named[name] !== undefined) parts.push(`${JSON.stringify(name)}:${canonical(named[name])}`);
  return `{${parts.join()}}`;
}

/** Describes an entry; `content` where its text is not at hand but known to be stored. */
export function describeEntry(feature: Feature, key: string, entry: Entry, content?: string): DescribedEntry {
  const taken = takeApart(feature, key, entry);
  const parts = content === undefined ? taken : { ...taken, text: null };
  const sha256 = content ?? (parts.text === null ? null : hash('sha256', parts.text, 'hex'));
  return { feature, key, digest: digestOf(feature, key, parts, sha256), parts, content: sha256 };
}

/** The digest of an entry: the same however a crawler orders names. */
export function digestOf(
  feature: Feature,
  key: string,
  { shared, own }: Pick<EntryParts, 'shared' | 'own'>,
  content: string | null,
): string {
  const said = [feature, key, canonical([shared, own]), content ?? ''].join('\0');
  return hash('sha256', said, 'buffer').subarray(0, 18).toString('base64url');
}

/** The name of a key in the index: keys are of any length. */
export function keyName(feature: Feature, key: string): string {
  return hash('sha256', `${feature}\0${key}`, 'buffer').subarray(0, 15).toString('base64url');
}

/** A stored entry as it was seen, with what a fact adds; `text` null leaves the content's text out. */
export function entryOf(
  feature: Feature,
  { key, shared, own }: StoredEntry,
  stamps: Stamps,
  text: string | null,
): Entry {
  return putTogether(feature, key, { shared, own, stamps, text });
}

/** The document of a text. */
export function contentDocument(text: string): Record<string, unknown> {
  return { ...termsOf(text), bytes: Buffer.byteLength(text), text };
}

/** The document of an entry. */
export function entryDocument(feature: Feature, stored: StoredEntry, block: number): Record<string, unknown> {
  const { key, content } = stored;
  const entry = entryOf(feature, stored, NO_STAMPS, null);
  const label = labelOf(feature, entry);
  return {
    ...termsOf(entryText(feature, key, entry)),
    ...fieldsOf(feature, entry),
    ...stored,
    ...(content === null ? { content: undefined } : {}),
    ...(label === undefined ? {} : { label: valueTerm(label) }),
    block,
    feature,
    name: keyName(feature, key),
    sort: valueTerm(key),
  };
}

/** What the facets `os`, `package` and `port` count. */
function labelOf(feature: Feature, entry: Entry): string | undefined {
  if (feature === 'connection' && 'transport' in entry && entry.state === 'listening')
    return entry.local === undefined ? undefined : String(entry.local.port);
  if (feature === 'os' && 'platform' in entry) return entry.platform;
  return feature === 'package' && 'name' in entry ? entry.name : undefined;
}

function termsOf(text: string): Record<string, unknown> {
  const found: Record<string, unknown[]> = {};
  const add = (name: string, value: unknown) => (found[name] ??= []).push(value);
  const written = new Map(addressesIn(text).map((range) => [`${range.low}-${range.high}`, range]));
  for (const [name, range] of written) {
    const family = isIpv4(range) ? 4 : 6;
    if (range.low === range.high) add(`address${family}`, addressText(range.low));
    else {
      add(`network${family}`, { gte: addressText(range.low), lte: addressText(range.high) });
      add('networks', name);
    }
  }
  return { words: [...distinctWords(text)].join(' '), ...found };
}

/** True where folding case one more way makes another text, which a pattern that ignores case also finds. */
export function isOdd(folded: string): boolean {
  return folded.length > LONGEST_TERM || folded.toUpperCase().toLowerCase() !== folded;
}

/** The term of a value: the value, or the beginning of a longer one. */
export function valueTerm(value: string): string {
  if (value.length <= LONGEST_TERM) return value;
  // Half a surrogate pair is not a character and would not survive an encoding.
  return value.slice(0, LONGEST_TERM).replace(/[\ud800-\udbff]$/, '');
}

/** True where a term may be the beginning of a longer value. */
export function isCut(term: string): boolean {
  return term.length >= LONGEST_TERM - 1;
}

function fieldsOf(feature: Feature, entry: Entry): Record<string, unknown> {
  const field: Record<string, string> = {};
  const exact: Record<string, string> = {};
  const odd: string[] = [];
  for (const { field: name, value } of fieldValues(feature, entry)) {
    const property = fieldProperty(name);
    const folded = foldCase(value);
    field[property] = valueTerm(folded);
    if (isOdd(folded) || value.length > LONGEST_TERM) odd.push(name);
    if (FIELDS.some((one) => one.name === name && one.type === 'path')) exact[property] = valueTerm(value);
  }
  return { field, exact, ...(odd.length > 0 ? { odd } : {}) };
}
