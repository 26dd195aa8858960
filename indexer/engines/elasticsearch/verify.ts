// Checks an index: every text against its hash, every entry against its digest and what finds it, facts against each other.
import { hash } from 'node:crypto';
import type { Finding, Progress } from '../index-keeping.ts';
import { contentDocument, digestOf, entryDocument, type StoredEntry } from './documents.ts';
import { blockOf, featureOf } from './entry-numbers.ts';
import { readHeld } from './facts-documents.ts';
import type { HeldFacts } from './held-facts.ts';
import { pastFacts } from './past.ts';
import { foundBy } from './proof.ts';
import type { Store } from './store.ts';
import { complete, entriesByNumber, inQueries } from './stored-entries.ts';
import type { SystemRecord } from './system-record.ts';

const CONTENTS = 50;
const ENTRIES = 500;
const FACTS = 5000;

/** What is wrong in the index; a step of progress is a content, an entry, or a fact. */
export async function* verifyIndex(
  store: Store,
  records: readonly SystemRecord[],
  progress: Progress,
): AsyncGenerator<Finding> {
  const [contents, entries] = await Promise.all([countOf(store, 'contents'), countOf(store, 'entries')]);
  const total = contents + entries + records.reduce((sum, { current }) => sum + current, 0);
  let done = 0;
  for await (const findings of verifyAll(store, records)) {
    yield* findings.found;
    done += findings.steps;
    progress(Math.min(done, total), total);
  }
  progress(total, total);
}

interface Checked {
  readonly found: Finding[];
  readonly steps: number;
}

async function countOf(store: Store, kind: 'contents' | 'entries'): Promise<number> {
  const index = store.names[kind];
  const { count } = await store.patiently(() => store.client.count({ index }, { signal: store.signal }));
  return count;
}

async function* verifyAll(store: Store, records: readonly SystemRecord[]): AsyncGenerator<Checked> {
  yield* verifyContents(store);
  yield* verifyEntries(store);
  for (const record of records) yield* verifySystem(store, record);
}

function finding(check: string, message: string, system: string | null = null): Finding {
  return { check, system, message };
}

async function* verifyContents(store: Store): AsyncGenerator<Checked> {
  const reading = { query: { match_all: {} }, source: ['text'], columns: ['bytes'], page: CONTENTS };
  for await (const page of store.pages<{ text: string }>('contents', reading)) {
    const found: Finding[] = [];
    const proofs = [];
    for (const { id, source, fields } of page) {
      const text = source?.text ?? '';
      if (hash('sha256', text, 'hex') !== id || Buffer.byteLength(text) !== fields['bytes']?.[0])
        found.push(finding('content-hash', `the text of content ${id} is not that of its SHA-256`));
      proofs.push({ id, document: contentDocument(text) });
    }
    for (const id of await foundBy(store, 'contents', proofs))
      found.push(finding('terms', `content ${id} is not found by what stands in it`));
    yield { found, steps: page.length };
  }
}

async function* verifyEntries(store: Store): AsyncGenerator<Checked> {
  const source = ['number', 'key', 'shared', 'own', 'content'];
  const reading = { query: { match_all: {} }, source, page: ENTRIES };
  for await (const page of store.pages<StoredEntry>('entries', reading)) {
    const found: Finding[] = [];
    const proofs = [];
    const contents = new Set<string>();
    for (const { id, source: stored } of page) {
      if (stored === undefined) continue;
      const entry = complete(stored);
      const { number, key, content, shared, own } = entry;
      const feature = featureOf(number);
      if (digestOf(feature, key, { shared, own }, content) !== id)
        found.push(finding('entry-digest', `entry ${number} (${key}) is not what was written`));
      if (content !== null) contents.add(content);
      proofs.push({ id, document: entryDocument(feature, entry, blockOf(number)) });
    }
    for (const id of await foundBy(store, 'entries', proofs))
      found.push(finding('terms', `entry ${id} is not found by what stands in it`));
    for (const id of await missingContents(store, contents))
      found.push(finding('references', `an entry is of content ${id}, which is not there`));
    yield { found, steps: page.length };
  }
}

async function missingContents(store: Store, contents: Set<string>): Promise<Set<string>> {
  await store.byId('contents', [...contents], (id) => contents.delete(id), ['bytes']);
  return contents;
}

/** A system's facts are of entries that are there, and of a key one holds at a time. */
async function* verifySystem(store: Store, record: SystemRecord): AsyncGenerator<Checked> {
  let held: HeldFacts;
  try {
    held = await readHeld(store, record.manifest);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    yield { found: [finding('presence', message, record.id)], steps: record.current };
    return;
  }
  const spans = new Map<number, [began: number, ended: number][]>();
  const add = (number: number, began: number, ended: number) => {
    const known = spans.get(number);
    if (known) known.push([began, ended]);
    else spans.set(number, [[began, ended]]);
  };
  for (const { number, began } of held.facts()) add(number, began, Infinity);
  for await (const { number, began, ended } of pastFacts(store, [record], { after: 0 }))
    add(number, began, ended);
  const found: Finding[] = held.size === record.current ? [] : [countFinding(record, held.size)];
  const byKey = new Map<string, [number: number, began: number, ended: number][]>();
  for (const numbers of inQueries(spans.keys(), FACTS)) {
    const entries = await entriesByNumber(store, numbers, ['number', 'key']);
    for (const number of numbers) {
      const entry = entries.get(number);
      if (entry === undefined)
        found.push(finding('references', `a fact is of entry ${number}, which is not there`, record.id));
      else {
        const name = `${featureOf(number)} ${entry.key}`;
        const own = (spans.get(number) ?? []).map(
          ([from, to]) => [number, from, to] as [number, number, number],
        );
        byKey.set(name, [...(byKey.get(name) ?? []), ...own]);
      }
    }
  }
  for (const facts of byKey.values()) found.push(...validityOf(facts, record.id));
  yield { found, steps: record.current };
}

function countFinding({ id, current }: SystemRecord, held: number): Finding {
  return finding('counts', `${current} facts should hold, ${held} do`, id);
}

function validityOf(facts: [number: number, began: number, ended: number][], system: string): Finding[] {
  const found: Finding[] = [];
  let before: [number, number, number] | null = null;
  for (const fact of facts.sort((a, b) => a[1] - b[1] || a[2] - b[2])) {
    const [number, began, ended] = fact;
    if (ended <= began) found.push(finding('validity', `entry ${number} ended before it began`, system));
    if (before !== null && before[2] > began)
      found.push(
        finding('validity', `entries ${before[0]} and ${number} hold at once under one key`, system),
      );
    before = fact;
  }
  return found;
}
