// Writes what systems share: contents and entries, each once. What is there already is not sent again.
import type { Client } from '@elastic/elasticsearch';
import { writeAll, type Operation } from './bulk.ts';
import { contentDocument, entryDocument, type DescribedEntry } from './documents.ts';
import { blockOf } from './entry-numbers.ts';
import type { Names } from './indices.ts';
import type { NumberLeases } from './number-leases.ts';
import { patiently } from './patience.ts';
import { Recent } from './recent.ts';

/** Systems of a fleet have most of their entries in common; 20 MB remember those of a large system. */
const REMEMBERED = 100_000;

/** What is known to be in the index, by kind. */
export class Catalogue {
  readonly #client: Client;
  readonly #names: Names;
  readonly #leases: NumberLeases;
  readonly #numbers = new Recent<number>(REMEMBERED);
  readonly #contents = new Recent<true>(REMEMBERED);
  #version = '';

  constructor(client: Client, names: Names, leases: NumberLeases) {
    this.#client = client;
    this.#names = names;
    this.#leases = leases;
  }

  /** To be told the version of the index as to what was removed from it (keeping-lease.ts). */
  asOf(version: string): void {
    if (version !== this.#version) this.forget();
    this.#version = version;
  }

  /** Remembers nothing any more. */
  forget(): void {
    this.#numbers.clear();
    this.#contents.clear();
  }

  /** The numbers of entries; those that are new are written, with their texts and with all that finds them. */
  async intern(entries: readonly DescribedEntry[], signal: AbortSignal): Promise<number[]> {
    const unknown = new Map<string, DescribedEntry>();
    for (const entry of entries)
      if (this.#numbers.get(entry.digest) === undefined) unknown.set(entry.digest, entry);
    const found = new Map<string, number>();
    if (unknown.size > 0) {
      await this.#find(unknown, found, signal);
      const missing = [...unknown.values()].filter(({ digest }) => !found.has(digest));
      await this.#write(missing, found, signal);
    }
    return entries.map(({ digest }) => {
      const number = found.get(digest) ?? this.#numbers.get(digest);
      if (number === undefined) throw new Error(`entry ${digest} was written and is not there`);
      this.#numbers.set(digest, number);
      return number;
    });
  }

  /** Finds the numbers of entries that are there, and which of their contents are. */
  async #find(
    unknown: ReadonlyMap<string, DescribedEntry>,
    found: Map<string, number>,
    signal: AbortSignal,
  ): Promise<void> {
    const contents = new Set<string>();
    for (const { content, parts } of unknown.values())
      if (content !== null && parts.text !== null && !this.#contents.has(content)) contents.add(content);
    const docs = [
      ...[...unknown.keys()].map((id) => ({ _index: this.#names.entries, _id: id, _source: ['number'] })),
      ...[...contents].map((id) => ({ _index: this.#names.contents, _id: id, _source: false })),
    ];
    const answer = await patiently(signal, () => this.#client.mget<{ number: number }>({ docs }, { signal }));
    for (const [place, doc] of answer.docs.entries()) {
      if (!('found' in doc) || !doc.found) continue;
      if (place >= unknown.size) this.#contents.set(doc._id, true);
      else if (doc._source !== undefined) found.set(doc._id, doc._source.number);
    }
  }

  async #giveNumbers(
    missing: readonly DescribedEntry[],
    found: Map<string, number>,
    signal: AbortSignal,
  ): Promise<void> {
    const byFeature = Map.groupBy(missing, ({ feature }) => feature);
    await Promise.all(
      [...byFeature].map(async ([feature, entries]) => {
        const numbers = await this.#leases.take(feature, entries.length, signal);
        for (const [place, { digest }] of entries.entries()) found.set(digest, numbers[place] ?? 0);
      }),
    );
  }

  async #write(
    missing: readonly DescribedEntry[],
    found: Map<string, number>,
    signal: AbortSignal,
  ): Promise<void> {
    if (missing.length === 0) return;
    const operations: Operation[] = [];
    for (const { content, parts } of missing) {
      if (content === null || parts.text === null || this.#contents.has(content)) continue;
      const document = contentDocument(parts.text);
      operations.push({ does: 'create', index: this.#names.contents, id: content, document });
      this.#contents.set(content, true);
    }
    const first = operations.length;
    await this.#giveNumbers(missing, found, signal);
    for (const entry of missing) {
      const number = found.get(entry.digest) ?? 0;
      const { shared, own } = entry.parts;
      const stored = { number, key: entry.key, shared, own, content: entry.content };
      const document = entryDocument(entry.feature, stored, blockOf(number));
      operations.push({ does: 'create', index: this.#names.entries, id: entry.digest, document });
    }
    let outcomes;
    try {
      outcomes = await writeAll(this.#client, operations, signal);
    } catch (error) {
      this.forget();
      throw error;
    }
    const others = missing.filter((_, place) => outcomes[first + place] === 'there');
    // Another indexer met the same entry at the same time: its number counts.
    if (others.length > 0)
      await this.#find(new Map(others.map((entry) => [entry.digest, entry])), found, signal);
  }
}
