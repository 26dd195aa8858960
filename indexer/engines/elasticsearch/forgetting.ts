// Forgets: frames and the facts that no frame shows any more, or a system with all of its history.
import type { estypes } from '@elastic/elasticsearch';
import { oldestToStay, type DatedFrame } from '../../retention.ts';
import type { Removed, Retention } from '../index-keeping.ts';
import { BLOCK_SIZE, unpackBlock } from '../blocks.ts';
import { endedFacts, type EndedDocument } from './frame-documents.ts';
import { frameDocuments } from './keeping.ts';
import { whileKeeping } from './keeping-lease.ts';
import type { PackedCache } from './packed-cache.ts';
import { publish, readBasis } from './publication.ts';
import type { Store } from './store.ts';
import { sweep } from './sweep.ts';
import { emptyRecord, systemDocumentId, type SystemRecord } from './system-record.ts';

type Counts = { -readonly [name in keyof Removed]: Removed[name] };
type Query = estypes.QueryDslQueryContainer;

const PAGE = 500;

/** What forgetting works on. */
export interface Keeping {
  readonly store: Store;
  readonly packed: PackedCache;
  /** The systems as they are now, forgotten ones too. */
  readonly records: () => Promise<readonly SystemRecord[]>;
}

/** Documents of a system that count no more, and the entries whose facts stand in them. */
interface Garbage {
  readonly kinds: ('frames' | 'facts')[];
  readonly query: Query;
}

/**
 * Removes what the retention no longer wants. First each system's document says from when on its history counts: from
 * then on readers see nothing older, whatever becomes of the rest, which the next time finishes.
 */
export async function retain(keeping: Keeping, retention: Retention): Promise<Removed> {
  const removed: Counts = { systems: 0, frames: 0, facts: 0, contents: 0 };
  for (const record of await keeping.records()) {
    if (!record.gone) await limit(keeping.store, record, retention);
  }
  const garbage = (await keeping.records()).flatMap((record): Garbage[] => {
    if (record.gone) return [garbageOfGone(record)];
    return record.oldest === null && record.floor === 0 ? [] : [garbageOf(record)];
  });
  if (garbage.length > 0) await whileKeeping(keeping.store, () => remove(keeping, garbage, removed));
  return removed;
}

/** Removes a system as it is in `record`. */
export async function forget(keeping: Keeping, record: SystemRecord): Promise<Removed> {
  const removed: Counts = { systems: 1, frames: 0, facts: 0, contents: 0 };
  const { store } = keeping;
  const basis = await readBasis(store.client, store.names, record.id, store.signal);
  const gone: SystemRecord = { ...emptyRecord(record.id, basis.record.publication + 1), gone: true };
  await publish(store.client, store.names, basis, gone, store.signal);
  await whileKeeping(store, () => remove(keeping, [garbageOfGone(gone)], removed));
  return removed;
}

/** Sets the instant from which on a system's history counts. */
async function limit(store: Store, record: SystemRecord, retention: Retention): Promise<void> {
  const frames: DatedFrame[] = [];
  for await (const page of frameDocuments(store, record))
    frames.push(...page.map(({ at, failed }) => ({ at: Date.parse(at), failed })));
  const oldest = oldestToStay(frames, retention);
  if (oldest === null || !frames.some(({ at }) => at < oldest)) return;
  const basis = await readBasis(store.client, store.names, record.id, store.signal);
  const first = frames.findLast(({ at, failed }) => !failed && at >= oldest)?.at ?? null;
  const limited = { ...basis.record, publication: basis.record.publication + 1, oldest, first };
  await publish(store.client, store.names, basis, limited, store.signal);
}

/** What a limited system no longer needs: older frames, what had ended by then, and what is of an earlier life. */
function garbageOf({ id, oldest, floor }: SystemRecord): Garbage {
  const should: Query[] = [{ range: { publication: { lte: floor } } }];
  if (oldest !== null) {
    const at = new Date(oldest).toISOString();
    should.push({ range: { at: { lt: at } } });
    should.push({ bool: { filter: [{ term: { kind: 'ended' } }, { range: { at: { lte: at } } }] } });
  }
  const filter: Query[] = [{ term: { system: systemDocumentId(id) } }, { bool: { should } }];
  return { kinds: ['frames'], query: { bool: { filter } } };
}

function garbageOfGone({ id, publication }: SystemRecord): Garbage {
  const filter: Query[] = [
    { term: { system: systemDocumentId(id) } },
    { range: { publication: { lte: publication } } },
  ];
  return { kinds: ['frames', 'facts'], query: { bool: { filter } } };
}

/** Removes documents, and before them the entries of which they had the last facts: who is interrupted finds them again. */
async function remove({ store, packed, records }: Keeping, garbage: readonly Garbage[], removed: Counts) {
  await store.refresh('frames', 'facts');
  for (const { kinds, query } of garbage) {
    const suspects = new Set<number>();
    const counted: Counts = { systems: 0, frames: 0, facts: 0, contents: 0 };
    const ids: [kind: 'frames' | 'facts', id: string][] = [];
    for (const kind of kinds) {
      for await (const page of store.pages<GarbageDocument>(kind, { query, source: SOURCE, page: PAGE })) {
        for (const { id, source } of page) {
          ids.push([kind, id]);
          if (source !== undefined) takeInto(id, source, suspects, counted);
        }
      }
    }
    if (ids.length === 0) continue;
    removed.contents += await sweep(store, packed, await records(), suspects);
    await store.write(ids.map(([kind, id]) => ({ does: 'delete', index: store.names[kind], id })));
    removed.frames += counted.frames;
    removed.facts += counted.facts;
  }
  await store.refresh('frames', 'facts', 'entries', 'contents');
}

const SOURCE = ['kind', 'packed', 'count'];

/** What any of the documents may say. */
type GarbageDocument = Partial<Pick<EndedDocument, 'packed' | 'count'>> & { readonly kind?: string };

function takeInto(
  id: string,
  { kind, packed, count }: GarbageDocument,
  suspects: Set<number>,
  counted: Counts,
) {
  if (kind === 'frame') counted.frames += 1;
  else if (kind === 'ended' && packed !== undefined) {
    counted.facts += count ?? 0;
    for (const { number } of endedFacts({ packed })) suspects.add(number);
  } else if (kind === undefined && packed !== undefined && !id.endsWith('.stamps')) {
    const block = Number(id.slice(id.lastIndexOf('.') + 1));
    unpackBlock(Buffer.from(packed, 'base64'), (offset) => {
      counted.facts += 1;
      suspects.add(block * BLOCK_SIZE + offset);
    });
  }
}
