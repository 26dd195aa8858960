// Removes entries that no system has any more, nor had in its history, and the contents that only they had.
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { blockOf } from './entry-numbers.ts';
import { endedFacts, type EndedDocument } from './frame-documents.ts';
import type { PackedCache } from './packed-cache.ts';
import type { Store } from './store.ts';
import { inQueries } from './stored-entries.ts';
import { isPartOf, presenceId, systemDocumentId, type SystemRecord } from './system-record.ts';

/** Entries looked at at a time. */
const BATCH = 10_000;
const PAGE = 500;

/** Removes those of the suspects that have no fact. Returns how many contents went with them. */
export async function sweep(
  store: Store,
  cache: PackedCache,
  records: readonly SystemRecord[],
  suspects: ReadonlySet<number>,
): Promise<number> {
  let contents = 0;
  for (const some of inQueries(suspects, BATCH)) {
    const unused = new Set(some);
    await dropHeld(store, cache, records, unused);
    await dropPast(store, records, unused);
    contents += await removeEntries(store, unused);
  }
  return contents;
}

/** Takes out what a system has. */
async function dropHeld(
  store: Store,
  cache: PackedCache,
  records: readonly SystemRecord[],
  unused: Set<number>,
): Promise<void> {
  const blocks = new Set([...unused].map(blockOf));
  const wanted = records.flatMap(({ gone, manifest: { attempts, blocks: own } }) =>
    gone
      ? []
      : own.flatMap(([block, attempt]) =>
          blocks.has(block) ? [{ block, id: presenceId(attempts[attempt] ?? '', block) }] : [],
        ),
  );
  const packed = await cache.read(
    store,
    wanted.map(({ id }) => id),
  );
  for (const { block, id } of wanted) {
    unpackBlock(packed.get(id) ?? new Uint8Array(), (offset) => unused.delete(block * BLOCK_SIZE + offset));
  }
}

/** Takes out what a system had, as far as its history goes back. */
async function dropPast(store: Store, records: readonly SystemRecord[], unused: Set<number>): Promise<void> {
  if (unused.size === 0) return;
  const known = new Map(records.map((record) => [systemDocumentId(record.id), record]));
  const query = { bool: { filter: [{ term: { kind: 'ended' } }, { terms: { entries: [...unused] } }] } };
  const source = ['system', 'at', 'publication', 'packed'];
  for await (const page of store.pages<EndedDocument>('frames', { query, source, page: PAGE })) {
    for (const { source: document } of page) {
      const record = document === undefined ? undefined : known.get(document.system);
      if (document === undefined || record === undefined || record.gone) continue;
      if (!isPartOf(record, document) || Date.parse(document.at) === record.oldest) continue;
      for (const { number } of endedFacts(document)) unused.delete(number);
    }
  }
}

/** Removes entries and the contents that no other entry has. */
async function removeEntries(store: Store, numbers: ReadonlySet<number>): Promise<number> {
  if (numbers.size === 0) return 0;
  const ids: string[] = [];
  const contents = new Set<string>();
  const reading = { query: { terms: { number: [...numbers] } }, source: [], columns: ['content'] };
  for await (const page of store.pages('entries', reading)) {
    for (const { id, fields } of page) {
      ids.push(id);
      for (const content of fields['content'] ?? []) contents.add(String(content));
    }
  }
  await store.write(ids.map((id) => ({ does: 'delete', index: store.names.entries, id })));
  await store.refresh('entries');
  const unused = await unusedContents(store, contents);
  await store.write(unused.map((id) => ({ does: 'delete', index: store.names.contents, id })));
  return unused.length;
}

interface Used {
  readonly used: {
    readonly after_key?: Record<string, string>;
    readonly buckets: readonly { readonly key: { readonly content: string } }[];
  };
}

async function unusedContents(store: Store, contents: Set<string>): Promise<string[]> {
  for (const some of inQueries(contents)) {
    let after: Record<string, string> | undefined;
    do {
      const sources = [{ content: { terms: { field: 'content' } } }];
      const composite = { size: 1000, sources, ...(after === undefined ? {} : { after }) };
      const query = { terms: { content: some } };
      const { used } = (await store.aggregate('entries', query, { used: { composite } })) as Used;
      for (const { key } of used.buckets) contents.delete(key.content);
      after = used.after_key;
    } while (after !== undefined);
  }
  return [...contents];
}
